"""The plan of a fleet as text: golden files, and that it stays readable whatever its size."""

from __future__ import annotations

import click
import pytest
from hypothesis import given, settings

from reconciler.model.fleet_run import FleetReport
from reconciler.reports.escaping import visible
from reconciler.reports.fleet.plan import fleet_plan_summary_text, fleet_plan_text
from tests.reports import golden
from tests.reports.fleet_examples import IN_SYNC, PLANNED, SMALL_PLAN, plan_of
from tests.reports.terminal import harmless
from tests.support.fleet_values import FLEET_REPORTS


def shown(report: FleetReport) -> list[str]:
    return click.unstyle(fleet_plan_text(report)).splitlines()


def test_a_plan_as_text() -> None:
    harmless(fleet_plan_text(PLANNED))
    golden.check("fleet_plan.txt", fleet_plan_text(PLANNED))
    golden.check("fleet_plan_80_columns.txt", fleet_plan_text(PLANNED, width=80))


def test_a_plan_in_short() -> None:
    golden.check("fleet_plan_summary.txt", fleet_plan_summary_text(PLANNED, width=80))


def test_identical_changes_are_shown_once_with_the_number_of_their_targets() -> None:
    names = [f"tenant-{number}/production" for number in range(412)]
    lines = shown(plan_of({"sha256:one": (SMALL_PLAN, names)}))
    assert "412 targets: 0 to create, 1 to update, 0 to delete" in lines
    assert sum("~ slot_city" in line for line in lines) == 1
    assert any(line.endswith("and 400 more") for line in lines)
    assert lines[-1] == "412 targets differ, by the same plan."


def test_the_largest_group_comes_first() -> None:
    lines = shown(plan_of({"a": (SMALL_PLAN, ["x/live"]), "b": (SMALL_PLAN, ["y/live", "z/live"])}))
    titles = [line.partition(":")[0] for line in lines if "to create" in line]
    assert titles == ["2 targets", "1 target"]


def test_a_plan_for_5000_targets_that_all_differ_is_bounded() -> None:
    groups = {f"sha256:{n}": (SMALL_PLAN, [f"tenant-{n}/live"]) for n in range(5000)}
    lines = shown(plan_of(groups))
    assert len(lines) < 300
    assert "… and 4950 more plans for 4950 targets" in lines
    assert lines[-1] == "5000 targets differ, by 5000 different plans."


def test_a_plan_without_changes_says_so() -> None:
    assert shown(IN_SYNC)[-1] == "No changes: 1 in sync."
    assert shown(plan_of({}))[-1] == "No targets."


def test_what_ended_the_plan_early_comes_last_with_the_way_out() -> None:
    report = plan_of({}, error="fleet.yaml is invalid", hint="Run: reconciler fleet validate")
    assert shown(report)[-2:] == [
        "Error: fleet.yaml is invalid",
        "Next: Run: reconciler fleet validate",
    ]


def test_a_warning_of_a_plan_is_not_repeated_for_each_target() -> None:
    (warning,) = PLANNED.groups[1].plan.warnings
    results = tuple(
        each.model_copy(update={"warnings": (warning, "other")}) for each in PLANNED.results
    )
    lines = shown(PLANNED.model_copy(update={"results": results}))
    assert sum(warning in line for line in lines) == len(PLANNED.groups) - 1
    assert sum("Warning: other (tenant-01/production" in line for line in lines) == 1


@given(FLEET_REPORTS)
@settings(max_examples=40)
@pytest.mark.parametrize("render", [fleet_plan_text, fleet_plan_summary_text])
def test_no_plan_controls_a_terminal(render: object, report: FleetReport) -> None:
    assert callable(render)
    harmless(visible(render(report)))
    harmless(visible(render(report, width=40)))
