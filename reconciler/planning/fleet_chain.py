"""The events of the fleet's chain: what a run of the fleet records, as data of a ledger's line.

    fleet_started   what is to be done, in which steps
    target_ended    how a target ended; `phase` is "check" when its step had baked and was judged
    step_ended      all targets of a step have ended
    step_judged     a step that has baked was judged
    halted          nothing new begins
    fleet_finished  the end of the run, which may go on in another one

`planning.fleet_history` folds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reconciler.model.base import rfc3339
from reconciler.model.fleet_history import FleetRun
from reconciler.model.fleet_run import Halt, TargetResult, TargetStatus

FLEET_STARTED = "fleet_started"
TARGET_ENDED = "target_ended"
STEP_ENDED = "step_ended"
STEP_JUDGED = "step_judged"
HALTED = "halted"
FLEET_FINISHED = "fleet_finished"
FLEET_CHAIN = "fleet"
"""The name of the chain, where chains have names."""


def started_data(run: FleetRun) -> dict[str, Any]:
    """The beginning of a run: of its steps, what is planned."""
    fields = run.model_dump(
        mode="json",
        include={
            "action",
            "bundle",
            "commit",
            "actor",
            "reason",
            "tool_version",
            "selection",
            "retry_failed",
            "accept_loss",
            "targets",
            "continues",
        },
    )
    return {**fields, "steps": [each.planned.model_dump(mode="json") for each in run.steps]}


def target_data(result: TargetResult, *, step: int) -> dict[str, Any]:
    """How a target ended, in this step."""
    endpoint = result.endpoint
    return {
        "target": result.name,
        "endpoint": None if endpoint is None else {**endpoint.model_dump(), "kind": endpoint.kind},
        "status": result.status.value,
        "exit_code": result.exit_code,
        "target_run_id": result.run_id,
        "ledger_hash": result.ledger_hash,
        "worker": result.worker,
        "attempts": result.attempts,
        "seconds": result.seconds,
        "ended_at": None if result.ended_at is None else rfc3339(result.ended_at),
        "step": step,
        "error": result.error,
        "hint": result.hint,
        "phase": result.action.value,
        "changed_at": None if result.changed_at is None else rfc3339(result.changed_at),
        "rejected": list(result.rejected),
    }


def step_ended_data(step: int, *, failed: int, baked_until: datetime | None) -> dict[str, Any]:
    """A step whose targets have all ended; it bakes until this time, if it does."""
    return {
        "step": step,
        "failed": failed,
        "baked_until": None if baked_until is None else rfc3339(baked_until),
    }


def step_judged_data(step: int, *, failed: int) -> dict[str, Any]:
    """A step that has baked, and how many of its targets have failed by then."""
    return {"step": step, "failed": failed}


def halted_data(halt: Halt, *, quarantined: tuple[str, ...] = ()) -> dict[str, Any]:
    """Why nothing new begins, and which content no other target may get."""
    return {**halt.model_dump(mode="json"), "quarantined": list(quarantined)}


def finished_data(*, is_complete: bool, counts: Mapping[TargetStatus, int]) -> dict[str, Any]:
    """The end of a run."""
    return {
        "complete": is_complete,
        "counts": {status.value: number for status, number in counts.items()},
    }
