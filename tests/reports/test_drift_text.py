"""Drift as text."""

from __future__ import annotations

from datetime import datetime, timezone

import click
import pytest

from reconciler.model.change import Cause
from reconciler.model.drift import DriftReport, LastChange
from reconciler.model.gate import VerdictResult
from reconciler.model.slot import LiveSlot
from reconciler.reports.drift_text import drift_text
from reconciler.reports.words import nothing_measured
from tests.reports import golden
from tests.reports.examples import (
    ALL_WAITING,
    DRIFT,
    FAILED_ASSERTS,
    HOSTILE,
    LONG_REASON,
    METRICS,
    NOTHING,
    unmeasured,
)
from tests.reports.terminal import harmless
from tests.support.build import absent, live, plan, slot

CHANGED = "  changed in the tenant"
NOT_APPLIED = "  not applied yet"
UNKNOWN = "  drifted; the ledger does not say on which side"


def lines(report: DriftReport) -> list[str]:
    return click.unstyle(drift_text(report)).splitlines()


def test_what_waits_for_another_environment_is_no_drift() -> None:
    shown = lines(DriftReport.of(ALL_WAITING))
    assert "  waiting for staging" in shown
    assert any(
        each.startswith("    slot_quiet  until 2026-03-03 09:00 UTC: it passed") for each in shown
    )
    assert shown[-1].startswith("In sync. 1 slot as desired, 2 waiting for staging, 1 unmanaged.")


def test_drift_as_text() -> None:
    report = drift_text(DRIFT)
    harmless(report)
    golden.check("drift.txt", report)


def test_no_drift_as_text() -> None:
    report = drift_text(DriftReport.of(NOTHING))
    golden.check("drift_in_sync.txt", report)


def test_a_drift_without_any_measurement_says_so_at_the_end() -> None:
    blind = unmeasured(METRICS["slot_quiet"])
    for metrics, is_blind in (
        ({"slot_quiet": blind}, True),
        ({"slot_quiet": METRICS["slot_quiet"]}, False),
        ({**METRICS, "slot_quiet": blind}, False),
        ({}, False),
    ):
        shown = drift_text(DriftReport.of(NOTHING, metrics=metrics))
        assert (f"{nothing_measured('bot')}\nNext: " in click.unstyle(shown)) is is_blind


def test_changes_are_grouped_by_cause_and_a_cause_without_changes_is_left_out() -> None:
    made = plan([slot("a"), slot("b"), slot("c")])
    known = {"a": Cause.NOT_APPLIED, "c": Cause.NOT_APPLIED}
    shown = [
        line
        for line in lines(DriftReport.of(made, causes=known))
        if line.endswith((CHANGED, NOT_APPLIED, UNKNOWN, "name of a", "name of b", "name of c"))
    ]
    assert shown == [
        NOT_APPLIED,
        "    + a  name of a",
        "    + c  name of c",
        UNKNOWN,
        "    + b  name of b",
    ]


def test_where_the_tenant_names_who_changed_a_slot_the_ledger_is_not_mentioned() -> None:
    made = plan([slot("a"), slot("b")])
    casey = LastChange(user_id="u", name="Casey", at=datetime(2026, 3, 1, tzinfo=timezone.utc))
    named = lines(DriftReport.of(made, last_changes={"a": casey, "b": casey}))
    assert "  drifted" in named
    assert "        last changed by Casey at 2026-03-01 00:00 UTC" in named
    assert UNKNOWN not in named
    assert UNKNOWN in lines(DriftReport.of(made, last_changes={"a": casey}))


def test_a_slot_that_someone_deleted_is_a_loss_and_not_a_creation() -> None:
    made = plan([slot("a")])
    gone = lines(DriftReport.of(made, causes={"a": Cause.CHANGED_IN_TENANT}))
    assert "    - a  name of a  (deleted in the tenant)" in gone
    assert "    + a  name of a" in lines(DriftReport.of(made, causes={"a": Cause.NOT_APPLIED}))
    same = DriftReport.of(plan([slot("b", name="b")]), causes={"b": Cause.CHANGED_IN_TENANT})
    assert "    - b  (deleted in the tenant)" in lines(same)
    kept = plan([absent("a")], [live("a")])
    back = lines(DriftReport.of(kept, causes={"a": Cause.CHANGED_IN_TENANT}))
    assert "    - a  name of a" in back


def test_success_rates_are_sorted_by_slot_with_their_minimum_or_why_there_is_none() -> None:
    shown = lines(DriftReport.of(NOTHING, metrics=METRICS))
    start = shown.index("Measured rates:")
    assert shown[start + 1 : start + 4] == [
        "  failed       slot_city                    0.700 (minimum 0.850)",
        "  inconclusive slot_quiet                   - (minimum 0.500): no metrics yet (404)",
        "  passed       slot_same                    0.912 (minimum 0.850)",
    ]
    assert "Measured rates:" not in lines(DriftReport.of(NOTHING))


def test_the_asserts_that_failed_are_below_the_rate_of_their_slot() -> None:
    failed = METRICS["slot_city"].model_copy(update={"reason": LONG_REASON})
    shown = lines(DriftReport.of(NOTHING, metrics={"slot_city": failed}))
    start = shown.index("Measured rates:")
    assert shown[start + 1 : start + 4] == [
        "  failed       slot_city                    0.700 (minimum 0.850)",
        *(f"      {each}" for each in FAILED_ASSERTS),
    ]


def test_a_check_without_any_measurement_is_not_shown_in_green() -> None:
    well = {
        each: METRICS[each] for each in METRICS if METRICS[each].result is not VerdictResult.FAILED
    }
    blind = {"slot_quiet": unmeasured(METRICS["slot_quiet"])}
    green, unsure = (
        drift_text(DriftReport.of(NOTHING, metrics=metrics)) for metrics in (well, blind)
    )
    assert click.style("In sync.", fg="green", bold=True) in green
    assert click.style("In sync.", bold=True) in unsure


def test_a_slot_below_its_gate_is_in_the_headline() -> None:
    headline = drift_text(DriftReport.of(NOTHING, metrics=METRICS)).splitlines()[-2]
    assert click.style("In sync.", bold=True) in headline
    assert headline.endswith(click.style("1 slot below the gate.", fg="red", bold=True))


@pytest.mark.parametrize("hostile", [live(HOSTILE), live("slot_b", name=HOSTILE)])
def test_an_id_or_a_name_from_the_tenant_cannot_control_the_terminal(hostile: LiveSlot) -> None:
    harmless(drift_text(DriftReport.of(plan([slot("a")], [hostile], prune=True, owns=("*",)))))


def test_the_last_line_says_how_to_adopt_and_how_to_undo_what_was_changed() -> None:
    assert (
        drift_text(DRIFT)
        .splitlines()[-1]
        .startswith("Next: To adopt what is live: reconciler pull --slot slot_city")
    )
    in_sync = drift_text(DriftReport.of(NOTHING))
    assert "Next:" not in in_sync
