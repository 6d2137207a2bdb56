"""Texts that look alike but differ, and how to show them so that a reader sees the difference."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_SHAPELESS = re.compile("[\u034f\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0]")
"""Invisible characters in addition to format characters: fillers and variation selectors."""
_TWINS = str.maketrans(
    # Cyrillic, Greek, quotes, dashes
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458"
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
    "\u2010\u2011\u2012\u2013\u2014\u2212",
    "aeopcyxisjABESIJKMHOPCTYXABEZHIKMNOPTYXo''''\"\"\"\"------",
)
_BLANKS = re.compile(r"\A +| +\Z| {2,}")


def composed(text: str) -> str:
    """`text` in Unicode's form NFC, where a letter and its accent are one character if possible."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def distinguishable(texts: Iterable[str]) -> dict[str, str]:
    """How to show each text: as it is or, if another one looks the same, with everything escaped in
    which the two may differ."""
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts:
        alike[_seen(text)].add(text)
    return {
        text: text if len(members) == 1 else escaped(text)
        for members in alike.values()
        for text in members
    }


def escaped(text: str) -> str:
    """`text` with everything outside ASCII, and each invisible blank, as an escape."""
    seen = _BLANKS.sub(lambda found: r"\x20" * len(found.group()), text)
    return "".join(each if " " <= each <= "~" else _escape(each) for each in seen)


def first_shapeless(text: str) -> str | None:
    """The first invisible character of the text, if there is one."""
    if text.isascii() and text.isprintable():
        return None
    return next(filter(is_shapeless, text), None)


def is_shapeless(character: str) -> bool:
    """Whether the character is invisible on any screen."""
    return (
        unicodedata.category(character) in ("Cc", "Cf") or _SHAPELESS.match(character) is not None
    )


def _seen(text: str) -> str:
    """What a reader sees, regardless of how accents are encoded, blanks are wide, or alphabets
    are mixed."""
    if not text.isascii():
        shaped = "".join(each for each in text if each.isspace() or not is_shapeless(each))
        text = unicodedata.normalize("NFD", shaped).translate(_TWINS)
    return " ".join(text.split())


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x20 or code == 0x7F:  # noqa: PLR2004 - ASCII's controls
        return character.encode("unicode_escape").decode("ascii")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - Python's two
