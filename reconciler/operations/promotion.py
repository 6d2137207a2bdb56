"""What the changes in a project's environment have to wait for in another one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from reconciler.errors import LedgerError
from reconciler.model.ledger import Entry
from reconciler.model.project import Project
from reconciler.operations.services import Services
from reconciler.planning.evidence import evidence_of, merged
from reconciler.planning.promotion import Promotion


def promotion_of(
    project: Project,
    services: Services,
    *,
    lines: Sequence[Entry | None],
    held: Collection[str] = (),
) -> Promotion | None:
    """What has to be proven elsewhere before a change is planned here; None if the project's
    environment is promoted from no other.

    The evidence is in `lines`, those of the own ledger, and in the services' other ledgers. `held`
    are slots that wait in any case. Raises LedgerError.
    """
    environment = project.environment
    if environment is None or environment.promote_from is None:
        return None
    ledgers = [lines, *_others(services)]
    return Promotion(
        environment=environment,
        source=project.environments[environment.promote_from],
        shared=project.desired if project.shared is None else project.shared,
        evidence=evidence_of(environment.promote_from, merged(ledgers)),
        now=services.clock.now(),
        held=frozenset(held),
    )


def _others(services: Services) -> Iterator[Sequence[Entry | None]]:
    for store in services.evidence:
        faults = [fault for chain in store.verify() for fault in chain.faults]
        if faults:
            raise LedgerError(
                f"{store.location} proves nothing: line {faults[0].line} is not as it was written.",
                hint="Restore it, or leave it out.",
            )
        yield store.lines()
