"""What a workflow needs to know of an environment: a row of its matrix."""

from __future__ import annotations

from reconciler.model.base import Frozen
from reconciler.model.environment import Environment


class MatrixRow(Frozen):
    """An environment, and what GitHub calls its own of everything that is kept apart.

    `plan_environment` and `apply_environment` are GitHub's environments, with the reading and the
    writing credentials. `ledger` is the artifact with its ledger, `evidence` that of the
    environment that it is promoted from, None if there is none. What changes the tenant or the
    ledger runs one at a time in the group `concurrency`. `name` is "" for a project without
    environments.
    """

    name: str
    promote_from: str | None
    soak_hours: float
    plan_environment: str
    apply_environment: str
    ledger: str
    evidence: str | None
    concurrency: str

    @classmethod
    def of(cls, environment: Environment | None) -> MatrixRow:
        """The row of an environment, or of a project without any."""
        name = environment.name if environment is not None else ""
        source = environment.promote_from if environment is not None else None
        return cls(
            name=name,
            promote_from=source,
            soak_hours=environment.soak_hours if environment is not None else 0,
            plan_environment=_named("reconciler-plan", name),
            apply_environment=_named("reconciler-apply", name),
            ledger=_named("reconciler-ledger", name),
            evidence=_named("reconciler-ledger", source) if source is not None else None,
            concurrency=_named("reconciler", name),
        )


def _named(what: str, name: str) -> str:
    return f"{what}-{name}" if name else what
