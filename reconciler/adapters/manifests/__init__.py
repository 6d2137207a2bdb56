"""The desired state on disk: YAML files → DesiredState and Settings, every problem with its place.

yaml_source   text → plain values and positions; with spans, the only importer of yaml
documents     plain values → DesiredSlot or Settings; what a file may say
folder        a folder of files → Manifests

and back, live slots → files:

writer        a folder brought up to what is live; existing reads one that may hold nothing yet
editing       fields changed in the text of a file, by the spans of its nodes; the rest stays
scalars names files   one text, one file's name, one file's bytes, each made safe
schema        what a file may say, as JSON Schema
starter       the files that `init` begins a repository with
"""

from reconciler.adapters.manifests.folder import Manifests, read_manifests

__all__ = ["Manifests", "read_manifests"]
