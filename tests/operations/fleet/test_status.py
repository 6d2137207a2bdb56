"""The fleet as its own ledger says, in a file, while and after a run holds its lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import Interrupted
from reconciler.model.fleet_history import Recorded
from reconciler.model.fleet_run import TargetStatus
from reconciler.model.ledger import Entry
from reconciler.operations.fleet.status import WATCH_SECONDS, fleet_status, watched_status
from reconciler.operations.ledger_stores import FleetStores
from reconciler.planning.fleet_chain import TARGET_ENDED, target_data
from reconciler.ports import LedgerStore
from tests.support.clock import VirtualClock
from tests.support.fleet_chain import begin_run, finish_run, result


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def store(tmp_path: Path, clock: VirtualClock) -> LedgerStore:
    return FleetStores(tmp_path, clock).fleet()


def test_a_fleet_that_never_ran_has_no_runs(store: LedgerStore, clock: VirtualClock) -> None:
    status = fleet_status(store, clock)
    assert (status.history.last, status.is_running) == (None, False)


def test_a_run_is_seen_while_it_goes_on_and_when_it_has_ended(
    store: LedgerStore, clock: VirtualClock
) -> None:
    with store.open("run_1") as ledger:
        begin_run(ledger, clock)
        ledger.append(TARGET_ENDED, **target_data(result("a/live"), step=1))
        status = fleet_status(store, clock)
        assert status.is_running
        assert set(status.history.targets) == {"a/live"}
        finish_run(ledger)
    status = fleet_status(store, clock)
    assert not status.is_running
    assert status.last_runs[0].is_complete


def test_a_run_that_was_cut_off_is_not_running(store: LedgerStore, clock: VirtualClock) -> None:
    with store.open("run_1") as ledger:
        begin_run(ledger, clock)
    assert not fleet_status(store, clock).is_running


def test_a_fleet_is_watched_until_its_run_is_over(store: LedgerStore, clock: VirtualClock) -> None:
    begun = clock.monotonic()
    seen: list[int] = []
    with store.open("run_1") as ledger:
        begin_run(ledger, clock)
        watched: Iterator[object] = watched_status(store, clock)
        for number in range(3):
            ledger.append(TARGET_ENDED, **target_data(result(f"t-{number}/live"), step=1))
            next(watched)
            seen.append(len(fleet_status(store, clock).history.targets))
        finish_run(ledger)
    assert len(list(watched)) == 1
    assert seen == [1, 2, 3]
    assert clock.monotonic() - begun == 3 * WATCH_SECONDS


def test_a_fleet_in_which_nothing_runs_is_looked_at_once(
    store: LedgerStore, clock: VirtualClock
) -> None:
    assert len(list(watched_status(store, clock))) == 1


def test_an_interrupt_ends_the_watching(store: LedgerStore, clock: VirtualClock) -> None:
    with store.open("run_1") as ledger:
        begin_run(ledger, clock)
        watched = watched_status(store, clock)
        next(watched)
        clock.interrupt_after(0)
        with pytest.raises(Interrupted):
            next(watched)


class Slow:
    """A ledger that takes seconds to be read."""

    def __init__(self, store: LedgerStore, clock: VirtualClock) -> None:
        self._store, self._clock = store, clock
        self.exists, self.holder = store.exists, store.holder

    def lines(self) -> Sequence[Entry | None]:
        self._clock.advance(3)
        return self._store.lines()


def test_a_fleet_that_takes_long_to_read_is_looked_at_less_often(
    store: LedgerStore, clock: VirtualClock
) -> None:
    begun = clock.monotonic()
    with store.open("run_1") as ledger:
        begin_run(ledger, clock)
        slow: Any = Slow(store, clock)
        watched = watched_status(slow, clock)
        next(watched)
        next(watched)
    assert clock.monotonic() - begun == 3 + 15 + 3


@pytest.mark.parametrize("is_newer", [True, False])
def test_a_scheduled_check_counts_unless_the_target_has_ended_since(
    store: LedgerStore, clock: VirtualClock, is_newer: bool
) -> None:
    ended_at = clock.now()
    with store.open("run_1") as ledger:
        begin_run(ledger, clock)
        ledger.append(TARGET_ENDED, **target_data(result("a/live", ended_at=ended_at), step=1))
        finish_run(ledger)
    moved = timedelta(hours=1 if is_newer else -1)
    check = Recorded(
        fleet_run_id="drift-1",
        step=1,
        result=result("a/live", TargetStatus.DIFFERS, ended_at=ended_at + moved),
    )
    status = fleet_status(store, clock, checks=Looked(check))
    assert status.history.targets["a/live"].result.status is (
        TargetStatus.DIFFERS if is_newer else TargetStatus.VERIFIED
    )


class Looked:
    """`ports.Checks` that were made."""

    def __init__(self, *made: Recorded) -> None:
        self._made = made

    def latest(self) -> Sequence[Recorded]:
        return self._made
