"""Which of each hundred slots or records differ: eight are updated, one is created, one deleted.

It is the same for both tools, so that they plan the same changes.
"""

from __future__ import annotations

UPDATED = frozenset(range(5, 85, 10))
DELETED = 89
CREATED = 99


def is_updated(number: int) -> bool:
    return number % 100 in UPDATED


def is_deleted(number: int) -> bool:
    return number % 100 == DELETED


def is_created(number: int) -> bool:
    return number % 100 == CREATED
