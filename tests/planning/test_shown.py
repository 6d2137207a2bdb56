"""Which changes of a plan no pull request has shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.content import FillerContent
from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan
from reconciler.model.slot import DesiredSlot, LiveSlot, SlotState
from reconciler.planning.shown import unshown
from tests.support.build import live, plan, slot

BOTH = plan([slot("a"), slot("b")])


def shown(made: Plan) -> ShownPlan:
    return ShownPlan.of(made, commit=None)


def test_a_plan_that_was_shown_completely_has_none_even_if_its_changes_were_not_stored() -> None:
    assert unshown(BOTH, [shown(BOTH)]) == ()
    assert unshown(BOTH, [ShownPlan(digest=BOTH.digest, count=2)]) == ()


def test_several_plans_together_may_have_shown_all_changes() -> None:
    parts = [shown(plan([slot("a")])), shown(plan([slot("b")]))]
    assert unshown(BOTH, parts) == ()
    assert unshown(BOTH, parts[:1]) == ("b",)
    assert unshown(BOTH, []) == ("a", "b")


def test_a_different_change_of_the_same_slot_does_not_count() -> None:
    other = plan([slot("a"), slot("b")], [live("b", name="old")])
    assert unshown(BOTH, [shown(other)]) == ("b",)


def test_no_more_shown_plans_are_requested_than_needed() -> None:
    asked = []

    def plans() -> Iterator[ShownPlan]:
        for made in (BOTH, plan()):
            asked.append(made)
            yield shown(made)

    assert unshown(plan(), plans()) == ()
    assert asked == []
    assert unshown(plan([slot("a")]), plans()) == ()
    assert asked == [BOTH]


def filler_plan(file: dict[str, Any] | None, *, live: dict[str, Any], flow: str = "main") -> Plan:
    """The plan for one slot filler whose file, and the tenant, have these fields."""
    base: dict[str, Any] = {"flow": flow, "name": "a", "type": "regex"}
    held = FillerContent(**base, **live)
    content = None if file is None else FillerContent(**base, **file)
    state = SlotState.PRESENT if content else SlotState.ABSENT
    return plan(
        [DesiredSlot(slot_id="a", content=content, state=state)],
        [LiveSlot(slot_id="a", content=held)],
        api=COGNIGY_V2,
    )


OLD, NEW = {"regex": "/a/"}, {"regex": "/b/"}


@pytest.mark.parametrize("before", [{}, {"profile_key": "p"}, {"use_positive_only": True}])
@pytest.mark.parametrize("after", [{"profile_key": "q"}, {"profile_key": ""}])
def test_an_edit_of_a_field_that_the_file_does_not_manage_does_not_count(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    reviewed = filler_plan(NEW, live={**OLD, **before})
    now = filler_plan(NEW, live={**OLD, **before, **after})
    assert unshown(now, [shown(reviewed)]) == ()


@pytest.mark.parametrize(
    ("file", "live"),
    [
        (NEW, {"regex": "/edited/"}),
        ({**NEW, "profile_key": "p"}, {**OLD, "profile_key": "edited"}),
        ({**NEW, "profile_key": ""}, {**OLD, "profile_key": "edited"}),
        ({**NEW, "use_positive_only": False}, {**OLD, "use_positive_only": True}),
    ],
)
def test_an_edit_of_a_field_that_the_file_manages_counts(
    file: dict[str, Any], live: dict[str, Any]
) -> None:
    reviewed = filler_plan(file, live={**file, **OLD})
    assert unshown(filler_plan(file, live=live), [shown(reviewed)]) == ("a",)


def test_an_edit_of_a_slot_filler_that_is_deleted_counts() -> None:
    reviewed = filler_plan(None, live=OLD)
    now = filler_plan(None, live={**OLD, "profile_key": "p"})
    assert now.digest != reviewed.digest
    assert unshown(now, [shown(reviewed)]) == ("a",)


def test_the_same_change_of_another_slot_filler_counts() -> None:
    reviewed = filler_plan(NEW, live=OLD)
    now = filler_plan(NEW, live=OLD, flow="other")
    assert unshown(now, [shown(reviewed)]) == ("a",)
