"""What can follow the words of an unfinished command line.

Each answer is a line: `VALUE -- what it is`, or the kind of path for which the shell has its own
completion, `: file` or `: folder`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reconciler.operations.completion import known_slots

Node = Mapping[str, Any]
_SAFE = re.compile(r"\w[\w.-]*")
"""What needs no quotes in any shell. Anything else that a file says is not offered: a name such as
`$(reboot)` must not end up on a command line."""
_PATHS = ("file", "folder")


def candidates(words: Sequence[str]) -> Iterator[str]:
    """The answers for these words after `reconciler`, of which the last one is unfinished."""
    *before, unfinished = _joined(words) or [""]
    node, expecting, slots, arguments = _walk(before)
    if expecting is None and unfinished.startswith("-"):
        if "=" in unfinished:
            return
        offered = {name: each["help"] for name, each in node["options"].items()}
    elif expecting is not None:
        offered = _values(expecting, slots)
    else:
        offered = {name: each["help"] for name, each in node["commands"].items()}
        for kind in node["arguments"][arguments : arguments + 1]:
            offered |= _values(kind, slots)
    for value, said in offered.items():
        if value.startswith(":"):
            yield value
        elif value.startswith(unfinished):
            yield f"{value} -- {said}"


def _joined(words: Sequence[str]) -> list[str]:
    """The words, without the `=` that bash takes for one of its own: `--format = js`."""
    return [
        "" if each == "=" else each
        for number, each in enumerate(words)
        if each != "=" or number == len(words) - 1
    ]


def _walk(words: Sequence[str]) -> tuple[Node, Any, Path | None, int]:
    """The command that these words have reached, what the last option still expects, the folder
    of `--slots`, and how many arguments there were."""
    node: Node = json.loads((Path(__file__).parent / "commands.json").read_text(encoding="utf-8"))
    expecting: Any = None
    slots: Path | None = None
    option, arguments = "", 0
    for word in words:
        if expecting is not None:
            slots = Path(word) if option == "--slots" else slots
            expecting = None
        elif word.startswith("-"):
            option = word
            expecting = node["options"].get(word, {}).get("takes")
        elif word in node["commands"]:
            node = node["commands"][word]
        else:
            arguments += 1
    return node, expecting, slots, arguments


def _values(kind: Any, slots: Path | None) -> dict[str, str]:
    if isinstance(kind, list):
        return dict.fromkeys(kind, "")
    if kind in _PATHS:
        return {f": {kind}": ""}
    if kind == "slot":
        return _slots(slots)
    return {}


def _slots(folder: Path | None) -> dict[str, str]:
    """The ids with their names, and the names that mean one slot with their ids."""
    ids = dict(known_slots(folder))
    by_name: dict[str, list[str]] = {}
    for slot_id, name in ids.items():
        by_name.setdefault(name, []).append(slot_id)
    names = {name: of[0] for name, of in by_name.items() if len(of) == 1 and name not in ids}
    return {value: said for value, said in {**ids, **names}.items() if _SAFE.fullmatch(value)}
