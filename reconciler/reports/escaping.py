"""Foreign text made safe to show: it can neither control a terminal nor command a runner.

It imports no models, so that printing a message needs none.
"""

from __future__ import annotations

import re

from reconciler.model.visible import escaped

_OURS = re.compile(r"(\n|\x1b\[(?:[017]|3[0-7])m)")
"""Line ends, bold, inverse, the eight colours and their end: none of them hides text."""
_BEGINNING = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def plain(text: str) -> str:
    """`text` on one line, with every character that could end it, move a cursor, hide or reorder
    text escaped."""
    return escaped(text, by=_python_escape)


def visible(text: str) -> str:
    """`text` of several lines, made safe as by `plain`, except for line ends and our colours."""
    pieces = _OURS.split(text)  # ours are at the odd places
    return "".join(piece if place % 2 else plain(piece) for place, piece in enumerate(pieces))


def without_commands(text: str) -> str:
    """`text` for the log of a runner, which obeys `##[command]` anywhere in a line and `::command`
    at its start: without such commands, which a tenant, a ledger or a slot file may contain."""
    return _BEGINNING.sub(r"\1: ", text.replace("##[", "# #["))


def _python_escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
