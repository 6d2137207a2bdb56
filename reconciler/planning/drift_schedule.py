"""When each target of a fleet is due for a drift check, spread evenly over the time in between."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator

_STEPS = 2**32


def due(names: Iterable[str], *, every_minutes: float, minute: int) -> Iterator[str]:
    """The targets that are due in this minute, counted from any fixed one: each once in every
    `every_minutes`, and always at the same distance from the others. Below one minute, all are."""
    for name in names:
        offset = _share(name) * every_minutes
        if _periods(minute, offset, every_minutes) > _periods(minute - 1, offset, every_minutes):
            yield name


def _periods(minute: int, offset: float, every_minutes: float) -> int:
    return math.floor((minute - offset) / every_minutes)


def _share(name: str) -> float:
    """A number from 0 to 1, equal for equal names and spread evenly over different ones."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / _STEPS
