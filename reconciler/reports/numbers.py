"""Numbers as text: counts with their nouns, and rates."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 slot`, `2 slots`; `plural` is that of a noun to which no `s` is added."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def rate(value: float | None) -> str:
    """A fraction with three digits, or a dash."""
    return "-" if value is None else f"{value:.3f}"
