"""The JSON of `status`, which is never parsed."""

from __future__ import annotations

from typing import Any

from reconciler.formats.failure import failure_object
from reconciler.formats.printing import printed
from reconciler.model.audit import RecordedRun
from reconciler.model.status import StatusReport


def status_json(report: StatusReport) -> str:
    """How each slot stands in each environment, and what else is known of the environments."""
    environments = report.environments
    return printed(
        {
            "environments": [each.name for each in environments],
            "slots": [
                {
                    "slot_id": slot.slot_id,
                    "name": slot.name,
                    "states": {
                        each.name: each.statuses[slot.slot_id].value
                        for each in environments
                        if each.statuses is not None
                    },
                }
                for slot in report.slots
            ],
            "no_access": [each.name for each in environments if not each.has_access],
            "errors": {
                each.name: failure_object(each.error) for each in environments if each.error
            },
            "last_runs": {each.name: _run(each.last_run) for each in environments if each.last_run},
        }
    )


def _run(run: RecordedRun) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "at": run.started,
        "actor": run.actor,
        "commit": run.commit,
        "outcome": run.outcome,
        "summary": dict(run.summary),
    }
