"""Text for a terminal: golden files, and what no name may do to it."""

from __future__ import annotations

import click
import pytest

from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Plan
from reconciler.reports.escaping import visible
from reconciler.reports.text import plan_text, run_text
from tests.reports import golden
from tests.reports.examples import (
    BROKEN_RUN,
    FAILED_ASSERTS,
    HOSTILE,
    LIVE_REJECTION,
    LONG_REASON,
    NOTHING,
    PLAN,
    REJECTED,
    REJECTION,
    RUN,
    outcome,
)
from tests.reports.terminal import harmless
from tests.support.build import live, plan, slot


def test_a_plan_as_text() -> None:
    harmless(plan_text(PLAN))
    golden.check("plan.txt", plan_text(PLAN))


def test_a_plan_without_changes_as_text() -> None:
    golden.check("plan_without_changes.txt", plan_text(NOTHING))


def test_a_plan_with_rejected_changes_as_text() -> None:
    harmless(plan_text(REJECTED))
    golden.check("plan_rejected.txt", plan_text(REJECTED))


def test_a_plan_without_changes_reports_slots_that_are_live_although_rejected() -> None:
    shown = click.unstyle(plan_text(NOTHING.rejecting([LIVE_REJECTION])))
    assert "No changes, but 1 slot is live although rejected." in shown
    assert "slot_same  live although rejected; run evil" in shown


def test_changes_that_depend_on_a_rejected_one_are_skipped_with_it() -> None:
    made = plan([slot("a"), slot("b", "a"), slot("c", "b"), slot("d")])
    skipping = made.rejecting([REJECTION.model_copy(update={"slot_id": "a"})])
    shown = click.unstyle(plan_text(skipping))
    assert shown.endswith(
        "Plan: 1 to create, 0 to update, 0 to delete, 1 rejected earlier and skipped, "
        "2 skipped with it. 0 unchanged, 0 unmanaged."
    )
    assert "rejected earlier" not in plan_text(skipping.retrying(run_id="now"))


def test_a_run_as_text() -> None:
    harmless(run_text(RUN))
    golden.check("run.txt", run_text(RUN))


def test_a_run_without_changes_as_text() -> None:
    assert click.unstyle(run_text(BROKEN_RUN)) == "Nothing was applied."


@pytest.mark.parametrize(
    ("statuses", "headline"),
    [
        ((Status.VERIFIED, Status.UNJUDGED), "Applied: 1 verified, 1 unjudged."),
        (
            (Status.VERIFIED, Status.ROLLED_BACK, Status.SKIPPED, Status.SKIPPED),
            "Applied: 1 verified. 1 rolled back, 2 skipped.",
        ),
        ((Status.ROLLED_BACK, Status.SKIPPED), "Nothing was applied: 1 rolled back, 1 skipped."),
        ((Status.SKIPPED,), "Nothing was applied: 1 skipped."),
        # Something may be live all the same: stored and not judged, or rejected and left.
        ((Status.FAILED, Status.SKIPPED), "Nothing was applied as planned: 1 failed, 1 skipped."),
        ((Status.ROLLBACK_FAILED,), "Nothing was applied as planned: 1 rollback failed."),
    ],
)
def test_only_changes_that_are_live_and_stay_count_as_applied(
    statuses: tuple[Status, ...], headline: str
) -> None:
    run = RunReport(run_id="r", outcomes=tuple(outcome(each) for each in statuses))
    assert click.unstyle(run_text(run)).splitlines()[0] == headline


def test_no_status_has_a_colour_that_is_escaped_when_it_is_printed() -> None:
    for status in Status:
        report = run_text(RunReport(run_id=None, outcomes=(outcome(status),)))
        assert visible(report) == report


