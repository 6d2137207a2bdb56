"""The JSON that `drift`, `apply` and `validate` printed, in files → values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.adapters.json_files import HOSTILE_BYTES, TRUSTED_BYTES, read_object
from reconciler.errors import DocumentError
from reconciler.formats.drift import parsed_drift
from reconciler.formats.fleet import parsed_fleet
from reconciler.formats.outcome import parsed_outcome
from reconciler.formats.validation import parsed_validation
from reconciler.model.drift import DriftReport
from reconciler.model.failure import Failure
from reconciler.model.fleet_run import FleetAction, FleetReport
from reconciler.model.outcome import RunReport
from reconciler.model.validation import ValidationReport


def read_drift(path: Path) -> DriftReport | Failure:
    """The drift report, or the failure that was printed instead. Raises DocumentError."""
    document = _read(path, command="drift --metrics")
    return parsed_drift(document, source=str(path))


def read_outcome(path: Path) -> RunReport:
    """The outcome of an apply. Raises DocumentError."""
    return parsed_outcome(_read(path, command="apply"), source=str(path))


def read_fleet_plan(path: Path) -> FleetReport:
    """The plan of a fleet. Raises DocumentError, and PlanFileError for one that was damaged."""
    report = parsed_fleet(_read(path, command="fleet plan"), source=str(path))
    if report.action is not FleetAction.PLAN:
        raise DocumentError(
            f"{path} is a fleet {report.action.value}, and not a plan of the fleet.",
            hint="Make it with: reconciler fleet plan --format json",
        )
    return report


def read_foreign_validation(path: Path) -> ValidationReport:
    """The validation report, from a file that anyone may have written. Raises DocumentError."""
    document = _read(path, command="validate", limit=HOSTILE_BYTES)
    return parsed_validation(document, source=str(path))


def _read(path: Path, *, command: str, limit: int = TRUSTED_BYTES) -> dict[str, Any]:
    return read_object(path, limit=limit, hint=f"Make it with: reconciler {command} --format json")
