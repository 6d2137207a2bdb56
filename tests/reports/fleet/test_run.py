"""How a run of the fleet ended: golden files, rows that fit, and what to do next."""

from __future__ import annotations

import click
import pytest
from hypothesis import given, settings

from reconciler.model.fleet_run import FleetAction, FleetReport, TargetStatus
from reconciler.reports.fleet.rows import result_line
from reconciler.reports.fleet.run import fleet_run_details_text, fleet_run_text
from reconciler.reports.fleet.words import WORST_FIRST, said, slot_counts, status_counts
from tests.reports import golden
from tests.reports.fleet_examples import APPLIED, BAKING, COMPLETE, DRIFTED
from tests.reports.terminal import harmless
from tests.support.fleet_chain import result
from tests.support.fleet_values import FLEET_REPORTS


def shown(report: FleetReport) -> list[str]:
    return click.unstyle(fleet_run_text(report)).splitlines()


def test_a_halted_rollout_as_text() -> None:
    harmless(fleet_run_text(APPLIED))
    golden.check("fleet_apply.txt", fleet_run_text(APPLIED))
    golden.check("fleet_apply_60_columns.txt", fleet_run_text(APPLIED, width=60))


def test_a_drift_as_text() -> None:
    golden.check("fleet_drift.txt", fleet_run_text(DRIFTED))


def test_a_step_that_bakes_says_until_when_and_when_to_go_on() -> None:
    lines = shown(BAKING)
    assert lines[0] == "  step 1  5 of 5 targets   bakes until 2026-03-03 09:30 UTC"
    assert lines[-1] == "Next: Go on after 2026-03-03 09:30 UTC: reconciler fleet apply"


def test_a_complete_rollout_in_one_step_is_one_line() -> None:
    assert shown(COMPLETE) == ["Applied: 8 verified, 1 in sync."]


def test_targets_that_failed_alike_are_said_together() -> None:
    failed = [
        result(f"t-{n}/live", TargetStatus.FAILED, error="no network", hint="Mend it.")
        for n in range(1000)
    ]
    lines = shown(FleetReport(run_id="r", action=FleetAction.APPLY, results=tuple(failed)))
    assert lines[:3] == [
        "  failed       t-0/live and 999 others alike",
        "      no network",
        "      Mend it.",
    ]


def test_a_thousand_reasons_are_bounded() -> None:
    failed = [result(f"t-{n}/live", TargetStatus.FAILED, error=f"error {n}") for n in range(1000)]
    lines = shown(FleetReport(run_id="r", action=FleetAction.APPLY, results=tuple(failed)))
    assert "  … and 980 more reasons (all are in --format json)" in lines
    assert len(lines) < 50


def test_the_worst_comes_first() -> None:
    rows = [line.split()[0] for line in shown(APPLIED) if line.startswith("  ") and line[2] != " "]
    assert rows == ["step"] * 3 + ["rejected", "failed", "failed", "held", "stale"]


@pytest.mark.parametrize(
    ("report", "step"),
    [
        (APPLIED, "Change the slots that were rejected, then: reconciler fleet apply"),
        (
            FleetReport(
                run_id="r",
                action=FleetAction.APPLY,
                results=(result("a/live", TargetStatus.FAILED),),
                is_complete=False,
            ),
            "Correct what failed, then go on where this run stopped: reconciler fleet apply",
        ),
        (
            FleetReport(
                run_id="r",
                action=FleetAction.APPLY,
                results=(result("a/live", TargetStatus.FAILED),),
            ),
            "Correct what failed, then: reconciler fleet apply",
        ),
        (
            FleetReport(
                run_id="r",
                action=FleetAction.APPLY,
                results=(result("a/live", TargetStatus.STALE),),
            ),
            "Make a new plan, and review it: reconciler fleet plan --out FILE",
        ),
        (
            FleetReport(
                run_id="r", action=FleetAction.APPLY, is_interrupted=True, is_complete=False
            ),
            "Go on where this run stopped: reconciler fleet apply",
        ),
        (
            FleetReport(run_id=None, action=FleetAction.APPLY, error="held", hint="Wait."),
            "Wait.",
        ),
    ],
)
def test_the_last_line_says_what_to_do(report: FleetReport, step: str) -> None:
    assert shown(report)[-1].startswith(f"Next: {step}")


def test_what_to_do_is_for_the_same_targets_and_not_for_the_whole_fleet() -> None:
    stopped = FleetReport(
        run_id="r", action=FleetAction.APPLY, selection="region=eu", is_complete=False
    )
    assert shown(stopped)[-1].endswith(": reconciler fleet apply --select region=eu")
    drifted = FleetReport(
        run_id="r",
        action=FleetAction.DRIFT,
        selection="ring!=canary",
        results=(result("a/live", TargetStatus.DIFFERS, action=FleetAction.DRIFT),),
    )
    commands = shown(drifted)[-1]
    assert "reconciler fleet plan --select 'ring!=canary';" in commands
    assert commands.endswith("reconciler fleet apply --select 'ring!=canary'")


def test_the_id_and_the_last_hash_are_details() -> None:
    assert fleet_run_details_text(APPLIED) == (
        f"Run {APPLIED.run_id}; the fleet's ledger ends with f00d"
    )
    assert "f00d" not in fleet_run_text(APPLIED)


def test_every_status_has_a_place_in_the_counts() -> None:
    assert set(WORST_FIRST) == set(TargetStatus)
    counts = status_counts(dict.fromkeys(TargetStatus, 1))
    assert len(counts.split(", ")) == len(TargetStatus)
    assert len({said(each) for each in TargetStatus}) == len(TargetStatus)


def test_counts_of_slots_leave_zeros_out() -> None:
    summary = {"create": 0, "update": 2, "delete": 1, "unchanged": 9}
    assert slot_counts(summary) == "2 to update, 1 to delete"
    assert slot_counts({}) == ""


@given(FLEET_REPORTS)
@settings(max_examples=40)
def test_no_run_controls_a_terminal(report: FleetReport) -> None:
    harmless(fleet_run_text(report))
    harmless(fleet_run_text(report, width=40))


def test_a_line_about_a_target_has_all_of_its_error_and_controls_no_terminal() -> None:
    error = (
        "The credentials acme cannot be used:\n  acme/origin is missing.\n  \x1b[2J is not a key."
    )
    ended = result("acme/live", TargetStatus.FAILED, seconds=61, error=error)
    line = result_line(ended)
    assert click.unstyle(line).startswith(
        "failed acme/live, 61 s: The credentials acme cannot be used: acme/origin is missing. "
    )
    assert "\x1b[2J" not in line
