"""Make the schema of a fleet's queue and of its ledgers, or bring them up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.config.configuration import read_configuration
from reconciler.errors import ConfigurationError
from reconciler.model.access import LedgerDatabase
from reconciler.model.pool import PoolRole
from reconciler.operations.fleet.queue import required_queue
from reconciler.operations.ledger_stores import postgres_adapter
from reconciler.operations.pool_roles import at_once, require_own_roles


@dataclass(frozen=True)
class FleetRoles:
    """The roles of those who use the queue: who controls runs, who applies, and who only plans, in
    any pool or in one."""

    controller: str
    workers: Sequence[str]
    planners: Sequence[str]
    pools: Sequence[PoolRole] = ()


@dataclass(frozen=True)
class FleetInitialised:
    """A database whose schema `is_changed` if it was made or brought up to date now, and the
    statements that let others use it. The ledgers are there too, unless they are `elsewhere`."""

    location: str
    is_changed: bool
    grants: Sequence[str]
    elsewhere: str | None = None


def initialise_fleet(roles: FleetRoles) -> FleetInitialised:
    """Make the schema of the queue in the database that COGNIGY_FLEET names, and that of the
    ledgers if they are there too. Raises ConfigurationError and LedgerError."""
    everybody = [roles.controller, *roles.workers, *roles.planners]
    require_own_roles(roles.pools, others=everybody)
    queue = required_queue()
    place = read_configuration().fleet_ledgers.required()
    if not isinstance(place, LedgerDatabase):
        raise ConfigurationError(
            f"The ledgers are in the folder {place}, which workers do not share."
        )
    is_changed = queue.adapter.initialise(queue.database)
    workers = [*roles.workers, *roles.planners]
    grants = [*queue.adapter.grants(controller=roles.controller, workers=workers)]
    limits = [queue.adapter.pool_grants(each) for each in roles.pools]
    is_elsewhere = place.url != queue.database.url
    if not is_elsewhere:
        postgres = postgres_adapter()
        is_changed = postgres.initialise(place) or is_changed
        is_changed = postgres.migrate(place) > 0 or is_changed
        grants += postgres.grants(
            writers=[roles.controller, *roles.workers], readers=roles.planners
        )
        grants += postgres.assigner_grants(roles.controller)
        limits += [postgres.pool_grants(each) for each in roles.pools]
    return FleetInitialised(
        location=queue.database.location,
        is_changed=is_changed,
        grants=(*dict.fromkeys(grants), *at_once(limits)),
        elsewhere=place.location if is_elsewhere else None,
    )
