"""Saved plans: which paths they may take, and how they get there."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from reconciler.adapters.files import leads_out, real_path, write_whole
from reconciler.errors import PlanFileError

_OWNER_ONLY = 0o600
"""Permissions: a plan holds the content of live slots."""
_ANOTHER_NAME = "Give --out another name, such as plan.json."


def require_plan_path(path: Path, *, slots: Path, ledger: Collection[Path]) -> None:
    """Raises PlanFileError if a plan would replace a slot file or one of the ledger's files, or if
    a link leads out of the working tree."""
    if leads_out(path):
        raise PlanFileError(
            f"{path} leads out of the working tree through a link, and is not written.",
            hint="Such a link may have come with the repository. Name the file that is meant.",
        )
    real = real_path(path)
    if real in {real_path(each) for each in ledger}:
        raise PlanFileError(
            f"{path} belongs to the ledger, and is not written over.", hint=_ANOTHER_NAME
        )
    if real.suffix.lower() in (".yaml", ".yml") and real.is_relative_to(real_path(slots)):
        raise PlanFileError(
            f"{path} would be read as a slot file, and is not written.", hint=_ANOTHER_NAME
        )


def write_plan_file(path: Path, document: str) -> None:
    """Write a plan's JSON whole or not at all; into a device or pipe, as it comes.

    Raises PlanFileError.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(document, encoding="utf-8")
            return
        # What a link leads to is replaced, not the link.
        write_whole(real_path(path), document.encode(), mode=_OWNER_ONLY)
    except OSError as error:
        raise PlanFileError(
            f"The plan cannot be written to {path}: {error.strerror}.",
            hint="Check that the folder is there and can be written to.",
        ) from error
