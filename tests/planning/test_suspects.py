"""Which changes can be at fault if a rate falls."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from reconciler.model.bake import Probation
from reconciler.model.change import Action
from reconciler.planning.suspects import suspects

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
DAY = timedelta(hours=24)
GRAPH = {"a": ["b"], "b": ["c"], "c": [], "d": ["a"], "w": ["v"], "v": []}


def changed(slot_id: str, *, hours: float = 0.0) -> Probation:
    """A change so many hours after noon."""
    return Probation(
        slot_id=slot_id,
        run_id=f"run_{slot_id}",
        commit=f"commit_{slot_id}",
        identity="",
        action=Action.UPDATE,
        begun=NOON + timedelta(hours=hours),
        until=NOON + DAY,
    )


def suspected(*changes: Probation, measured: str = "a") -> list[str]:
    found = suspects(
        changes[0], measured=set(measured), dependencies=GRAPH, changes=changes, period=DAY
    )
    assert [each.run_id for each in found] == [f"run_{each.slot_id}" for each in found]
    assert [each.commit for each in found] == [f"commit_{each.slot_id}" for each in found]
    return [each.slot_id for each in found]


def test_the_change_itself_comes_first_and_the_others_by_time() -> None:
    found = suspected(changed("a"), changed("c", hours=2), changed("b", hours=1))
    assert found == ["a", "b", "c"]


def test_only_what_is_measured_and_what_it_depends_on_can_be_at_fault() -> None:
    changes = [changed(each) for each in "abcdvw"]
    assert suspected(*changes) == ["a", "b", "c"]
    assert suspected(*changes, measured="aw") == ["a", "b", "c", "v", "w"]


@pytest.mark.parametrize(("hours", "found"), [(-24, ["a", "b"]), (-24.01, ["a"]), (5, ["a", "b"])])
def test_a_change_that_all_of_the_baseline_was_measured_after_is_none(
    hours: float, found: list[str]
) -> None:
    assert suspected(changed("a"), changed("b", hours=hours)) == found


def test_a_measured_slot_that_is_not_live_can_be_at_fault() -> None:
    found = suspects(
        changed("a"),
        measured={"a", "gone"},
        dependencies=GRAPH,
        changes=[changed("gone")],
        period=DAY,
    )
    assert [each.slot_id for each in found] == ["a", "gone"]
