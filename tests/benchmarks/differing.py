"""Which of each hundred differ: eight are to be updated, one to be created, one to be deleted.

Slots and records alike, so that both tools plan the same changes.
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
