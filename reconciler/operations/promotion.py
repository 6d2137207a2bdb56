"""What the changes in a project's environment have to wait for in another one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from reconciler.errors import LedgerError
from reconciler.model.event import Warned
from reconciler.model.ledger import Entry, parse_line
from reconciler.model.project import Project
from reconciler.operations.services import Services
from reconciler.planning.evidence import evidence_of, merged
from reconciler.planning.promotion import Promotion
from reconciler.ports import LedgerStore


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
    are slots that wait in any case. A ledger that is not as it was written proves nothing. Raises
    LedgerError if that is one of the other ledgers.
    """
    environment = project.environment
    if environment is None or environment.promote_from is None:
        return None
    source = project.environments[environment.promote_from]
    ledgers = [_own(services, lines), *_others(services)]
    return Promotion(
        environment=environment,
        source=source,
        shared=project.desired_everywhere,
        evidence=evidence_of(source.name, merged(ledgers), expected=source.expect),
        now=services.clock.now(),
        held=frozenset(held),
        commands=project.commands,
    )


def _own(services: Services, lines: Sequence[Entry | None]) -> Sequence[Entry | None]:
    """The lines of the own ledger; none if they prove nothing, because they are not as written. A
    drift check still has to be possible then, so that is only a warning."""
    broken = _broken(services.ledger)
    if broken is None:
        return lines
    services.observer.notice(
        Warned(message=f"{broken} Restore it; until then, changes wait for what it would prove.")
    )
    return ()


def _others(services: Services) -> Iterator[Sequence[Entry | None]]:
    for store in services.evidence:
        broken = _broken(store)
        if broken is not None:
            raise LedgerError(broken, hint="Restore it, or leave it out.")
        for chain in store.chains().values():  # each is in order, but not one after the other
            yield [parse_line(raw) for raw in chain]


def _broken(store: LedgerStore) -> str | None:
    """Why the ledger proves nothing; None if all of it is as it was written."""
    faults = [fault for chain in store.verify() for fault in chain.faults]
    if not faults:
        return None
    return f"{store.location} proves nothing: line {faults[0].line} is not as it was written."
