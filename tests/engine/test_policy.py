"""Which gate judges a change."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.engine.policy import RunPolicy
from reconciler.model.change import Action, Change
from reconciler.model.gate import GatePolicy, SlotGate
from reconciler.model.ledger import OpenChange
from reconciler.model.settings import Rollout, Snapshot
from tests.support.build import ENDPOINT

OWN = SlotGate(policy=GatePolicy(min_success_rate=0.5), watch=("b",))
DISABLED = SlotGate(policy=GatePolicy(enabled=False))
DEFAULT = GatePolicy(min_success_rate=0.7)


def policy(*, judged: bool = True, default: GatePolicy = DEFAULT) -> RunPolicy:
    return RunPolicy(
        endpoint=ENDPOINT,
        gates={"a": OWN, "off": DISABLED},
        default_gate=default,
        rollout=Rollout(),
        snapshot=Snapshot(),
        max_attempts=5,
        judged=judged,
        methods={},
    )


def change(slot_id: str = "a", **fields: Any) -> Change:
    given = {"action": Action.UPDATE, "wave": 0, "name": slot_id, **fields}
    return Change(slot_id=slot_id, **given)


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE])
def test_a_change_is_judged_by_the_gate_of_its_file(action: Action) -> None:
    assert policy().gate_of(change(action=action)) == OWN


def test_a_slot_without_a_file_is_judged_by_the_projects_gate_and_watches_nothing() -> None:
    assert policy().gate_of(change("gone")) == SlotGate(policy=DEFAULT)


def test_a_change_left_open_by_an_earlier_run_is_judged_by_the_same_gate() -> None:
    left = OpenChange(run_id="r", slot_id="a", action=Action.UPDATE)
    assert policy().gate_of(left) == OWN
    assert policy().gate_of(left.model_copy(update={"trigger_retrain": False})) is None


def test_without_gates_nothing_is_judged() -> None:
    assert policy(judged=False).gate_of(change()) is None


def test_a_gate_that_is_disabled_judges_nothing() -> None:
    assert policy().gate_of(change("off")) is None
    assert policy(default=DISABLED.policy).gate_of(change("gone")) is None


def test_deletions_and_changes_without_training_cannot_be_measured() -> None:
    assert policy().gate_of(change(action=Action.DELETE)) is None
    assert policy().gate_of(change(trigger_retrain=False)) is None
