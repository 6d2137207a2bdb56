"""The files in which GitHub Actions takes a job's summary and a step's outputs."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import DocumentError


def append_text(path: Path, text: str) -> None:
    """Add to one of them. Raises DocumentError."""
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise DocumentError(f"{path} cannot be written: {error.strerror}.") from error
