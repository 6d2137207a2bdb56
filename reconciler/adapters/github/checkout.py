"""Where a file is in its git checkout."""

from __future__ import annotations

from pathlib import Path


def path_in_checkout(file: str) -> str | None:
    """The path of a file from the root of its checkout, with slashes; None outside of one."""
    path = Path(file).absolute()
    for folder in path.parents:
        if (folder / ".git").exists():
            return path.relative_to(folder).as_posix()
    return None
