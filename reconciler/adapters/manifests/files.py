"""Files in the slots folder, written atomically and never outside it."""

from __future__ import annotations

import os
from pathlib import Path

from reconciler.adapters.files import write_whole
from reconciler.errors import ManifestError


def write(path: Path, data: bytes) -> None:
    """Create or replace `path`, and create its folders. A replaced file keeps its permissions.

    Raises ManifestError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be written: {error.strerror or type(error).__name__}.",
            hint="Check the folder's permissions and the free disk space.",
        ) from error


def read(path: Path) -> bytes:
    """The file's content. Raises ManifestError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            hint="Check the file's permissions.",
        ) from error


def is_within(path: Path, folder: Path) -> bool:
    """Whether `path` is inside `folder` once its links are followed."""
    return path.resolve().is_relative_to(folder.resolve())


def names_in(folder: Path) -> list[str]:
    """The names in use in the folder, including those of dangling links. Raises ManifestError."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - only the names are needed
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ManifestError(
            f"{folder} cannot be listed: {error.strerror}.",
            hint="Choose another folder with --out DIR.",
        ) from error
