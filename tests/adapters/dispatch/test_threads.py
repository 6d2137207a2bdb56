from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.dispatch.threads import ThreadDispatcher, thread_dispatcher
from reconciler.errors import Interrupted
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from reconciler.ports import Clock
from tests.support.clock import VirtualClock

LONG = 60.0
"""Seconds in which anything that does not hang has happened."""


def task(name: str, *, origin: str = "") -> Task:
    return Task(run_id="run", action=FleetAction.APPLY, target=name, origin=origin)


class Workshop:
    """Work that ends when it is let go, and that says how much of it is in hand."""

    def __init__(self, *, free: bool = False) -> None:
        self._gates: dict[str, threading.Event] = defaultdict(threading.Event)
        self._changed = threading.Condition()
        self._is_free = free
        self.in_hand: list[str] = []
        self.seen: list[tuple[str, ...]] = []
        self.is_stopped = False

    def work(self, given: Task) -> TargetResult:
        with self._changed:
            self.in_hand.append(given.target)
            self.seen.append(tuple(self.in_hand))
            self._changed.notify_all()
        if not self._is_free:
            assert self._gates[given.target].wait(LONG)
        with self._changed:
            self.in_hand.remove(given.target)
        status = TargetStatus.INTERRUPTED if self.is_stopped else TargetStatus.VERIFIED
        return TargetResult(name=given.target, action=given.action, status=status)

    def let_go(self, *names: str) -> None:
        for name in names:
            self._gates[name].set()

    def await_in_hand(self, *names: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: set(names) <= set(self.in_hand), LONG)

    def stop(self) -> None:
        self.is_stopped = True
        self.let_go(*self.in_hand)

    def dispatcher(
        self, *, parallel: int = 4, clock: Clock | None = None
    ) -> AbstractContextManager[ThreadDispatcher]:
        return thread_dispatcher(
            self.work, parallel=parallel, clock=clock or SystemClock(), stop=self.stop
        )


def names(results: Iterable[TargetResult]) -> set[str]:
    return {each.name for each in results}


def collected(dispatcher: ThreadDispatcher, count: int) -> list[TargetResult]:
    results: list[TargetResult] = []
    while len(results) < count:
        arrived = dispatcher.ended(within=LONG)
        assert arrived, "no result arrived in time"
        results.extend(arrived)
    return results


def test_each_task_ends_with_one_result() -> None:
    workshop = Workshop(free=True)
    with workshop.dispatcher() as dispatcher:
        for number in range(20):
            dispatcher.submit(task(f"t{number}"))
        results = collected(dispatcher, 20)
        assert sorted(each.name for each in results) == sorted(f"t{n}" for n in range(20))
        assert not dispatcher.ended(within=0)


def test_no_more_are_in_hand_than_there_are_threads() -> None:
    workshop = Workshop(free=True)
    with workshop.dispatcher(parallel=2) as dispatcher:
        for number in range(20):
            dispatcher.submit(task(f"t{number}"))
        collected(dispatcher, 20)
    assert max(map(len, workshop.seen)) <= 2


def test_two_tasks_of_one_origin_are_worked_on_one_after_the_other() -> None:
    workshop = Workshop(free=True)
    with workshop.dispatcher() as dispatcher:
        for number in range(12):
            dispatcher.submit(task(f"{number % 3}/{number}", origin=f"https://{number % 3}"))
        collected(dispatcher, 12)
    for seen in workshop.seen:
        tenants = [name.partition("/")[0] for name in seen]
        assert len(tenants) == len(set(tenants))


def test_a_task_behind_another_of_its_origin_does_not_hold_up_others() -> None:
    workshop = Workshop()
    with workshop.dispatcher(parallel=2) as dispatcher:
        dispatcher.submit(task("first", origin="https://one"))
        dispatcher.submit(task("second", origin="https://one"))
        dispatcher.submit(task("other", origin="https://two"))
        workshop.await_in_hand("first", "other")
        workshop.let_go("first", "other", "second")
        assert names(collected(dispatcher, 3)) == {"first", "second", "other"}


def test_only_what_nobody_has_begun_can_be_withdrawn() -> None:
    workshop = Workshop()
    with workshop.dispatcher(parallel=1) as dispatcher:
        dispatcher.submit(task("begun", origin="https://one"))
        dispatcher.submit(task("behind", origin="https://one"))
        dispatcher.submit(task("queued", origin="https://two"))
        workshop.await_in_hand("begun")
        assert set(dispatcher.withdraw()) == {"behind", "queued"}
        workshop.let_go("begun")
        assert names(collected(dispatcher, 1)) == {"begun"}
        dispatcher.submit(task("queued", origin="https://two"))  # it can be asked for again
        workshop.let_go("queued")
        assert names(collected(dispatcher, 1)) == {"queued"}


def test_stopping_ends_those_in_hand_early() -> None:
    workshop = Workshop()
    with workshop.dispatcher() as dispatcher:
        dispatcher.submit(task("a"))
        workshop.await_in_hand("a")
        dispatcher.stop()
        (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.INTERRUPTED


def test_waiting_for_a_result_notices_an_interrupt() -> None:
    clock = VirtualClock()
    clock.interrupt_after(0)
    workshop = Workshop()
    with thread_dispatcher(
        workshop.work, parallel=1, clock=clock, stop=workshop.stop
    ) as dispatcher:
        dispatcher.submit(task("a"))
        workshop.await_in_hand("a")
        with pytest.raises(Interrupted):
            dispatcher.ended(within=LONG)
        workshop.let_go("a")


def test_an_error_of_the_controller_stops_those_in_hand_and_waits_for_them() -> None:
    workshop = Workshop()

    def fail() -> None:
        with workshop.dispatcher() as dispatcher:
            dispatcher.submit(task("a"))
            workshop.await_in_hand("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert workshop.is_stopped
    assert not workshop.in_hand
