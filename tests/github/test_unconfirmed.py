"""A write whose response was lost is looked for before it is sent again."""

from __future__ import annotations

import pytest

from reconciler.errors import GitHubError, UnconfirmedWriteError
from reconciler.github.unconfirmed import MAX_ATTEMPTS, until_confirmed
from tests.support.clock import VirtualClock


def test_it_is_called_until_it_is_confirmed_with_a_pause_before_each_call() -> None:
    clock, calls = VirtualClock(), []

    def look_and_write() -> str:
        calls.append(clock.monotonic())
        if len(calls) < MAX_ATTEMPTS:
            raise UnconfirmedWriteError("lost")
        return "there"

    assert until_confirmed(look_and_write, clock=clock) == "there"
    assert len(calls) == MAX_ATTEMPTS
    assert calls == sorted(set(calls))


@pytest.mark.parametrize(
    ("error", "calls"), [(UnconfirmedWriteError, MAX_ATTEMPTS), (GitHubError, 1)]
)
def test_it_is_given_up_after_the_last_attempt_or_at_once_for_any_other_error(
    error: type[GitHubError], calls: int
) -> None:
    made = []

    def look_and_write() -> None:
        made.append(1)
        raise error("no")

    with pytest.raises(error):
        until_confirmed(look_and_write, clock=VirtualClock())
    assert len(made) == calls
