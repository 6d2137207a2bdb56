"""Files of the slots folder, written whole or not at all, and never outside of it."""

from __future__ import annotations

import os
from pathlib import Path

from reconciler.adapters.files import write_whole
from reconciler.errors import ManifestError


def write(path: Path, data: bytes) -> None:
    """Create or replace `path`; its folders are made. What stood there keeps its permissions.

    Raises ManifestError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be written: {error.strerror or type(error).__name__}.",
            hint="Check the folder's permissions, and the space that is left.",
        ) from error


def read(path: Path) -> bytes:
    """Raises ManifestError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            hint="Check its permissions.",
        ) from error


def is_within(path: Path, folder: Path) -> bool:
    """Whether `path`, its links followed, lies in `folder`."""
    return path.resolve().is_relative_to(folder.resolve())


def names_in(folder: Path) -> list[str]:
    """What a new file of the folder must not be called; links that lead nowhere count."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - names, which no path need be made of
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ManifestError(
            f"{folder} cannot be listed: {error.strerror}.",
            hint="Name another folder with --out DIR.",
        ) from error
