"""The patterns that need no analysis. They are most patterns, so a run that has no others does not
load the analysis."""

from __future__ import annotations

import re

from reconciler.model.api import PatternLimits

MAX_ANALYSED_LENGTH = 500
"""Characters; nobody writes a longer pattern by hand."""

_SET = r"\[(?:[A-Za-z0-9.+_ ,:/@#](?!-[^\]])|[A-Z]-Z|[a-z]-z|[0-9]-9|\\[dws.])+-?\]"
_WORDS = r"\((?:\?:)?[A-Za-z0-9 _-]+(?:\|[A-Za-z0-9 _-]+)*\)(?![*+?{])"
_ATOM = rf"(?:[A-Za-z0-9 _#/@:,;=!&%~\"'<>-]|\\[dwsDWS.+*?()/-]|{_SET}|{_WORDS})"
_COUNT = r"[+*?]|\{[1-9][0-9]?,?\}|\{[1-9],[1-9][0-9]\}|\{1,[1-9]\}|\{[1-4],[4-9]\}"
_PLAIN = re.compile(rf"\^?{_ATOM}(?![*?])(?:(?:{_COUNT})?{_ATOM})*(?:{_COUNT})?\$?")
"""Patterns that require some character and repeat only single characters. They cannot break any of
the rules below, and most patterns are of this kind."""


def is_plain(pattern: str, *, limits: PatternLimits) -> bool:
    """Whether one match shows that a pattern has no faults."""
    longest = MAX_ANALYSED_LENGTH if limits.max_length is None else limits.max_length
    return len(pattern) <= min(longest, MAX_ANALYSED_LENGTH) and bool(_PLAIN.fullmatch(pattern))
