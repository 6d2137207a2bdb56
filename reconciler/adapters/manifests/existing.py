"""Reading a folder that will become a slots folder and may still be empty."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.manifests.documents import DEFAULT
from reconciler.adapters.manifests.folder import Manifests, read_manifests
from reconciler.errors import ManifestError
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState


def read_existing(folder: Path, *, within: Manifests | None = None) -> Manifests:
    """Like `read_manifests`, but a missing folder, or one without slot files, is not an error.

    `within` is the project that the folder is a part of, if it has no settings of its own. Raises
    ManifestError if a file has errors: it may define a slot, of which a second file would then be
    written.
    """
    try:
        manifests = read_manifests(folder, within=within)
    except ManifestError as error:
        is_other = folder.exists() and not folder.is_dir()
        if is_other or error.__cause__ is not None:
            raise
        nothing = DesiredState()
        manifests = Manifests(
            desired=nothing,
            drafts=nothing,
            settings=within.settings if within else Settings(),
            problems=(),
            api=within.api if within else DEFAULT.api,
        )
    manifests.require_no_errors(folder, hint="Fix these first, or choose another folder.")
    return manifests
