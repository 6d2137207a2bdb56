"""JSON for machines: the shapes that the contract fixes."""

from __future__ import annotations

import json
from typing import Any

from reconciler.errors import ManifestError, PlanningError, ReconcilerError
from reconciler.model.drift import DriftReport
from reconciler.model.outcome import RunReport
from reconciler.model.plan import FORMAT_VERSION, Plan
from reconciler.model.problem import Problem
from reconciler.model.validation import ValidationReport
from reconciler.reports.escaping import json_visible


def plan_json(plan: Plan) -> str:
    """A plan, as printed and as saved."""
    return _dumped(_plan(plan))


def drift_json(report: DriftReport) -> str:
    """A plan's shape, with `drifted`, and `metrics` where they were asked for. Of the changes it
    has those that are not rejected, each with its `cause`."""
    document = {
        "format_version": FORMAT_VERSION,
        "digest": report.digest,
        "target": report.endpoint.model_dump(),
        "scope": report.selection.model_dump(mode="json"),
        **report.model_dump(
            mode="json",
            exclude={"endpoint", "selection", "digest", "causes", "metrics"},
        ),
    }
    for change in document["changes"]:
        change["cause"] = report.causes.get(change["slot_id"])
    document["drifted"] = report.is_drifted
    if report.metrics is not None:
        document["metrics"] = [
            {
                "slot_id": slot_id,
                "success_rate": health.success_rate,
                "min_success_rate": health.min_success_rate,
                "verdict": health.result.value,
                "reason": health.reason,
                "measured": health.measured,
            }
            for slot_id, health in sorted(report.metrics.items())
        ]
    return _dumped(document)


def validation_json(report: ValidationReport) -> str:
    """What `validate` found."""
    return _dumped(
        {
            "valid": report.valid,
            "slots": report.slots,
            "problems": [_problem(problem) for problem in report.problems],
        }
    )


def run_json(report: RunReport) -> str:
    """What became of an apply."""
    document: dict[str, Any] = {
        "run_id": report.run_id,
        "target": report.endpoint.model_dump() if report.endpoint else None,
        "summary": report.summary(),
        "outcomes": [
            outcome.model_dump(mode="json", exclude={"gate_stopped"}) for outcome in report.outcomes
        ],
        "rejected": [rejection.model_dump(mode="json") for rejection in report.rejected],
        "interrupted": report.interrupted,
        "ledger_hash": report.ledger_hash,
    }
    if report.error is not None:
        document["error"] = {"message": report.error, "hint": report.hint}
    return _dumped(document)


def failed_run_json(error: ReconcilerError) -> str:
    """An apply that ended before its run began: nothing was changed."""
    return run_json(RunReport(run_id=None, error=error.message, hint=error.hint))


def failed_plan_json(error: ReconcilerError) -> str:
    """A plan or drift that could not be made: whether anything differs is not known."""
    return _dumped({"format_version": FORMAT_VERSION, "error": _error(error)})


def failed_validation_json(error: ReconcilerError) -> str:
    """A validation that found nothing to read."""
    return _dumped({"valid": False, "slots": 0, "problems": [], "error": _error(error)})


def _error(error: ReconcilerError) -> dict[str, Any]:
    document: dict[str, Any] = {"message": error.message, "hint": error.hint}
    if isinstance(error, (ManifestError, PlanningError)) and error.problems:
        document["problems"] = [_problem(problem) for problem in error.problems]
    return document


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        **problem.source.model_dump(),
        "slot_id": problem.slot_id,
        "rule": problem.rule,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.hint,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "digest": plan.digest,
        **plan.model_dump(mode="json", by_alias=True),
    }


def _dumped(document: dict[str, Any]) -> str:
    text = json.dumps(document, indent=2, ensure_ascii=False)
    # Within a string, an escape is the same to whoever parses it, and nothing to a terminal, to a
    # runner of GitHub Actions, or to UTF-8, which can hold no lone surrogate.
    return json_visible(text).replace("##[", "#\\u0023[")
