"""Shell completion: which slots there are, and where a shell looks for its script.

It loads nothing but the standard library, because a shell asks with every key that is pressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.adapters import files
from reconciler.adapters.slot_scan import scanned_slots
from reconciler.config.project import slots_folder
from reconciler.config.shells import completion_file
from reconciler.errors import ReconcilerError

_MARK = "reconciler completion"


def known_slots(folder: Path | None = None) -> Iterator[tuple[str, str]]:
    """The id and the name of each slot in this folder, by default the project's; nothing if it
    cannot be read."""
    return scanned_slots(folder if folder is not None else slots_folder())


def install(script: str, shell: str) -> Path:
    """Write the script to where the shell finds it; an older one is replaced. Returns its path.

    Raises ReconcilerError if there is another file, or if it cannot be written.
    """
    path = completion_file(shell)
    try:
        if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace"):
            raise ReconcilerError(
                f"{path} exists, and is not ours.",
                hint=f"Remove it, or use: reconciler completion {shell} --print",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(path, script.encode())
    except OSError as error:
        raise ReconcilerError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint=f"Put it where you like: reconciler completion {shell} --print > FILE",
        ) from error
    return path
