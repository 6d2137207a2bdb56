"""Make the schema of a shared ledger, and bring it up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.config.configuration import read_configuration
from reconciler.errors import ConfigurationError
from reconciler.model.access import LedgerDatabase
from reconciler.model.pool import PoolRole
from reconciler.operations.ledger_stores import postgres_adapter
from reconciler.operations.pool_roles import at_once, require_own_roles


@dataclass(frozen=True)
class Initialised:
    """A database with a schema, which `is_new` if it was made now, and the statements that let
    others use it."""

    location: str
    is_new: bool
    grants: Sequence[str]


@dataclass(frozen=True)
class Migrated:
    """A database whose schema was raised by this many versions."""

    location: str
    versions: int


def initialise(*, writer: str, reader: str, pools: Sequence[PoolRole] = ()) -> Initialised:
    """Make the schema in the database that the variables name, unless it is there.

    `writer` and `reader` are the roles to write the grants for, and `pools` those of a fleet, whose
    controller the writer is then. Raises ConfigurationError, and LedgerError, also for a schema
    that is too old.
    """
    require_own_roles(pools, others=(writer, reader))
    database, postgres = _database(), postgres_adapter()
    is_new = postgres.initialise(database)
    postgres.require_up_to_date(database)
    grants = postgres.grants(writers=[writer], readers=[reader])
    if pools:
        grants += postgres.assigner_grants(writer)
    return Initialised(
        location=database.location,
        is_new=is_new,
        grants=(*grants, *at_once([postgres.pool_grants(each) for each in pools])),
    )


def migrate() -> Migrated:
    """Bring the schema up to date. Raises ConfigurationError and LedgerError."""
    database = _database()
    return Migrated(location=database.location, versions=postgres_adapter().migrate(database))


def kind(*, expected: str) -> str:
    """What the variables name: "shared" for a database, "file" otherwise. Raises
    ConfigurationError, also if another kind is `expected`; "" expects neither."""
    is_shared = isinstance(read_configuration().ledger.required(), LedgerDatabase)
    found = "shared" if is_shared else "file"
    if expected not in ("", found):
        raise ConfigurationError(
            f"The ledger is {'shared' if is_shared else 'a file'}, and not {expected[:20]!r}, as "
            "is expected here.",
            hint="In a workflow, the variable RECONCILER_LEDGER is `shared` exactly if the secret "
            "COGNIGY_AUDIT_LOG names a database.",
        )
    return found


def _database() -> LedgerDatabase:
    place = read_configuration().ledger.required()
    if not isinstance(place, LedgerDatabase):
        raise ConfigurationError(
            f"The ledger is the file {place}, which needs no schema.",
            hint="Set COGNIGY_AUDIT_LOG to a URL that begins with postgresql://.",
        )
    return place
