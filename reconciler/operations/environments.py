"""The environments that a project's files declare, as the workflows need them; offline."""

from __future__ import annotations

from pathlib import Path

from reconciler.model.matrix import MatrixRow
from reconciler.operations.project import read_project
from reconciler.planning.status import in_order_of_promotion


def environments(slots: Path, *, only: str | None = None) -> tuple[MatrixRow, ...]:
    """A row for each environment, every one after the one that it is promoted from; one row without
    a name if the files declare none. `only` leaves out all others.

    Raises ManifestError, and ConfigurationError if there is no such environment.
    """
    project = read_project(slots, environment=only)
    if project.environment is not None:
        return (MatrixRow.of(project.environment),)
    declared = project.environments
    rows = [MatrixRow.of(declared[name]) for name in in_order_of_promotion(declared)]
    return tuple(rows) or (MatrixRow.of(None),)
