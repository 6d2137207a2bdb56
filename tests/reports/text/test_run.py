"""How a run ended, on a terminal: golden files, rows that fit, and what to do next."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.endpoint import Endpoint
from reconciler.model.outcome import RunReport, Status
from reconciler.model.problem import Source
from reconciler.model.state import DesiredState
from reconciler.reports.escaping import visible
from reconciler.reports.text.layout import columns_of
from reconciler.reports.text.run import run_details_text, run_text
from tests.reports import golden
from tests.reports.examples import BROKEN_RUN, RUN, WAITING, outcome
from tests.reports.terminal import harmless
from tests.support.build import slot


def test_a_run_as_text() -> None:
    harmless(run_text(RUN))
    golden.check("run.txt", run_text(RUN))
    golden.check("run_60_columns.txt", run_text(RUN, width=60))


def test_changes_that_wait_for_another_environment_are_counted_last() -> None:
    waiting = RunReport(run_id="r", outcomes=(outcome(Status.VERIFIED),), waiting=WAITING.waiting)
    assert run_text(waiting).splitlines()[-1] == "2 changes wait for staging."


def test_what_passed_the_id_and_the_hash_are_details() -> None:
    assert "verified        update" not in click.unstyle(run_text(RUN))
    assert "0123456789abcdef" not in run_text(RUN)
    assert click.unstyle(run_details_text(RUN)).splitlines() == [
        "  verified        update  slot_city  (0.940 → 0.951)",
        "Run 20260302T090000Z-abc123; the ledger ends with 0123456789abcdef",
    ]


def test_the_most_severe_rows_come_last_then_the_counts_then_the_next_step() -> None:
    lines = click.unstyle(run_text(RUN)).splitlines()
    rows = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert rows == ["unjudged", "skipped", "inconclusive", "rolled", "failed", "rollback"]
    assert [line.split()[0] for line in lines[-3:]] == ["Recovered", "Applied:", "Next:"]


def test_many_rows_of_one_status_end_with_a_count() -> None:
    skipped = [outcome(Status.SKIPPED, f"slot_{number}") for number in range(500)]
    report = RunReport(run_id="r", outcomes=(outcome(Status.ROLLED_BACK), *skipped))
    lines = click.unstyle(run_text(report)).splitlines()
    assert "  … and 490 more skipped" in lines
    assert len(lines) == 10 + 1 + 1 + 2


def test_the_headline_says_how_long_it_took() -> None:
    report = RUN.model_copy(update={"seconds": 200.0})
    assert "1 skipped. Took 3 min." in run_text(report)


def test_the_snapshot_that_a_person_can_go_back_to_is_named() -> None:
    report = RUN.model_copy(update={"snapshot": "reconciler-\x1b[31mrun"})
    lines = click.unstyle(run_text(report)).splitlines()
    assert lines[-2] == f"Snapshot before it: reconciler-{visible(chr(27))}[31mrun"
    assert "Snapshot" not in run_text(RUN)


def test_the_next_step_names_the_file_of_a_slot_that_the_gate_stopped() -> None:
    place = Source(file="slots/slot_city.yaml")
    desired = DesiredState([slot("slot_city")], locators={"slot_city": lambda _: place})
    stopped = RunReport(run_id="r", outcomes=(outcome(Status.ROLLED_BACK, gate_stopped=True),))
    assert (
        click.unstyle(run_text(stopped, desired=desired))
        .splitlines()[-1]
        .startswith("Next: Change slots/slot_city.yaml, then: reconciler apply")
    )


@given(
    width=st.integers(40, 200),
    slot_id=st.text("ab", min_size=1, max_size=128),
    message=st.text(st.characters(codec="utf-8"), max_size=300),
)
def test_every_line_fits_the_terminal(width: int, slot_id: str, message: str) -> None:
    failed = outcome(Status.ROLLED_BACK, slot_id, message=message, gate_stopped=True)
    report = RunReport(run_id="r", outcomes=(failed,), seconds=5)
    for line in click.unstyle(run_text(report, width=width)).splitlines():
        assert columns_of(line) <= width


def test_a_run_without_changes_as_text() -> None:
    assert click.unstyle(run_text(BROKEN_RUN)) == (
        "Nothing was applied.\nNext: Make a new plan, and review it."
    )


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
    assert headline in click.unstyle(run_text(run)).splitlines()


def test_no_status_has_a_colour_that_is_escaped_when_it_is_printed() -> None:
    for status in Status:
        report = run_text(RunReport(run_id=None, outcomes=(outcome(status),)))
        assert visible(report) == report


def test_a_rate_appears_once_in_its_line() -> None:
    verified = outcome(
        Status.VERIFIED, baseline=0.9, success_rate=0.95, message="success rate 0.950"
    )
    report = run_details_text(RunReport(run_id=None, outcomes=(verified,)))
    assert report.count("0.950") == 1


def test_changes_recovered_for_an_earlier_run_have_a_headline_of_their_own() -> None:
    rolled_back = outcome(Status.ROLLED_BACK, recovered=True)
    run = RunReport(run_id="r", outcomes=(rolled_back,))
    assert "Recovered from earlier runs: 1 rolled back." in click.unstyle(run_text(run))
    assert "pplied" not in run_text(run)
    declined = run.model_copy(update={"error": "Declined; of the plan, nothing was changed."})
    assert click.unstyle(run_text(declined)).splitlines()[1:3] == [
        "Recovered from earlier runs: 1 rolled back.",
        "Nothing was applied.",
    ]


def test_a_run_without_any_measurement_doubts_what_measures() -> None:
    blind = RunReport(run_id="r", outcomes=(outcome(Status.INCONCLUSIVE), outcome(Status.SKIPPED)))
    assert "is COGNIGY_BOT_ID right?" in run_text(blind)
    project = Endpoint(origin="https://api.example", bot_id="p", kind="project")
    blind_project = blind.model_copy(update={"endpoint": project})
    assert "are the gate's playbooks right?" in run_text(blind_project)
    assert "COGNIGY_BOT_ID" not in run_text(blind_project)
    seeing = RunReport(run_id="r", outcomes=(*blind.outcomes, outcome(Status.VERIFIED)))
    assert "COGNIGY_BOT_ID" not in run_text(seeing)
    assert "COGNIGY_BOT_ID" not in run_text(RunReport(run_id="r", outcomes=()))
