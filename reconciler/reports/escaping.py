"""Foreign text made safe to show: it can neither steer a terminal nor command a runner.

It imports no model, so that printing a message does not either.
"""

from __future__ import annotations

import re

from reconciler.model.visible import escaped

_OURS = re.compile(r"(\n|\x1b\[(?:[01]|3[0-7])m)")
"""Line ends, bold, the eight colours and their end: none of them hides text."""
_BEGINNING = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def plain(text: str) -> str:
    """`text` on one line, with every character that could end it, move a cursor, hide or reorder
    text escaped."""
    return escaped(text, by=_python_escape)


def visible(text: str) -> str:
    """`text` of several lines, made safe as by `plain` but for its line ends and our colours."""
    pieces = _OURS.split(text)  # what is ours has the odd places
    return "".join(piece if place % 2 else plain(piece) for place, piece in enumerate(pieces))


def without_commands(text: str) -> str:
    """`text` for the log of a runner, which obeys `##[command]` anywhere in a line, and `::command`
    at its beginning: what a tenant, a ledger or a slot file says may hold one."""
    return _BEGINNING.sub(r"\1: ", text.replace("##[", "# #["))


def _python_escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
