"""How the fleet is, as text and JSON."""

from __future__ import annotations

import json
from datetime import timedelta

import click
import pytest

from reconciler.formats.fleet_status import fleet_status_json, fleet_status_lines
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import FleetAction, Halt, TargetStatus
from reconciler.model.fleet_status import FleetStatus
from reconciler.reports.fleet.status import fleet_status_text
from tests.reports import golden
from tests.reports.examples import HOSTILE
from tests.reports.terminal import harmless
from tests.support.fleet_chain import Chain, result

STEPS = (PlannedStep(targets=2, bake_seconds=3600), PlannedStep(targets=30, max_failures=1))
DRIFT = FleetAction.DRIFT


def status_of(chain: Chain, *, at_work: str | None = None) -> FleetStatus:
    return FleetStatus(at=chain.now, history=chain.history, at_work=at_work)


def shown(chain: Chain, *, at_work: str | None = None) -> list[str]:
    return click.unstyle(fleet_status_text(status_of(chain, at_work=at_work))).splitlines()


@pytest.fixture
def halted() -> Chain:
    """A drift check, and then an apply that halted in its second step."""
    chain = Chain()
    chain.start("run_drift", PlannedStep(targets=2), action=DRIFT)
    chain.end(result("acme/live", TargetStatus.DIFFERS, action=DRIFT))
    chain.end(result("lost/live", TargetStatus.DIFFERS, action=DRIFT))
    chain.finish()
    chain.start("run_apply", *STEPS, actor="ann", commit="0123abcdef", selection="region=eu")
    chain.end(result("acme/live"))
    chain.end(result("bond/live", TargetStatus.IN_SYNC))
    chain.end_step(1, bakes=timedelta(seconds=1))
    chain.judge(1)
    chain.end(result("cook/live", TargetStatus.REJECTED, error=f"{HOSTILE}\nmore"), step=2)
    chain.end(result("dale/live", TargetStatus.FAILED, error="no network"), step=2)
    chain.halt(Halt(step=2, reason="2 failed, 1 allowed", targets=("cook/live",)), "identity")
    chain.finish(is_complete=False)
    return chain


def test_a_status_as_text(halted: Chain) -> None:
    text = fleet_status_text(status_of(halted))
    harmless(text)
    golden.check("fleet_status.txt", text)
    golden.check("fleet_status_80_columns.txt", fleet_status_text(status_of(halted), width=80))


def test_a_status_as_json(halted: Chain) -> None:
    golden.check("fleet_status.json", fleet_status_json(status_of(halted)))


def test_the_lines_have_the_same_a_target_a_line(halted: Chain) -> None:
    *targets, rest = map(json.loads, fleet_status_lines(status_of(halted)))
    assert {**rest, "targets": targets} == json.loads(fleet_status_json(status_of(halted)))
    assert [line["name"] for line in targets] == [
        *("acme/live", "bond/live", "cook/live", "dale/live", "lost/live"),
    ]


def test_a_fleet_without_runs_says_what_to_do() -> None:
    assert shown(Chain())[-1] == "Next: reconciler fleet plan"


@pytest.mark.parametrize(
    ("at_work", "state"),
    [
        ("run run_1, pid 5", "running, 1 verified"),
        ("", "running, or cut off, 1 verified"),
        ("run run_2, pid 5", "cut off, 1 verified"),
        (None, "cut off, 1 verified"),
    ],
)
def test_a_run_without_an_end_is_running_only_while_it_holds_the_lock(
    at_work: str | None, state: str
) -> None:
    chain = Chain()
    chain.start("run_1", PlannedStep(targets=1))
    chain.end(result("acme/live"))
    assert shown(chain, at_work=at_work)[1].endswith(f"run_1: {state}")


def test_targets_of_a_run_without_an_end_may_have_begun() -> None:
    chain = Chain()
    chain.start("run_1", PlannedStep(targets=3), selection="region=eu")
    assert shown(chain)[1].endswith("cut off, 3 not ended")
    assert shown(chain)[-2:] == [
        "No target has a result yet.",
        "Next: Go on where this run stopped: reconciler fleet apply --select region=eu",
    ]
    chain.finish(is_complete=False)
    assert shown(chain)[1].endswith("not complete, 3 not begun")


def test_a_selection_from_the_ledger_cannot_command_a_terminal() -> None:
    chain = Chain()
    chain.start("run_1", PlannedStep(targets=1), selection=HOSTILE)
    harmless(fleet_status_text(status_of(chain)))


def test_a_rollout_that_bakes_says_when_to_go_on() -> None:
    chain = Chain()
    chain.start("run_1", *STEPS)
    chain.end_step(1, bakes=timedelta(hours=1))
    chain.finish(is_complete=False)
    lines = shown(chain)
    assert "  step 1  0 of 2 targets   bakes until 2026-03-02 10:00 UTC" in lines
    assert lines[-1] == "Next: Go on after 2026-03-02 10:00 UTC: reconciler fleet apply"
    chain.now += timedelta(hours=2)
    assert shown(chain)[-1] == "Next: Go on where this run stopped: reconciler fleet apply"


def test_a_run_that_goes_on_needs_no_next_step() -> None:
    chain = Chain()
    chain.start("run_1", *STEPS)
    assert shown(chain)[-1].startswith("Next: Go on where this run stopped")
    assert not shown(chain, at_work="run run_1, pid 5")[-1].startswith("Next")


def test_a_fleet_that_is_well_needs_nothing() -> None:
    chain = Chain()
    chain.start("run_1", PlannedStep(targets=1))
    chain.end(result("acme/live"))
    chain.end_step(1)
    chain.finish()
    assert shown(chain)[-2:] == ["", "1 target known: 1 verified."]


def test_a_thousand_targets_that_are_not_well_are_bounded() -> None:
    chain = Chain()
    chain.start("run_1", PlannedStep(targets=1000), action=DRIFT)
    for number in range(1000):
        chain.end(result(f"t-{number:03}/live", TargetStatus.DIFFERS, action=DRIFT))
    lines = shown(chain)
    assert "  … and 980 with differences (all are in --format json)" in lines
    assert len(lines) < 30
