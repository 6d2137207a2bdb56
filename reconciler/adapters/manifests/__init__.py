"""The desired state on disk: YAML files → DesiredState and Settings, every problem with its place.

yaml_source   text → plain values and positions; the only importer of yaml
documents     plain values → DesiredSlot or Settings; what a file may say
folder        a folder of files → Manifests
"""

from reconciler.adapters.manifests.folder import Manifests, read_manifests

__all__ = ["Manifests", "read_manifests"]
