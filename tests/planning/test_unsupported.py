"""Changes that the tenant's API does not offer: no plan is made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.errors import PlanningError, UnsupportedChangeError
from reconciler.model.content import FillerContent
from reconciler.model.plan import Plan, Selection
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, FillerAddress, LiveSlot, SlotState
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.planner import make_plan
from tests.support.build import ENDPOINT

FLOW = "Order intake"
AT = FillerAddress(flow=FLOW, name="order")


def filler(**fields: object) -> FillerContent:
    given = {"flow": FLOW, "name": "order", "type": "regex", "regex": "/a/", **fields}
    return FillerContent(**given)  # type: ignore[arg-type]


def planned(*desired: DesiredSlot, live: FillerContent | None = None) -> Plan:
    return make_plan(
        DesiredState(desired),
        LiveState([LiveSlot(slot_id="order", content=live)] if live else []),
        api=COGNIGY_V2,
        settings=Settings(),
        endpoint=ENDPOINT,
        tool_version="1",
        selection=Selection(),
    )


def desired_slot(content: FillerContent | None) -> DesiredSlot:
    state = SlotState.PRESENT if content else SlotState.ABSENT
    return DesiredSlot(slot_id="order", content=content, state=state, address=AT)


def refused(attempt: Callable[[], Plan]) -> str:
    with pytest.raises(UnsupportedChangeError) as caught:
        attempt()
    assert caught.value.exit_code == 4
    (problem,) = caught.value.problems
    assert problem.rule == "unsupported-change"
    return problem.message


def test_a_new_slot_beside_it_hides_no_change_of_type() -> None:
    new = DesiredSlot(slot_id="a_new_one", content=filler(name="new"), address=AT)
    changed = desired_slot(filler(type="email", regex=None))
    message = refused(lambda: planned(new, changed, live=filler()))
    assert message == "the type of order is regex and cannot be changed to email"


def test_a_change_of_type_is_refused_in_either_direction() -> None:
    email = filler(type="email", regex=None)
    message = refused(lambda: planned(desired_slot(email), live=filler()))
    assert message == "the type of order is regex and cannot be changed to email"
    message = refused(lambda: planned(desired_slot(filler()), live=email))
    assert message == "the type of order is email and cannot be changed to regex"


def test_a_change_of_type_among_other_problems_is_an_error_like_them() -> None:
    changed = desired_slot(filler(type="email", regex=None, dependencies=("nowhere",)))
    with pytest.raises(PlanningError) as caught:
        planned(changed, live=filler())
    assert {each.rule for each in caught.value.problems} == {
        "unsupported-change",
        "unknown-dependency",
    }
    assert caught.value.exit_code == 1


def test_an_intent_filler_is_not_created_but_can_be_changed() -> None:
    intent = filler(type="intent", regex=None)
    assert "cannot be created over the API" in refused(lambda: planned(desired_slot(intent)))
    keyed = filler(type="intent", regex=None, context_key="k")
    (change,) = planned(desired_slot(keyed), live=intent).changes
    assert {each.field for each in change.fields} == {"context_key"}


def test_what_the_file_leaves_unmanaged_stays_as_it_is_live() -> None:
    live = filler(profile_key="theirs", skip_if_result_in_context=True)
    assert not planned(desired_slot(filler()), live=live).changes
    (change,) = planned(desired_slot(filler(regex="/b/")), live=live).changes
    assert [each.field for each in change.fields] == ["regex"]
    assert change.after == filler(regex="/b/", profile_key="theirs", skip_if_result_in_context=True)


def test_a_creation_shows_the_switches_that_it_sets() -> None:
    (change,) = planned(desired_slot(filler(context_key="k"))).changes
    shown = {each.field: each.after for each in change.fields}
    assert shown["store_result_in_context"] is True
    assert shown["skip_if_result_in_context"] is False


def test_a_deletion_warns_of_the_nodes_that_hold_its_id() -> None:
    made = planned(desired_slot(None), live=filler())
    assert [each.action.value for each in made.changes] == ["delete"]
    assert any("holds its id" in warning for warning in made.warnings)
