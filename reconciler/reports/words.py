"""Small pieces of text: values made safe for a terminal, numbers with their nouns."""

from __future__ import annotations

import unicodedata

from reconciler.model.outcome import Outcome

_UNSAFE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def plain(text: str) -> str:
    """`text` on one line, with every character that could end it, move a cursor, hide or reorder
    text escaped."""
    if text.isprintable():
        return text
    return "".join(
        _escaped(character) if unicodedata.category(character) in _UNSAFE else character
        for character in text
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str) -> str:
    """`1 slot`, `2 slots`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def rate(value: float | None) -> str:
    """A fraction with three digits, or a dash."""
    return "-" if value is None else f"{value:.3f}"


def rates(outcome: Outcome) -> str:
    """The success rate before and after, as far as they were measured."""
    if outcome.success_rate is None and outcome.baseline is None:
        return ""
    return f"{rate(outcome.baseline)} → {rate(outcome.success_rate)}"


def duration(seconds: float) -> str:
    """Whole seconds, whole minutes from two of them on, and from two hours on hours."""
    if seconds < 2 * 60:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f}".removesuffix(".0") + " h"
