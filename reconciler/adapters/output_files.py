"""Files at paths that the user names: which paths they may take, and how they get there."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import TextIO

from reconciler.adapters.files import leads_out, real_path, write_whole
from reconciler.errors import OutputFileError

_OWNER_ONLY = 0o600
"""Permissions: plans and pages hold the content of live slots."""
_ANOTHER_NAME = "Give it another name."


def require_output_path(path: Path, *, slots: Path, ledger: Collection[Path]) -> None:
    """Raises OutputFileError if the file would replace a slot file or one of the ledger's files, or
    if a link leads out of the working tree."""
    if leads_out(path):
        raise OutputFileError(
            f"{path} leads out of the working tree through a link, and is not written.",
            hint="Such a link may have come with the repository. Name the file that is meant.",
        )
    real = real_path(path)
    if real in {real_path(each) for each in ledger}:
        raise OutputFileError(
            f"{path} belongs to the ledger, and is not written over.", hint=_ANOTHER_NAME
        )
    if real.suffix.lower() in (".yaml", ".yml") and real.is_relative_to(real_path(slots)):
        raise OutputFileError(
            f"{path} would be read as a slot file, and is not written.", hint=_ANOTHER_NAME
        )


def write_output(path: Path, text: str) -> None:
    """Write the text whole or not at all; into a device or pipe, as it comes.

    Raises OutputFileError.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        # What a link leads to is replaced, not the link.
        write_whole(real_path(path), text.encode(), mode=_OWNER_ONLY)
    except OSError as error:
        raise _unwritable(path, error) from error


def open_output(path: Path) -> TextIO:
    """An empty file, device or pipe for lines that others read as they come. Raises
    OutputFileError."""
    try:
        descriptor = os.open(real_path(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    except OSError as error:
        raise _unwritable(path, error) from error
    return os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)


def _unwritable(path: Path, error: OSError) -> OutputFileError:
    return OutputFileError(
        f"{path} cannot be written: {error.strerror}.",
        hint="Check that the folder is there and can be written to.",
    )
