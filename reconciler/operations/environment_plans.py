"""The plans of all environments, as the jobs of a workflow leave them behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import DocumentError, ManifestError, PlanFileError
from reconciler.formats.failure import failure_of
from reconciler.model.failure import Failure
from reconciler.model.plan import Plan
from reconciler.operations import saved_plan
from reconciler.operations.environments import environments
from reconciler.operations.validate import validate

_FILE = "plan.json"


def read_plans(folder: Path, *, slots: Path) -> Mapping[str, Plan | Failure] | Failure:
    """The plan of each environment that the files in `slots` declare, by name in their order, or
    why there is none. That of NAME is `folder`/plan-NAME/plan.json.

    If the files are not valid, nothing was planned, and the failure says why.
    """
    try:
        errors = tuple(each for each in validate(slots).problems if each.is_error)
        if errors:
            return Failure(message=f"{slots} cannot be used as it is.", problems=errors)
        rows = environments(slots)
    except ManifestError as error:
        return failure_of(error)
    return {row.name: _plan_of(folder / f"plan-{row.name}" / _FILE, row.name) for row in rows}


def _plan_of(path: Path, name: str) -> Plan | Failure:
    if not path.exists():
        return Failure(
            message=f"The job that plans {name} left no result.", hint="Its log says why."
        )
    try:
        result = saved_plan.read_result(path)
    except (PlanFileError, DocumentError) as error:
        return failure_of(error)
    if isinstance(result, Plan) and result.environment != (name or None):
        return Failure(
            message=f"The plan for {name} is for {result.environment or 'no environment'}.",
            hint="Make it with --env.",
        )
    return result
