"""A write whose answer was lost is looked for before it is sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reconciler.errors import UnconfirmedWriteError
from reconciler.ports import Clock

Result = TypeVar("Result")

MAX_ATTEMPTS = 4
PAUSE_SECONDS = 2.0
"""Before looking: what was stored a moment ago may not be listed yet."""


def until_confirmed(look_and_write: Callable[[], Result], *, clock: Clock) -> Result:
    """Call it again after each UnconfirmedWriteError; it must look before it writes.

    Raises the last one.
    """
    for attempt in range(1, MAX_ATTEMPTS):
        try:
            return look_and_write()
        except UnconfirmedWriteError:
            clock.sleep(PAUSE_SECONDS * attempt)
    return look_and_write()
