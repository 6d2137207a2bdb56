"""The ids and names in slot files, found by a light scan: no YAML is parsed.

Good enough to suggest something, and fast enough for that. A file that is written in an unusual way
is left out, and nothing here decides what a slot is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from reconciler.adapters import files

_MOST_FILES = 5_000
_MOST_BYTES = 1_000_000
_DOCUMENT = re.compile(r"^---", re.MULTILINE)
_VALUE = r"""["']?{key}["']?[ ]*:[ ]*["']?([^"',#\n\r}}]+)"""
_ID = re.compile(r"^[ ]{0,4}[{]?" + _VALUE.format(key="slot_id"), re.MULTILINE)
_NAME = re.compile(r"(?:^|[{,] *)" + _VALUE.format(key="name"), re.MULTILINE)


def scanned_slots(folder: Path) -> Iterator[tuple[str, str]]:
    """Each slot's id and name, which is "" if it is not found. Errors end the scan silently."""
    for path in _slot_files(folder):
        try:
            descriptor = files.open_regular(path)
            with os.fdopen(descriptor, "rb") as file:
                text = file.read(_MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        for document in _DOCUMENT.split(text):
            found = _ID.search(document)
            if found is not None:
                name = _NAME.search(document)
                yield found[1].strip(), name[1].strip() if name else ""


def _slot_files(folder: Path) -> Iterator[Path]:
    count = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "_")))
        for name in sorted(names):
            is_slot = name.endswith((".yaml", ".yml")) and not name.startswith((".", "_"))
            if is_slot and name != "reconciler.yaml":
                count += 1
                if count > _MOST_FILES:
                    return
                yield Path(parent, name)
