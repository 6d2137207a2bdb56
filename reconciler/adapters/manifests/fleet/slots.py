"""The slots folders of a fleet: each file is read once, for its slots and for the bundle."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.manifests import yaml_source
from reconciler.adapters.manifests.folder import Manifests, read_manifests
from reconciler.adapters.manifests.listing import list_files
from reconciler.adapters.manifests.text import UnreadableError, read_bytes, shown
from reconciler.errors import ManifestError


@dataclass(frozen=True, kw_only=True)
class SlotsFolder:
    """What a slots folder says, and the bytes of its files, by path relative to the fleet's."""

    manifests: Manifests
    files: Mapping[str, bytes]


def read_slots_folder(name: str, *, root: Path, base: Path | None = None) -> SlotsFolder:
    """The slots folder `name` of the fleet whose fleet.yaml is in `root`. Places show the files
    relative to `base`, if there is one. Raises ManifestError if
    there is nothing to read, or if the folder is really elsewhere."""
    folder = root / name
    real, real_root = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if not real.is_relative_to(real_root):
        raise ManifestError(
            f"The slots folder {shown(folder)} is a link out of the folder of fleet.yaml.",
            hint="Copy its target into the folder.",
        )
    if not _exists(folder):
        raise ManifestError(
            f"The slots folder {shown(folder)} does not exist.",
            hint="Correct `slots`, which is relative to the folder of fleet.yaml.",
        )
    read: dict[Path, bytes] = {}
    for path in list_files(folder).files:
        try:
            read[path] = read_bytes(path, file=shown(path), most_bytes=yaml_source.MAX_BYTES)
        except UnreadableError:
            continue  # reading the folder reports it
    manifests = read_manifests(folder, edited=read, base=base)
    files = {path.relative_to(root).as_posix(): data for path, data in read.items()}
    return SlotsFolder(manifests=manifests, files=files)


def _exists(folder: Path) -> bool:
    try:
        return folder.exists()
    except OSError as error:  # a name that is too long, or a folder that may not be entered
        raise ManifestError(
            f"The slots folder {shown(folder)} cannot be read: {error.strerror}.",
            hint="Correct `slots`, or the folder's permissions.",
        ) from error
