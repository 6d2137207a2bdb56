"""Retries: a request is attempted until it succeeds or another attempt cannot help."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import tenacity

from reconciler.errors import ReconcilerError
from reconciler.model.backoff import Backoff
from reconciler.model.event import RequestRepeated
from reconciler.ports import Clock

Answer = TypeVar("Answer")

_BACKOFF = Backoff()


class Failure(Exception):
    """One failed attempt: the error to raise if it is the last, and whether to try `again`.

    `wait` is the delay in seconds that the server asked for; `backoff` gives our own delays.
    """

    def __init__(
        self,
        error: ReconcilerError,
        *,
        again: bool,
        wait: float | None = None,
        backoff: Backoff = _BACKOFF,
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again
        self.wait = wait
        self._backoff = backoff

    def pause(self, attempt: int) -> float:
        """Seconds to wait before the next attempt: exponential with jitter, or what the server
        asked for if that is longer."""
        return max(self._backoff.after(attempt), self.wait or 0.0)


def attempted(
    once: Callable[[], Answer],
    *,
    clock: Clock,
    most: int,
    repeating: Callable[[RequestRepeated], object],
    until: float = math.inf,
) -> Answer:
    """Call `once`, which raises Failure, until it succeeds, and return its result.

    `repeating` is called before each wait for another attempt. At most `most` attempts are made,
    none of them after `until` (a time of Clock.monotonic). Raises the error of the last failure.
    """

    def is_last(state: tenacity.RetryCallState) -> bool:
        too_late = clock.monotonic() + state.upcoming_sleep >= until
        return too_late or state.attempt_number >= most

    def announce(state: tenacity.RetryCallState) -> None:
        seconds = state.upcoming_sleep
        repeating(
            RequestRepeated(
                reason=str(state.outcome.exception() if state.outcome else ""),
                attempt=state.attempt_number + 1,
                attempts=most,
                seconds=seconds,
                until=clock.monotonic() + seconds,
            )
        )

    retrying = tenacity.Retrying(
        stop=is_last,
        wait=_pause,
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, Failure) and error.again),
        sleep=clock.sleep,
        before_sleep=announce,
        reraise=True,
    )
    try:
        return retrying(once)
    except Failure as failure:
        raise failure.error from failure.__cause__


def _pause(state: tenacity.RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    return failure.pause(state.attempt_number) if isinstance(failure, Failure) else 0.0
