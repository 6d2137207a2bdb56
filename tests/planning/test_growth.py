"""The work of planning grows linearly with the number of slots."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from reconciler.model.plan import Plan
from tests.support.build import absent, live, plan, slot


def calls_of(work: Callable[[], object], *, function: Callable[..., object] | None = None) -> int:
    """How many Python functions are called, or how often one of them, which is the same on every
    machine."""
    counted = 0
    only = None if function is None else inspect.unwrap(function).__code__

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call" and only in (None, frame.f_code)

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def created(count: int) -> Plan:
    return plan(slot(f"slot_{number}") for number in range(count))


def updated(count: int) -> Plan:
    names = [f"slot_{number}" for number in range(count)]
    return plan((slot(each, patterns=("^new$",)) for each in names), map(live, names))


def deleted(count: int) -> Plan:
    names = [f"slot_{number}" for number in range(count)]
    kept = ["slot_kept", *(f"slot_{number}_kept" for number in range(count))]
    return plan(
        [*map(absent, names), *map(slot, kept)],
        [*map(live, kept), *map(live, names)],
        limits={"max_delete_fraction": 1.0},
    )


def renamed(count: int) -> Plan:
    """A plan in which each slot takes the name of the one before it."""
    names = [f"slot_{number}" for number in range(count)]
    return plan(
        (slot(each, name=f"{number}") for number, each in enumerate(names)),
        (live(each, name=f"{number + 1}") for number, each in enumerate(names)),
    )


@pytest.mark.parametrize("make", [created, updated, deleted, renamed])
def test_a_plan_of_four_times_the_slots_takes_four_times_the_calls(
    make: Callable[[int], Plan],
) -> None:
    make(1)  # fills the caches
    small, large = (calls_of(partial(make, size)) for size in (50, 200))
    assert large / small < 5
