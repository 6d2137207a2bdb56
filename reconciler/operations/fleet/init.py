"""Make the schema of a fleet's queue and of its ledgers, or bring them up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.config.configuration import read_configuration
from reconciler.errors import ConfigurationError
from reconciler.model.access import LedgerDatabase
from reconciler.operations.fleet.queue import required_queue
from reconciler.operations.ledger_stores import postgres_adapter


@dataclass(frozen=True)
class FleetRoles:
    """The roles of those who use the queue: who controls runs, who applies, and who only plans."""

    controller: str
    worker: str
    planner: str


@dataclass(frozen=True)
class FleetInitialised:
    """A database whose schema `is_changed` if it was made or brought up to date now, and the
    statements that let others use it."""

    location: str
    is_changed: bool
    grants: Sequence[str]


def initialise_fleet(roles: FleetRoles) -> FleetInitialised:
    """Make the schema of the queue in the database that COGNIGY_FLEET names, and that of the
    ledgers if they are there too. Raises ConfigurationError and LedgerError."""
    queue = required_queue()
    place = read_configuration().fleet_ledgers.required()
    if not isinstance(place, LedgerDatabase):
        raise ConfigurationError(
            f"The ledgers are in the folder {place}, which workers do not share."
        )
    is_changed = queue.adapter.initialise(queue.database)
    grants = [
        *queue.adapter.grants(
            controller=roles.controller, worker=roles.worker, planner=roles.planner
        )
    ]
    if place.url == queue.database.url:
        postgres = postgres_adapter()
        is_changed = postgres.initialise(place) or is_changed
        if postgres.migrate(place):
            is_changed = True
        grants += postgres.grants(writer=roles.controller, reader=roles.planner)
        grants += postgres.grants(writer=roles.worker, reader=roles.planner)
    return FleetInitialised(
        location=queue.database.location,
        is_changed=is_changed,
        grants=tuple(dict.fromkeys(grants)),
    )
