"""A folder that is to become a slots folder, and may hold nothing of the kind yet."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.manifests.folder import Manifests, read_manifests
from reconciler.errors import ManifestError
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState


def read_existing(folder: Path) -> Manifests:
    """As `read_manifests`, but no slot files, or no folder, are no error.

    Raises ManifestError where a file is wrong: it may be the one that a slot stands in, and
    whoever writes slots here would write a second.
    """
    try:
        manifests = read_manifests(folder)
    except ManifestError as error:
        is_other = folder.exists() and not folder.is_dir()
        if is_other or error.__cause__ is not None:
            raise
        nothing = DesiredState()
        manifests = Manifests(desired=nothing, drafts=nothing, settings=Settings(), problems=())
    manifests.require_no_errors(folder, hint="Correct these first, or name another folder.")
    return manifests
