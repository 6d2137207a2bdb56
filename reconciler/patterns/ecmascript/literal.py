"""A regular expression as JavaScript writes it: `/body/flags`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

FLAGS: Mapping[str, str] = {
    "d": "records where groups match",
    "g": "finds every match",
    "i": "ignores case",
    "m": "lets ^ and $ match at line breaks",
    "s": "lets . match line breaks",
    "u": "reads Unicode code points",
    "v": "reads Unicode sets",
    "y": "matches only at a given position",
}
"""What each flag that JavaScript knows does."""

_DELIMITED = re.compile(r"/(.*)/([A-Za-z]*)", re.DOTALL)
_ENDED = re.compile(r"/(.*)/(.*)", re.DOTALL)
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)


@dataclass(frozen=True)
class Literal:
    """The parts of `/body/flags`; `offset` is where the body begins in it, in characters."""

    body: str
    flags: str
    offset: int = 1


class NotDelimitedError(Exception):
    """The text is not of the form `/body/flags`. The message completes "the regex …", and `hint` is
    the way out."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def literal(text: str) -> Literal:
    """The parts of the text, whose flags may be any letters. Raises NotDelimitedError."""
    match = _DELIMITED.fullmatch(text)
    if match is None:
        raise _undelimited(text)
    body = match[1]
    pieces = _PIECE.findall(body)
    if pieces and pieces[-1] == "\\":  # the last slash is escaped, so it belongs to the body
        raise NotDelimitedError("does not end with /", hint=f"Write it as {delimited(text[1:])}")
    if "/" in pieces:
        at = len("".join(pieces[: pieces.index("/")])) + 2
        raise NotDelimitedError(
            f"has a / at character {at} that is not escaped, so it ends there",
            hint=rf"Write \/ inside, as in /{escaped(body)}/{match[2]}",
        )
    return Literal(body=body, flags=match[2])


def delimited(body: str) -> str:
    """The body as a literal without flags; slashes in it are escaped where they must be."""
    return f"/{escaped(body)}/"


def escaped(body: str) -> str:
    """The body with each slash escaped that would end a literal."""
    return "".join(r"\/" if piece == "/" else piece for piece in _PIECE.findall(body))


def _undelimited(text: str) -> NotDelimitedError:
    ended = _ENDED.fullmatch(text)
    if ended is not None:
        return NotDelimitedError(
            f"has {ended[2]!r} after its last /, where only flags can be",
            hint=f"Remove it, or write {delimited(text[1:])} if it belongs to the pattern.",
        )
    if text.startswith("/"):
        return NotDelimitedError("does not end with /", hint=f"Write it as {delimited(text[1:])}")
    body = text.removesuffix("/")
    return NotDelimitedError("does not begin with /", hint=f"Write it as {delimited(body)}")
