"""Text as JavaScript sees it without the flag `u`: a sequence of 16-bit units. A character beyond
U+FFFF, such as most emoji, is two of them, and each is matched by itself."""

from __future__ import annotations

import struct

_LAST = "\uffff"
_FORM = "utf-16-le"
_LONE = "surrogatepass"


def is_plain(text: str) -> bool:
    """Whether each character is one unit, and none is half of a character."""
    return not any("\ud800" <= each <= "\udfff" or each > _LAST for each in text)


def units(text: str) -> str:
    """The text with one character for each unit."""
    if all(each <= _LAST for each in text):
        return text
    coded = text.encode(_FORM, _LONE)
    return "".join(map(chr, struct.unpack(f"<{len(coded) // 2}H", coded)))


def characters(text: str) -> str:
    """The inverse of `units`; half of a character, without its other half, remains as it is."""
    return text.encode(_FORM, _LONE).decode(_FORM, _LONE)
