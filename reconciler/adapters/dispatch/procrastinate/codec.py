"""How tasks and results are written, which the queue does not know."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.errors import DocumentError, ReconcilerError
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task

SOURCE = "the queue"


@dataclass(frozen=True)
class Codec:
    """Writes lines of JSON, and reads their objects, naming `source` in the errors that it
    raises."""

    write_task: Callable[[Task], str]
    read_task: Callable[[Mapping[str, Any], str], Task]
    write_result: Callable[[TargetResult], str]
    read_result: Callable[[Mapping[str, Any], str], TargetResult]

    def task_arguments(self, task: Task) -> dict[str, Any]:
        """The arguments of the task's job."""
        document: dict[str, Any] = json.loads(self.write_task(task))
        return document

    def result(self, document: str, *, target: str, action: FleetAction) -> TargetResult:
        """The result of this task; a failed one if the document cannot be used."""
        try:
            value = json.loads(document)
        except ValueError:
            value = None
        try:
            if not isinstance(value, dict):
                raise DocumentError("It is not a JSON object.")
            result = self.read_result(value, SOURCE)
            if (result.name, result.action) == (target, action):
                return result
            reason = f"It says that it is of {result.name}."
        except ReconcilerError as error:
            reason = error.message
        return failed(
            target,
            action,
            error=f"The result that a worker has stored cannot be used. {reason}",
            hint="Workers and the controller have to be of one version of reconciler.",
        )


def failed(target: str, action: FleetAction, *, error: str, hint: str) -> TargetResult:
    """The result of a task of which no worker said how it ended: it failed."""
    return TargetResult(
        name=target,
        action=action,
        status=TargetStatus.FAILED,
        exit_code=1,
        error=error,
        hint=hint,
    )
