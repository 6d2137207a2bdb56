"""What an apply announces to do about changes that earlier runs left open."""

from __future__ import annotations

from typing import Any, Literal

import click
import pytest

from reconciler.model.change import Action
from reconciler.model.ledger import OpenChange, Stage
from reconciler.model.settings import Rollout
from reconciler.reports.left_open import left_open_text
from tests.reports.examples import HOSTILE
from tests.reports.terminal import harmless

REJECTED: dict[str, Any] = {"stage": Stage.REJECTED, "reason": "it fell"}
AGAIN: dict[str, Any] = {"stage": Stage.APPLIED, "again": True, "reason": "it fell"}


def prospect(
    *, on_failure: Literal["rollback", "halt"] = "rollback", judged: bool = True, **fields: Any
) -> str:
    """The text about one change, without its title."""
    given = {"run_id": "run_1", "slot_id": "a", "action": Action.UPDATE, **fields}
    text = left_open_text(
        [OpenChange(**given)], rollout=Rollout(on_failure=on_failure), judged=judged
    )
    headline, line = click.unstyle(text).splitlines()
    assert headline == "From earlier runs, and recovered before anything else:"
    title = f"    {given['action'].value} a  of run run_1: "
    assert line.startswith(title)
    return line.removeprefix(title)


def test_a_change_that_may_be_live_is_judged_and_may_be_rolled_back() -> None:
    assert prospect() == "if it is live, it is judged, and rolled back if its gate fails"
    assert prospect(on_failure="halt") == "if it is live, it is judged"


@pytest.mark.parametrize("fields", [{"judged": False}, {"trigger_retrain": False}])
def test_without_a_gate_or_without_training_it_stays_unjudged(fields: dict[str, Any]) -> None:
    assert prospect(**fields) == "if it is live, it stays without being judged"


def test_a_deletion_only_needs_confirmation() -> None:
    assert prospect(action=Action.DELETE) == "if the slot is gone, the deletion is confirmed"


def test_a_rejected_change_is_rolled_back_or_left_whether_it_would_be_judged_or_not() -> None:
    for judged in (True, False):
        assert prospect(**REJECTED, judged=judged) == "rejected (it fell): it is rolled back"
    halted = prospect(**REJECTED, on_failure="halt")
    assert halted == "rejected (it fell): it is left in place (on_failure: halt)"
    assert prospect(**REJECTED, action=Action.DELETE) == "rejected (it fell): it is rolled back"


def test_a_rejected_change_that_is_live_is_judged_again() -> None:
    again = "rejected (it fell) but live: it is judged again, and"
    assert prospect(**AGAIN) == f"{again} rolled back if it fails"
    halted = prospect(**AGAIN, on_failure="halt")
    assert halted == f"{again} left in place (on_failure: halt) if it fails"


def test_each_change_has_a_line_in_the_order_given() -> None:
    changes = [OpenChange(run_id="r", slot_id=each, action=Action.CREATE) for each in "ba"]
    text = click.unstyle(left_open_text(changes, rollout=Rollout(), judged=True))
    assert [line.split("  of run ")[0].strip() for line in text.splitlines()[1:]] == [
        "create b",
        "create a",
    ]


def test_text_from_a_ledger_cannot_control_the_terminal() -> None:
    change = OpenChange(
        run_id=HOSTILE, slot_id=HOSTILE, action=Action.UPDATE, **{**REJECTED, "reason": HOSTILE}
    )
    harmless(left_open_text([change], rollout=Rollout(), judged=True))
