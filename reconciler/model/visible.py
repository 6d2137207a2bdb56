"""Which characters of foreign text are not shown as they are: those that could end the line, move a
cursor, hide or reorder text, and those that cannot be encoded.

It imports no module of this package, so that a program that only prints a message starts fast.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_UNSAFE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def escaped(text: str, *, by: Callable[[str], str]) -> str:
    """`text`, with each of these characters replaced by the result of `by`."""
    if text.isprintable():
        return text
    return "".join(
        by(character) if unicodedata.category(character) in _UNSAFE else character
        for character in text
    )
