"""A request is retried while that may help, after a long enough delay."""

from __future__ import annotations

import math

import pytest

from reconciler.adapters.http.attempts import Failure, attempted
from reconciler.errors import UnavailableError
from reconciler.model.event import RequestRepeated
from tests.support.clock import VirtualClock


class Flaky:
    """Fails the given number of times, and counts its calls."""

    def __init__(self, *, failures: int, again: bool = True, wait: float | None = None) -> None:
        self.calls = 0
        self._failures = failures
        self._again = again
        self._wait = wait

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._failures:
            raise Failure(
                UnavailableError(f"attempt {self.calls}"), again=self._again, wait=self._wait
            )
        return "done"


def run(
    once: Flaky, clock: VirtualClock, *, until: float = math.inf
) -> tuple[str, list[RequestRepeated]]:
    heard: list[RequestRepeated] = []
    return attempted(once, clock=clock, most=5, repeating=heard.append, until=until), heard


def test_a_transient_failure_is_retried_and_each_delay_is_announced() -> None:
    clock = VirtualClock()
    answer, (first, second) = run(Flaky(failures=2), clock)
    assert answer == "done"
    assert (first.reason, first.attempt, first.attempts) == ("attempt 1", 2, 5)
    assert (second.reason, second.attempt, second.attempts) == ("attempt 2", 3, 5)
    assert first.until == first.seconds
    assert second.until == clock.monotonic() == pytest.approx(first.seconds + second.seconds)
    assert 1.5 <= clock.monotonic() <= 3.0  # at least half of 1 s and 2 s


def test_the_last_error_is_raised_when_the_attempts_are_used_up() -> None:
    once = Flaky(failures=9)
    with pytest.raises(UnavailableError, match="attempt 5"):
        run(once, VirtualClock())
    assert once.calls == 5


def test_a_final_failure_is_not_retried() -> None:
    once = Flaky(failures=9, again=False)
    with pytest.raises(UnavailableError, match="attempt 1"):
        run(once, VirtualClock())
    assert once.calls == 1


def test_the_delay_is_the_longer_of_ours_and_the_servers() -> None:
    clock = VirtualClock()
    run(Flaky(failures=1, wait=40.0), clock)
    assert clock.monotonic() == 40.0
    run(Flaky(failures=1, wait=0.0), clock)
    assert clock.monotonic() >= 40.5


def test_no_attempt_starts_after_the_deadline() -> None:
    clock = VirtualClock()
    once = Flaky(failures=9, wait=10.0)
    with pytest.raises(UnavailableError, match="attempt 2"):
        run(once, clock, until=15.0)
    assert clock.monotonic() == 10.0
