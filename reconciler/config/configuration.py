"""The configuration of a command, parsed once from the variables and .env."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

from reconciler.config.access import (
    endpoint_of,
    has_own_access,
    project_access,
    tenant_access,
    webhook_access,
)
from reconciler.config.fleet import fleet_ledgers, fleet_place
from reconciler.config.github import GitHub, github_of
from reconciler.config.ledger import ledger_place, require_within_reach
from reconciler.config.parts import Part, parsed
from reconciler.config.sources import Sources, sources_of
from reconciler.config.variables import Variables, read_variables
from reconciler.model.access import (
    FleetDatabase,
    LedgerDatabase,
    ProjectAccess,
    TenantAccess,
    WebhookAccess,
)
from reconciler.model.endpoint import Endpoint


@dataclass(frozen=True)
class Configuration:
    """The configuration of a command. Calling `required()` on a part may raise
    ConfigurationError."""

    endpoint: Endpoint
    """The tenant's address and the bot, if the variables name them; the origin is "" if they do not
    name a valid one."""
    has_own_access: bool
    """Whether any variable that leads to a tenant is set for this environment alone: in its .env
    file, or with its suffix."""
    tenant: Part[TenantAccess]
    """For version 1 of the API."""
    project: Part[ProjectAccess]
    """For version 2 of the API."""
    names_project: bool
    """Whether the variables name a project of version 2, valid or not."""
    webhook: Part[WebhookAccess | None]
    """None if no webhook is configured."""
    ledger: Part[Path | LedgerDatabase]
    fleet: Part[FleetDatabase | None]
    """Where the queue of a fleet is; None to work on all targets in one process."""
    fleet_ledgers: Part[Path | LedgerDatabase]
    """The folder or the database with the ledgers of a fleet."""
    actor: str
    """Who is running this: the actor of a GitHub workflow, or the user."""
    commit: str | None
    """The commit that a workflow runs for."""
    github: GitHub
    sources: Sources


def read_configuration(environment: str | None = None) -> Configuration:
    """Parse the process's environment, and the project's .env outside GitHub Actions; for one of
    the project's environments, its .env.NAME.

    Raises ConfigurationError if the .env file cannot be read, or names a ledger that it may not
    name. A part that is missing or invalid raises only when it is required.
    """
    variables = read_variables(environment)
    require_within_reach(variables)
    endpoint, problems = endpoint_of(variables)
    ledger = parsed(lambda: ledger_place(variables))
    return Configuration(
        endpoint=endpoint,
        has_own_access=has_own_access(variables),
        tenant=parsed(lambda: tenant_access(variables, endpoint=endpoint, problems=problems)),
        project=parsed(lambda: project_access(variables)),
        names_project=variables.get("COGNIGY_PROJECT_ID") is not None,
        webhook=parsed(lambda: webhook_access(variables)),
        ledger=ledger,
        fleet=parsed(lambda: fleet_place(variables)),
        fleet_ledgers=parsed(lambda: fleet_ledgers(variables)),
        actor=_actor(variables),
        commit=variables.get("GITHUB_SHA"),
        github=github_of(variables),
        sources=sources_of(variables, environment=environment, endpoint=endpoint, ledger=ledger),
    )


def _actor(variables: Variables) -> str:
    try:
        return variables.get("GITHUB_ACTOR") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return "unknown"
