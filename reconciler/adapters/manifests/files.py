"""Files in the slots folder, written atomically and never outside it."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path

from reconciler.adapters.files import leads_out, write_whole
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


def write_all(contents: Mapping[Path, bytes]) -> None:
    """The same for several files: all of them, or none if one cannot be written.

    Raises ManifestError.
    """
    former = {path: read(path) if path.exists() else None for path in contents}
    done: list[Path] = []
    try:
        for path, data in contents.items():
            write(path, data)
            done.append(path)
    except ManifestError:
        for path in done:
            _put_back(path, former[path])
        raise


def _put_back(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        write(path, data)


def read(path: Path) -> bytes:
    """The file's content. Raises ManifestError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            hint="Check the file's permissions.",
        ) from error


def read_marked(path: Path) -> tuple[bytes, str]:
    """The byte order mark with which the file begins, or b"", and the text after it, which the
    reader has read before. Raises ManifestError."""
    data = read(path)
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    return mark, data.removeprefix(mark).decode()


def require_within_the_tree(folder: Path, *, option: str) -> None:
    """Raises ManifestError if a folder, which this option names, leads out of the working tree: a
    link in a repository must not decide where files are written."""
    if leads_out(folder):
        raise ManifestError(
            f"{folder} leads out of the working tree through a link, so nothing is written there.",
            hint=f"Name the intended folder with {option} DIR.",
        )


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
