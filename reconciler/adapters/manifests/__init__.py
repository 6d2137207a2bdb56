"""The desired state on disk.

YAML files → DesiredState and Settings, every problem with its place:

    listing        which files of a folder are read; text, their bytes as text
    yaml_source    text → plain values; places, where each stands; yaml_problems, its own faults
    desired        plain values → DesiredSlot or Settings; wording, what is wrong in a user's words
    folder         a folder of files → Manifests

and back, live slots → files:

    writer         a folder brought up to what is live; existing, one that may hold nothing yet
    editing        fields changed in the text of a file, by the spans of its nodes; the rest stays
    scalars        one text made safe for YAML; names, one file's name; files, one file's bytes
    schema         what a file may say, as JSON Schema
    starter        the files that `init` begins a repository with
"""

from reconciler.adapters.manifests.folder import Manifests, read_manifests

__all__ = ["Manifests", "read_manifests"]
