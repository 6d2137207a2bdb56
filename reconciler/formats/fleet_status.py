"""The JSON of `fleet status`, which is never parsed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.formats.fleet import step_object
from reconciler.formats.fleet_task import VERSION, result_object
from reconciler.formats.printing import printed, printed_line
from reconciler.model.base import rfc3339
from reconciler.model.fleet_history import FleetRun
from reconciler.model.fleet_status import FleetStatus


def fleet_status_json(status: FleetStatus) -> str:
    """The last run of each action, and how each target ended last."""
    return printed({**_head(status), "targets": list(_targets(status))})


def fleet_status_lines(status: FleetStatus) -> Iterator[str]:
    """The same as JSON Lines: each target on a line of its own, then the rest, which alone has a
    `version`."""
    yield from map(printed_line, _targets(status))
    yield printed_line(_head(status))


def _head(status: FleetStatus) -> dict[str, Any]:
    return {
        "version": VERSION,
        "at": rfc3339(status.at),
        "running": status.is_running,
        "counts": {each.value: number for each, number in status.counts.items()},
        "runs": [_run(each, status) for each in status.last_runs],
        "quarantined": sorted(status.history.quarantined),
    }


def _run(run: FleetRun, status: FleetStatus) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "action": run.action.value,
        "state": status.state_of(run).value,
        "complete": run.is_complete,
        "started_at": rfc3339(run.started_at),
        "ended_at": None if run.ended_at is None else rfc3339(run.ended_at),
        "actor": run.actor,
        "commit": run.commit,
        "reason": run.reason,
        "bundle": run.bundle,
        "selection": run.selection,
        "continues": run.continues,
        "halted": None if run.halt is None else run.halt.model_dump(mode="json"),
        "counts": {each.value: number for each, number in run.counts.items()},
        "steps": [step_object(each) for each in run.step_reports],
    }


def _targets(status: FleetStatus) -> Iterator[dict[str, Any]]:
    for name in sorted(status.history.targets):
        recorded = status.history.targets[name]
        yield {
            **result_object(recorded.result),
            "step": recorded.step,
            "fleet_run_id": recorded.fleet_run_id,
        }
