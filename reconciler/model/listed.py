"""Many names in one sentence: the first of them, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST = 12
"""Names that a sentence shows; a reader needs a few to know which slots are meant, and the count
to know how far it goes."""


def listed(names: Iterable[str], *, most: int = MOST) -> str:
    """`a, b, c and 497 more`."""
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def chained(path: Sequence[str]) -> str:
    """`a → b → a`; of a long path the beginning and the last name: `a → b → … (497 more) → a`."""
    if len(path) <= MOST:
        return " → ".join(path)
    *shown, last = (*path[: MOST - 1], path[-1])
    return f"{' → '.join(shown)} → … ({len(path) - MOST} more) → {last}"
