"""Where the queue of a fleet is, and its ledgers."""

from __future__ import annotations

from pathlib import Path

from reconciler.config.database import fleet_database
from reconciler.config.ledger import ledger_place
from reconciler.config.variables import Variables
from reconciler.errors import ConfigurationError
from reconciler.model.access import FleetDatabase, LedgerDatabase

_VARIABLE = "COGNIGY_FLEET"
DEFAULT_LEDGERS = "fleet_ledgers"


def fleet_place(variables: Variables) -> FleetDatabase | None:
    """The database that holds the queue; None if all targets are worked on in one process. Raises
    ConfigurationError."""
    chosen = variables.get(_VARIABLE)
    if chosen is None:
        return None
    if variables.is_from_dotenv(_VARIABLE):
        raise ConfigurationError(
            "COGNIGY_FLEET is set in .env, but a .env file, which may have come with a repository, "
            "may not choose who works on the tenants.",
            hint="Set it in the real environment.",
        )
    return fleet_database(chosen)


def fleet_ledgers(variables: Variables) -> Path | LedgerDatabase:
    """The folder or the database that holds the ledgers of a fleet's tenants and its own: by
    default the database of the queue, if there is one. Raises ConfigurationError."""
    queue = fleet_place(variables)
    if queue is not None and variables.get("COGNIGY_AUDIT_LOG") is None:
        return queue.as_ledger
    place = ledger_place(variables, default=DEFAULT_LEDGERS)
    if queue is not None and isinstance(place, Path):
        raise ConfigurationError(
            f"COGNIGY_AUDIT_LOG is the path {place}, but the workers of a fleet share a ledger.",
            hint="Unset it, so that the ledgers are in the database that COGNIGY_FLEET names, or "
            "set it to a URL that begins with postgresql://.",
        )
    return place
