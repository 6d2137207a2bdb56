"""A write whose response was lost: look for its result before sending it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reconciler.errors import UnconfirmedWriteError
from reconciler.ports import Clock

Result = TypeVar("Result")

MAX_ATTEMPTS = 4
PAUSE_SECONDS = 2.0
"""Waited before looking, because a listing may lag behind a write; multiplied by the attempt."""


def until_confirmed(look_and_write: Callable[[], Result], *, clock: Clock) -> Result:
    """Call `look_and_write` again after each UnconfirmedWriteError; it must look before it writes.

    Raises the last of these errors.
    """
    for attempt in range(1, MAX_ATTEMPTS):
        try:
            return look_and_write()
        except UnconfirmedWriteError:
            clock.sleep(PAUSE_SECONDS * attempt)
    return look_and_write()
