"""The queue of a fleet that is worked on by several machines."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from reconciler.config.configuration import read_configuration
from reconciler.errors import ConfigurationError
from reconciler.formats.fleet_task import parsed_result, parsed_task, result_json, task_json
from reconciler.model.access import FleetDatabase
from reconciler.model.bundle import Bundle
from reconciler.ports import Checks, Clock, Dispatcher, FleetObserver, Halts

_EXTRA = frozenset({"procrastinate", "psycopg", "psycopg_pool"})


@dataclass(frozen=True)
class FleetQueue:
    """The queue in a database, and the adapter that speaks to it."""

    database: FleetDatabase
    adapter: ModuleType

    @property
    def codec(self) -> Any:
        """How tasks and results are written."""
        return self.adapter.Codec(
            write_task=task_json,
            read_task=lambda document, source: parsed_task(document, source=source),
            write_result=result_json,
            read_result=lambda document, source: parsed_result(document, source=source),
        )

    def dispatcher(
        self, bundle: Bundle, *, clock: Clock, observer: FleetObserver
    ) -> AbstractContextManager[Dispatcher]:
        """A dispatcher for one run, after storing its files. Raises ConfigurationError and
        LedgerError."""
        self.bundles(clock=clock).put(bundle.digest, bundle.content)
        found: AbstractContextManager[Dispatcher] = self.adapter.queue_dispatcher(
            self.database, codec=self.codec, clock=clock, observer=observer
        )
        return found

    def bundles(self, *, clock: Clock) -> Any:
        """The files that runs have stored. Raises ConfigurationError."""
        return self.adapter.QueueBundles(self.database, clock)

    def halts(self, *, clock: Clock) -> Halts:
        """Requests to halt a run. Raises ConfigurationError."""
        found: Halts = self.adapter.QueueHalts(self.database, clock)
        return found

    def checks(self) -> Checks:
        """The drift checks that its workers make on a schedule."""
        found: Checks = self.adapter.QueueChecks(self.database, self.codec)
        return found


def queue_in(database: FleetDatabase) -> FleetQueue:
    """The queue in this database, whose adapter is imported now. Raises ConfigurationError without
    the extra that it needs."""
    try:
        from reconciler.adapters.dispatch import procrastinate  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise ConfigurationError(
            f"COGNIGY_FLEET names a queue on PostgreSQL, for which {error.name} is not installed.",
            hint="Install it with: pip install 'slot-reconciler[fleet]', from where you installed "
            "reconciler. Without COGNIGY_FLEET, all targets are worked on from this process.",
        ) from error
    return FleetQueue(database, procrastinate)


def required_queue() -> FleetQueue:
    """The queue that the variables name. Raises ConfigurationError if they name none."""
    database = read_configuration().fleet.required()
    if database is None:
        raise ConfigurationError(
            "COGNIGY_FLEET is not set, so there is no queue.",
            hint="Set it to a URL that begins with postgresql://. Without it, `reconciler fleet "
            "apply` works on all targets from its own process, and needs no workers.",
        )
    return queue_in(database)
