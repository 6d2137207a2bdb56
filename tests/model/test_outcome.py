"""The result of a run as counts and as an exit code."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import Action
from reconciler.model.outcome import Outcome, RunReport, Status


def outcome(status: Status, **fields: Any) -> Outcome:
    return Outcome(slot_id="a", action=Action.UPDATE, status=status, **fields)


def test_a_summary_names_every_status() -> None:
    report = RunReport(run_id="r", outcomes=(outcome(Status.VERIFIED), outcome(Status.VERIFIED)))
    assert report.summary() == {
        "verified": 2,
        "unjudged": 0,
        "inconclusive": 0,
        "rolled_back": 0,
        "rollback_failed": 0,
        "failed": 0,
        "skipped": 0,
    }


@pytest.mark.parametrize("status", list(Status))
def test_a_change_stands_if_it_is_live_and_stays(status: Status) -> None:
    standing = {Status.VERIFIED, Status.UNJUDGED, Status.INCONCLUSIVE}
    assert outcome(status).stands == (status in standing)


GATED = outcome(Status.ROLLED_BACK, gate_stopped=True)


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (RunReport(run_id="r"), 0),
        (RunReport(run_id="r", outcomes=(outcome(Status.INCONCLUSIVE),)), 0),
        (RunReport(run_id="r", outcomes=(outcome(Status.FAILED),)), 1),
        (RunReport(run_id="r", outcomes=(outcome(Status.ROLLBACK_FAILED),)), 1),
        (RunReport(run_id="r", error="the tenant is gone"), 1),
        (RunReport(run_id="r", outcomes=(GATED,)), 3),
        (RunReport(run_id="r", outcomes=(GATED, outcome(Status.FAILED)), error="x"), 3),
        (RunReport(run_id="r", error="stale", refused=True), 4),
        (RunReport(run_id="r", outcomes=(GATED,), interrupted=True), 130),
    ],
)
def test_the_exit_code_is_the_most_serious_one(report: RunReport, code: int) -> None:
    assert report.exit_code == code
