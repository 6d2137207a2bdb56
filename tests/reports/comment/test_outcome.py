"""The comment on a merged pull request."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection
from reconciler.model.outcome import RunReport, Status
from reconciler.reports.comment import Applied, outcome_comment
from reconciler.reports.markers import LIMIT, is_marked, marker
from tests.reports import golden
from tests.reports.comment.examples import COMMIT, LINK, OUTCOME, PLACE, at
from tests.reports.comment.parsing import headings, require_harmless
from tests.reports.examples import BROKEN_RUN, PLAN, outcome, waiting_plan
from tests.support.build import ENDPOINT, live, plan, slot


def of_run(**fields: Any) -> RunReport:
    return RunReport(**{"run_id": "run_1", "endpoint": ENDPOINT, **fields})


def comment(report: RunReport, **context: Any) -> str:
    return outcome_comment(report, **{"commit": COMMIT, "link": LINK, **context})


def test_an_outcome_with_everything() -> None:
    body = comment(OUTCOME)
    require_harmless(body)
    golden.check("comment_outcome.md", body)


def test_the_snapshot_before_it_is_named() -> None:
    assert "snapshot before it: `reconciler-run_1`" in comment(of_run(snapshot="reconciler-run_1"))
    assert "snapshot" not in comment(of_run())


def test_a_gate_stop_says_what_differs_what_is_quarantined_and_the_two_ways_out() -> None:
    made = plan(
        [slot("a", name="x"), slot("b", patterns=("^b$",)), slot("c", "b")],
        [live("a"), live("b"), live("c")],
    )
    run = of_run(
        outcomes=(
            outcome(Status.VERIFIED, "a", baseline=0.94, success_rate=0.95),
            outcome(
                Status.ROLLED_BACK,
                "b",
                baseline=0.94,
                success_rate=0.6,
                gate_stopped=True,
                message="success rate fell from 0.940 to 0.600, by more than 0.05",
            ),
            outcome(Status.SKIPPED, "c"),
        )
    )
    changes = {each.slot_id: each for each in made.changes}
    body = comment(run, applied=Applied(changes=changes, places=at({"b": PLACE})))
    require_harmless(body)
    golden.check("comment_gate_stop.md", body)


def test_without_a_gate_stop_nothing_is_quarantined() -> None:
    failed = comment(of_run(outcomes=(outcome(Status.FAILED), outcome(Status.VERIFIED))))
    assert "differ now**: 1 of the 2 changes is not live." in failed
    assert "Quarantined" not in failed
    assert "Two ways out" not in failed
    assert "differ now" not in comment(of_run(outcomes=(outcome(Status.VERIFIED),)))


def test_what_was_left_live_although_rejected_does_not_differ() -> None:
    halted = outcome(Status.FAILED, "a", gate_stopped=True)
    left = Rejection(slot_id="a", run_id="r1", reason="fell", live=True)
    body = comment(of_run(outcomes=(halted,), rejected=(left,)))
    assert "differ now" not in body
    assert "**Quarantined**: `a`." in body


def test_what_waits_is_listed_and_a_run_in_which_everything_waits_is_not_a_failure() -> None:
    waiting = waiting_plan(PLAN, "slot_quiet").waiting
    body = comment(of_run(run_id=None, waiting=waiting))
    require_harmless(body)
    assert headings(body) == [
        "✅ Nothing to apply yet: 1 waiting for staging",
        "Waiting for staging",
    ]
    assert "- `slot_quiet` waits `it has not passed`" in body
    verified = outcome(Status.VERIFIED)
    some = comment(of_run(outcomes=(verified,), waiting=waiting))
    assert headings(some)[0] == "✅ Applied: 1 verified, 1 waiting for staging"


def test_a_refused_apply_says_why_and_that_nothing_was_applied() -> None:
    body = comment(BROKEN_RUN.model_copy(update={"endpoint": ENDPOINT}))
    require_harmless(body)
    golden.check("comment_outcome_refused.md", body)


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({}, "✅ Nothing to apply"),
        ({"outcomes": (outcome(Status.VERIFIED),) * 2}, "✅ Applied: 2 verified"),
        (
            {"outcomes": (outcome(Status.VERIFIED), outcome(Status.INCONCLUSIVE))},
            "⚠️ Applied, but not all verified: 1 inconclusive, 1 verified",
        ),
        (
            {"outcomes": (outcome(Status.UNJUDGED),)},
            "⚠️ Applied, but not all verified: 1 unjudged",
        ),
        (
            {"outcomes": (outcome(Status.ROLLED_BACK), outcome(Status.SKIPPED))},
            "🛑 The gate stopped the apply: 1 rolled back, 1 skipped",
        ),
        (
            {"outcomes": (outcome(Status.ROLLED_BACK), outcome(Status.ROLLBACK_FAILED))},
            "🛑 The apply needs attention: 1 rollback failed, 1 rolled back",
        ),
        ({"outcomes": (outcome(Status.FAILED),)}, "🛑 The apply needs attention: 1 failed"),
        (
            {"outcomes": (outcome(Status.VERIFIED),), "error": "401"},
            "🛑 The apply ended early: 1 verified",
        ),
        (
            {"outcomes": (outcome(Status.VERIFIED),), "interrupted": True},
            "🛑 The apply was interrupted: 1 verified",
        ),
        ({"interrupted": True}, "🛑 Nothing was applied"),
        (
            {"interrupted": True, "error": "Stopped at once."},
            "🛑 The apply was cut off, and the next one recovers what it left open",
        ),
        (
            {
                "outcomes": (outcome(Status.VERIFIED), outcome(Status.FAILED)),
                "interrupted": True,
                "error": "Stopped at once.",
            },
            "🛑 The apply was cut off, and the next one recovers what it left open: "
            "1 failed, 1 verified",
        ),
        ({"error": "401"}, "🛑 Nothing was applied"),
        ({"outcomes": (outcome(Status.SKIPPED),) * 2}, "⚠️ Nothing was applied: 2 skipped"),
    ],
)
def test_the_headline_states_the_verdict(fields: dict[str, Any], headline: str) -> None:
    assert headings(comment(of_run(**fields)))[0] == headline


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_section_with_rates_and_reason(status: Status) -> None:
    entry = outcome(status, "slot_x", baseline=0.9, success_rate=0.5, message="because")
    body = comment(of_run(outcomes=(entry,)))
    assert "- update `slot_x`, success rate 0.900 → 0.500, `because`" in body
    assert len(headings(body)) == 2


def test_the_marker_is_that_of_the_outcomes_endpoint() -> None:
    assert is_marked(comment(of_run()), marker("outcome", ENDPOINT))
    other = Endpoint(origin="https://other")
    assert is_marked(comment(of_run(), endpoint=other), marker("outcome", ENDPOINT))


def test_an_outcome_without_an_endpoint_uses_the_callers() -> None:
    report = RunReport(run_id=None, error="no way", hint="go back")
    assert is_marked(comment(report, endpoint=ENDPOINT), marker("outcome", ENDPOINT))
    body = comment(report)
    assert is_marked(body, marker("outcome", Endpoint(origin="")))
    assert "no way" in body
    assert "go back" in body
    assert "No run was started" in body


def test_only_long_lists_of_successful_changes_are_folded() -> None:
    well = comment(of_run(outcomes=(outcome(Status.VERIFIED),) * 11))
    assert "<summary>11 slots</summary>" in well
    assert "<details>" not in comment(of_run(outcomes=(outcome(Status.VERIFIED),) * 10))
    assert "<details>" not in comment(of_run(outcomes=(outcome(Status.ROLLED_BACK),) * 11))


@pytest.mark.parametrize("text", ["x" * 5_000, "`" * 5_000, "\n\x00" * 2_000])
def test_the_largest_outcome_keeps_the_limit_and_reports_the_worst_first(text: str) -> None:
    entries = tuple(
        outcome(status, f"{number}{text}", message=text)
        for status in (*list(Status)[::-1],)
        for number in range(100)
    )
    body = comment(
        of_run(run_id=text, outcomes=entries, error=text, hint=text, ledger_hash=text),
        endpoint=ENDPOINT,
    )
    require_harmless(body)
    assert len(body) <= LIMIT
    assert body.count("… and ") == 7
    titles = headings(body)[1:]
    assert [title.split(" ")[0] for title in titles] == ["🛑", "🛑", "↩️", "⚠️", "⚠️", "✅", "⏭️"]
    assert all(title.endswith(": 100 slots") for title in titles)


def test_a_slot_that_stays_live_although_rejected_is_reported_without_changes_too() -> None:
    left = Rejection(slot_id="slot_a", run_id="r1", reason="fell", live=True)
    body = comment(of_run(rejected=(left,)))
    assert headings(body)[0] == "⚠️ Nothing was applied: 1 live although rejected"
    assert "`slot_a` is live although rejected: run `r1`" in body
