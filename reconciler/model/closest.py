"""Did you mean …? The known word that is closest to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_COMPARED = 60
"""Characters. No known word is longer, and the cost of comparing grows with the square."""


def closest(given: str, known: Iterable[str]) -> str | None:
    """The known word most like `given`, or None if none is close.

    Case, hyphens and underscores do not count: `fillStrategy` is as close as `fill-strategy`.
    """
    by_letters = {_letters(each): each for each in known}
    close = difflib.get_close_matches(_letters(given[:_COMPARED]), by_letters, n=1)
    return by_letters[close[0]] if close else None


def _letters(text: str) -> str:
    return text.replace("_", "").replace("-", "").lower()
