"""The digest of a plan, its counts, and the effect of rejections."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection
from reconciler.model.plan import Selection, Summary
from tests.support.build import absent, live, plan, slot

PLAN = plan(
    [slot("a"), slot("b", "a"), slot("c", "b"), slot("d", name="new"), absent("old")],
    [live("d", name="former"), live("old"), live("theirs")],
)


def rejection(slot_id: str, *, is_live: bool = False, run: str = "run_1") -> Rejection:
    return Rejection(run_id=run, slot_id=slot_id, reason="fell", live=is_live)


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": Endpoint(origin="https://other.cognigy.com", bot_id="bot_1")},
        {"endpoint": Endpoint(origin="https://acme.cognigy.com", bot_id="bot_2")},
        {"selection": Selection(targets=("a",))},
        {"selection": Selection(prune=True)},
        {"desired_digest": "sha256:0"},
        {"changes": PLAN.changes[:-1]},
        {"tool_version": "2.0.0"},
    ],
)
def test_a_digest_covers_everything_that_a_person_approves(changed: dict[str, Any]) -> None:
    assert PLAN.model_copy(update=changed).digest != PLAN.digest


@pytest.mark.parametrize(
    "changed",
    [
        {"warnings": ("look",)},
        {"rejected": (rejection("a"),)},
        {"summary": Summary()},
        {"unmanaged": ()},
        {"tool_version": "1.9.0"},
    ],
)
def test_a_digest_covers_nothing_else(changed: dict[str, Any]) -> None:
    assert PLAN.model_copy(update=changed).digest == PLAN.digest
    assert PLAN.digest.startswith("sha256:")


def test_a_plan_counts_its_changes_by_action() -> None:
    assert PLAN.slot_ids == {"a", "b", "c", "d", "old"}
    assert [PLAN.counted(action) for action in Action] == [3, 1, 1]
    assert (PLAN.skipped, PLAN.due, PLAN.drifted) == ((), PLAN.changes, PLAN.changes)


def test_a_rejected_change_is_skipped_with_all_that_depends_on_it() -> None:
    rejecting = PLAN.rejecting([rejection("a")])
    assert [change.slot_id for change in rejecting.skipped] == ["a", "b", "c"]
    assert [change.slot_id for change in rejecting.due] == ["d", "old"]
    assert [change.slot_id for change in rejecting.drifted] == ["d", "b", "c", "old"]
    assert [rejecting.counted(action) for action in Action] == [0, 1, 1]
    summary, drift = rejecting.summary, rejecting.drift_summary
    assert (summary.create, summary.update, summary.delete, summary.skipped) == (0, 1, 1, 3)
    assert (drift.create, drift.update, drift.delete, drift.skipped) == (2, 1, 1, 1)
    assert summary.unmanaged == PLAN.summary.unmanaged


def test_a_rejection_of_live_content_skips_no_change_of_its_own_slot() -> None:
    living = PLAN.rejecting([rejection("a", is_live=True)])
    assert (living.rejected_changes, living.skipped) == ({}, ())
    assert [each.slot_id for each in living.rejected_live] == ["a"]
    assert living.summary == PLAN.summary


def test_a_change_that_rejected_live_content_blocks_is_skipped_with_all_that_depends_on_it() -> (
    None
):
    living = rejection("theirs", is_live=True).model_copy(update={"blocks": ("b",)})
    blocking = PLAN.rejecting([living])
    assert blocking.blocked == {"b": living}
    assert [change.slot_id for change in blocking.skipped] == ["b", "c"]
    assert blocking.drifted == PLAN.changes
    assert blocking.retrying(run_id="run_2").skipped == ()
    assert blocking.retrying(run_id="run_1").skipped == blocking.skipped


def test_a_retry_makes_the_changes_that_other_runs_rejected() -> None:
    rejected = PLAN.rejecting(
        [rejection("a"), rejection("d", run="run_2"), rejection("theirs", is_live=True)]
    )
    again = rejected.retrying(run_id="run_2")
    assert [each.slot_id for each in again.rejected] == ["d", "theirs"]
    assert [change.slot_id for change in again.due] == ["a", "b", "c", "old"]
    assert again.summary.skipped == 1
