"""The desired state on disk.

From YAML files to DesiredState and Settings, with a position for every problem:

    listing        which files in a folder are read
    text           a file's bytes → text
    yaml_source    text → documents with plain values
    yaml_values    nodes → plain values
    places         the positions of those values
    yaml_problems  messages for YAML errors
    documents      what the files of each API may say, as models
    desired        plain values → DesiredSlot or Settings
    wording        messages for pydantic errors
    folder         a folder of files → Manifests

And back, from live slots to files:

    writer         updates a folder to the live state
    restoring      edits files to say what slots were before a change
    existing       reads a folder that may still be empty
    editing        edits fields in a file's text and leaves the rest unchanged
    items          edits the items of a list
    edits          the edits of a text
    spans          the span of text of each YAML node
    scalars        text → a YAML scalar
    names          a slot's name → its file's name
    files          reads and writes single files
    schema         the JSON Schema of a slot file
    starter        the files that `init` starts a repository with
    fleet          fleet.yaml: the same slots in many tenants
"""

from reconciler.adapters.manifests.folder import Manifests, read_manifests

__all__ = ["Manifests", "read_manifests"]
