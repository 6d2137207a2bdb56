"""Runs of a fleet with one of everything that a report can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from reconciler.model.fleet_run import (
    FleetAction,
    FleetReport,
    Group,
    Halt,
    StepReport,
    TargetResult,
    TargetStatus,
)
from reconciler.model.plan import Plan
from tests.reports.examples import HOSTILE, PLAN, REJECTED
from tests.support.build import live, plan, slot
from tests.support.fleet_chain import BUNDLE, result

AT = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
RUN_ID = "20260302T090000Z-fleet1"
SMALL_PLAN = plan([slot("slot_city", patterns=("^new$",))], [live("slot_city")])


def planned(name: str, made: Plan, *, changes: str) -> TargetResult:
    """A target that was planned."""
    return result(
        name,
        TargetStatus.DIFFERS,
        action=FleetAction.PLAN,
        digest=made.digest,
        plan=made,
        changes=changes,
        summary={"update": 1},
        ended_at=AT,
    )


def plan_of(groups: Mapping[str, tuple[Plan, Sequence[str]]], **fields: Any) -> FleetReport:
    """A plan of a fleet with these groups of targets, by the digests of their changes."""
    results = [
        planned(name, made, changes=changes)
        for changes, (made, names) in groups.items()
        for name in names
    ]
    return FleetReport(
        **{
            "run_id": None,
            "action": FleetAction.PLAN,
            "commit": "0123abc",
            "bundle": BUNDLE,
            "results": (*results, *fields.pop("others", ())),
            "groups": tuple(
                Group(changes=changes, targets=tuple(names), plan=made)
                for changes, (made, names) in groups.items()
            ),
            **fields,
        }
    )


OTHERS = (
    result("hill/production", TargetStatus.IN_SYNC, action=FleetAction.PLAN),
    result(
        "lake/production",
        TargetStatus.WAITING,
        action=FleetAction.PLAN,
        hint="slot_city waits for staging until 2026-03-03 09:00 UTC: it passed there at "
        "2026-03-02 09:00 UTC and has to stand for 24 h.",
    ),
    result(
        "moor/production",
        TargetStatus.FAILED,
        action=FleetAction.PLAN,
        exit_code=1,
        error="The tenant cannot be reached: connection refused.",
        hint="Check /run/secrets/moor-production/origin, and the network.",
    ),
)
PLANNED = plan_of(
    {
        "sha256:one": (SMALL_PLAN, [f"tenant-{number:02}/production" for number in range(1, 31)]),
        "sha256:two": (REJECTED, ["acme/production", "bond/production"]),
        "sha256:three": (PLAN, ["cook/production"]),
    },
    others=OTHERS,
)
IN_SYNC = plan_of({}, others=OTHERS[:1])

_STEPS = (
    StepReport(step=1, targets=5, ended=5, is_done=True),
    StepReport(step=2, targets=10, ended=9, failed=3, max_failures=2),
    StepReport(step=3, targets=85),
)
_ENDED = (
    *(
        result(f"tenant-{number:02}/production", run_id="run_t", ledger_hash="abc", ended_at=AT)
        for number in range(1, 9)
    ),
    result("hill/production", TargetStatus.IN_SYNC, ended_at=AT),
    result(
        "acme/production",
        TargetStatus.REJECTED,
        exit_code=3,
        run_id="20260302T091500Z-abc123",
        error="slot_city was rolled back: fell from 0.940 to 0.500",
        hint="Change slots/city.yaml, then: reconciler fleet apply",
        worker="eu-1",
        rejected=("identity-1",),
        ended_at=AT,
        seconds=61.25,
    ),
    result(
        "moor/production",
        TargetStatus.FAILED,
        exit_code=1,
        error="The tenant cannot be reached: connection refused.",
        attempts=2,
        ended_at=AT,
    ),
    result("evil/production", TargetStatus.FAILED, exit_code=1, error=HOSTILE, ended_at=AT),
    result(
        "cook/production", TargetStatus.STALE, exit_code=4, error="Live has changed.", ended_at=AT
    ),
    result("held/production", TargetStatus.HELD, exit_code=4, error="Held by ann.", ended_at=AT),
)
APPLIED = FleetReport(
    run_id=RUN_ID,
    action=FleetAction.APPLY,
    commit="0123abc",
    bundle=BUNDLE,
    results=_ENDED,
    not_begun=tuple(f"late-{number:02}/production" for number in range(86)),
    steps=_STEPS,
    step_of={each.name: 1 if place < 5 else 2 for place, each in enumerate(_ENDED)},
    halt=Halt(
        step=2,
        reason="3 failed, 2 allowed",
        targets=("acme/production", "moor/production", "evil/production"),
    ),
    is_complete=False,
    ledger_hash="f00d",
)
BAKING = FleetReport(
    run_id=RUN_ID,
    action=FleetAction.APPLY,
    bundle=BUNDLE,
    results=_ENDED[:5],
    not_begun=APPLIED.not_begun,
    steps=(
        StepReport(step=1, targets=5, ended=5, baked_until=AT.replace(day=3)),
        StepReport(step=2, targets=86),
    ),
    is_complete=False,
)
COMPLETE = FleetReport(
    run_id=RUN_ID,
    action=FleetAction.APPLY,
    bundle=BUNDLE,
    results=_ENDED[:9],
    steps=(StepReport(step=1, targets=9, ended=9, is_done=True),),
)
DRIFTED = FleetReport(
    run_id=RUN_ID,
    action=FleetAction.DRIFT,
    bundle=BUNDLE,
    results=(
        result("hill/production", TargetStatus.IN_SYNC, action=FleetAction.DRIFT),
        result("lake/production", TargetStatus.IN_SYNC, action=FleetAction.DRIFT),
        result(
            "acme/production",
            TargetStatus.DIFFERS,
            action=FleetAction.DRIFT,
            exit_code=2,
            summary={"update": 2, "delete": 1},
        ),
        result(
            "moor/production",
            TargetStatus.UNHEALTHY,
            action=FleetAction.DRIFT,
            exit_code=3,
            error="slot_city is below its gate: 0.500",
        ),
    ),
)
