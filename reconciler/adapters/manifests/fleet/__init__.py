"""The fleet on disk.

documents  what fleet.yaml and the files that it includes may say, as models
written    what their scalars mean: amounts, selectors, globs, names with placeholders
including  globs → the files that they match
places     where the files say something about a target
reading    fleet.yaml and the included files → a declared fleet and all problems
slots      the slots folders of a fleet, each file read once
bundling   a bundle of the files → a folder
schema     the JSON Schema of fleet.yaml
"""

from reconciler.adapters.manifests.fleet.reading import FleetManifests, read_fleet_manifests

__all__ = ["FleetManifests", "read_fleet_manifests"]
