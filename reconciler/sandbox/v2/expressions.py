r"""The regex of a slot filler, with the semantics of JavaScript. In the sandbox, only
this module imports regress.

A filler's regex is written `/body/flags`. The console's Question node reads it with
`^/(.*)/(.*)$`, applies `text.match(new RegExp(body, flags))` and keeps the first match; a slot
filler is taken to do the same. Compared with Node.js 20, these differences remain: without the flag
`u`, JavaScript counts a character beyond U+FFFF as two and `\u{41}` means 41 times u.
"""

from __future__ import annotations

import re

import regress

from reconciler.patterns.catastrophe import is_ambiguous, is_risky, is_slow_on
from reconciler.patterns.ecmascript.cost import attempts
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, read
from reconciler.patterns.matching import MAX_REPETITIONS
from reconciler.patterns.parsing import outline
from reconciler.patterns.syntax import Node, written_out

_DELIMITED = re.compile(r"/(.*)/(.*)", re.DOTALL)
_FLAGS = frozenset("dgimsuvy")
_MAX_ATTEMPTS = 10_000_000
"""How often a search may fail before it counts as slow; each failure takes well under 1 µs."""


class InvalidExpression(Exception):
    """A regex that JavaScript refuses; the message says why."""


class TooSlow(Exception):
    """A regex for which a backtracking engine can need exponential time, or nearly."""


class Expression:
    """A regex, ready to be applied to texts."""

    def __init__(self, written: str) -> None:
        """Read `/body/flags`; raises `InvalidExpression` without delimiters, too."""
        delimited = _DELIMITED.fullmatch(written)
        if delimited is None:
            raise InvalidExpression("it is not written between slashes")
        self._body, self._flags = delimited[1], delimited[2]
        if not set(self._flags) <= _FLAGS or len(set(self._flags)) < len(self._flags):
            raise InvalidExpression(f"invalid flags: {self._flags}")
        self._compiled = _compiled(self._body, self._flags)

    def find(self, text: str) -> str:
        """The first match in the text, or "" without one; raises `TooSlow`."""
        if self._is_slow(text):
            raise TooSlow
        # Its positions are those of UTF-8, which has no halves of surrogate pairs.
        encoded = text.encode(errors="replace")
        found = self._compiled.find(encoded.decode())
        if found is None or ("y" in self._flags and found.range().start):
            return ""
        return encoded[found.range()].decode()

    def _is_slow(self, text: str) -> bool:
        """Whether the engine, which has no time limit, may not be asked about this text."""
        tree = _tree(self._body)
        if tree is None:
            return False
        if written_out(tree) > MAX_REPETITIONS:
            return True
        ignores_case = "i" in self._flags
        if is_ambiguous(tree, ignore_case=ignores_case):
            return True
        if attempts(tree, length=len(text)) <= _MAX_ATTEMPTS:
            return False
        # That is an upper bound, which most loops over alternatives are far from reaching.
        return not is_risky(tree) or is_slow_on(text, tree, ignore_case=ignores_case)


def _tree(body: str) -> Node | None:
    """What it means without flags; or an outline, if it means something only with one."""
    try:
        return read(body).tree
    except InvalidPatternError:
        return outline(body)


def check_storable(written: str) -> None:
    """Raise `InvalidExpression` for what the JSON Schema format `regex` refuses.

    That takes the whole text for a regular expression, slashes and flags included.
    """
    _compiled(written, "")


def _compiled(body: str, flags: str) -> regress.Regex:
    try:
        return regress.Regex(body, flags)
    except (regress.RegressError, UnicodeEncodeError) as error:
        raise InvalidExpression(str(error)) from None
