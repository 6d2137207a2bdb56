from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.change import Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus
from reconciler.model.plan import Plan
from reconciler.planning.fleet_groups import changes_digest, grouped
from tests.support.world import COLOUR, FRUIT, SIZE, World, desired_slot


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def planned(world: World, *slot_ids: str) -> Plan:
    return world.plan(*(desired_slot(slot_id) for slot_id in slot_ids))


def result(name: str, plan: Plan) -> TargetResult:
    return TargetResult(
        name=name,
        action=FleetAction.PLAN,
        status=TargetStatus.DIFFERS if plan.changes else TargetStatus.IN_SYNC,
        changes=changes_digest(plan),
        plan=plan,
    )


def elsewhere(plan: Plan) -> Plan:
    """The same plan for another tenant, which has other ids for the slots."""

    def renamed(change: Change) -> Change:
        return change.model_copy(update={"tenant_id": f"{change.slot_id}_elsewhere"})

    return plan.model_copy(
        update={
            "endpoint": Endpoint(origin="https://other.example", bot_id="bot_2"),
            "changes": tuple(map(renamed, plan.changes)),
        }
    )


def test_targets_with_identical_changes_are_one_group_whatever_their_tenants(world: World) -> None:
    plan = planned(world, FRUIT)
    alike = result("b/x", elsewhere(plan)).model_copy(update={"plan": None})
    (group,) = grouped([alike, result("a/x", plan)])
    assert group.targets == ("a/x", "b/x")
    assert group.plan is plan, "that of the one that has it"


def test_other_changes_are_another_group_and_the_largest_comes_first(world: World) -> None:
    one, two = planned(world, FRUIT), planned(world, COLOUR, SIZE)
    groups = grouped([result("a/x", one), result("b/x", two), result("c/x", two)])
    assert [each.targets for each in groups] == [("b/x", "c/x"), ("a/x",)]
    assert [each.changes for each in groups] == [changes_digest(two), changes_digest(one)]


def test_another_order_of_the_same_changes_is_another_group(world: World) -> None:
    plan = planned(world, COLOUR, SIZE)
    turned = plan.model_copy(update={"changes": plan.changes[::-1]})
    assert changes_digest(plan) != changes_digest(turned)


def test_a_target_that_is_in_sync_is_in_no_group(world: World) -> None:
    plan = planned(world)
    assert changes_digest(plan) == ""
    assert grouped([result("a/x", plan)]) == ()
