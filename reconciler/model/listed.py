"""Many names in one sentence: the first few, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST = 12
"""The most names that a sentence shows: a few tell the reader which slots are meant, and the count
of the others how many are affected."""


def listed(names: Iterable[str], *, most: int = MOST) -> str:
    """`a, b, c and 497 more`."""
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def chained(path: Sequence[str]) -> str:
    """`a → b → a`; for a long path its beginning and last name: `a → b → … (497 more) → a`."""
    if len(path) <= MOST:
        return " → ".join(path)
    *shown, last = (*path[: MOST - 1], path[-1])
    return f"{' → '.join(shown)} → … ({len(path) - MOST} more) → {last}"