def test_each_assert_that_failed_has_a_line() -> None:
    rolled_back = outcome(Status.ROLLED_BACK, message=f"{LONG_REASON}; rolled back")
    report = click.unstyle(run_text(RunReport(run_id=None, outcomes=(rolled_back,))))
    assert report.splitlines()[2:] == [
        *(f"      {each}" for each in FAILED_ASSERTS),
        " " * 6 + "rolled back",
    ]
    made = plan([slot("a"), slot("b")])
    rejection = REJECTION.model_copy(update={"slot_id": "a", "reason": LONG_REASON})
    skipped = click.unstyle(plan_text(made.rejecting([rejection]))).splitlines()
    assert [line for line in skipped if line.endswith(FAILED_ASSERTS)] == [
        " " * 23 + each for each in FAILED_ASSERTS
    ]
    live_one = LIVE_REJECTION.model_copy(update={"reason": LONG_REASON})
    kept = click.unstyle(plan_text(NOTHING.rejecting([live_one]))).splitlines()
    assert [line for line in kept if "assert" in line] == [f"      {e}" for e in FAILED_ASSERTS]


def test_a_name_that_is_the_same_as_the_id_appears_once() -> None:
    made = plan([slot("a", name="a"), slot("b", name="c")])
    titles = [line for line in click.unstyle(plan_text(made)).splitlines() if "    + " in line[:6]]
    assert titles == ["    + a", "    + b  c"]


def test_a_rate_appears_once_in_its_line() -> None:
    verified = outcome(
        Status.VERIFIED, baseline=0.9, success_rate=0.95, message="success rate 0.950"
    )
    report = run_text(RunReport(run_id=None, outcomes=(verified,)))
    assert report.count("0.950") == 1


def test_changes_recovered_for_an_earlier_run_have_a_headline_of_their_own() -> None:
    rolled_back = outcome(Status.ROLLED_BACK, recovered=True)
    run = RunReport(run_id="r", outcomes=(rolled_back,))
    assert click.unstyle(run_text(run)).splitlines()[0] == (
        "Recovered from earlier runs: 1 rolled back."
    )
    assert "pplied" not in run_text(run)
    declined = run.model_copy(update={"error": "Declined; of the plan, nothing was changed."})
    assert click.unstyle(run_text(declined)).splitlines()[:2] == [
        "Recovered from earlier runs: 1 rolled back.",
        "Nothing was applied.",
    ]


def test_two_texts_that_look_alike_are_shown_with_escapes() -> None:
    names, patterns = ("Caf\u00e9", "Cafe\u0301"), (("a b", "c"), ("a\u00a0b", "c", "c "))
    made = plan(
        [slot("a", type="list", name=names[0], patterns=patterns[1])],
        [live("a", type="list", name=names[1], patterns=patterns[0])],
    )
    lines = [line.rstrip() for line in click.unstyle(plan_text(made)).split("\n")]
    assert r"        name           Cafe\u0301 → Caf\u00e9" in lines
    start = lines.index("        patterns       - a b")
    shown = [line[23:] for line in lines[start : start + 4]]
    assert shown == ["- a b", r"+ a\u00a0b", "  c", r"+ c\x20"]


def test_an_id_from_the_tenant_cannot_control_the_terminal() -> None:
    pruned = plan([slot("a")], [live(HOSTILE), live("b", HOSTILE)], prune=True, owns=("*",))
    unmanaged = plan([slot("a")], [live(HOSTILE)])
    for made in (pruned, unmanaged):
        harmless(plan_text(made))
    harmless(run_text(RunReport(run_id="r", outcomes=(outcome(Status.VERIFIED, HOSTILE),))))


def test_a_run_without_any_measurement_doubts_the_bot_id() -> None:
    blind = RunReport(run_id="r", outcomes=(outcome(Status.INCONCLUSIVE), outcome(Status.SKIPPED)))
    assert "is COGNIGY_BOT_ID, or the gate's playbook, right?" in run_text(blind)
    seeing = RunReport(run_id="r", outcomes=(*blind.outcomes, outcome(Status.VERIFIED)))
    assert "COGNIGY_BOT_ID" not in run_text(seeing)
    assert "COGNIGY_BOT_ID" not in run_text(RunReport(run_id="r", outcomes=()))


def test_a_long_list_of_unmanaged_slots_is_cut_with_a_count() -> None:
    many: Plan = plan([], [live(f"slot_{number:02}") for number in range(15)])
    assert "slot_11 and 3 more" in plan_text(many)
    assert "slot_12" not in plan_text(many)
