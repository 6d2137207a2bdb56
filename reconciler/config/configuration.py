"""All that the variables and .env say, parsed once for a command."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

from reconciler.config.access import endpoint_of, tenant_access, webhook_access
from reconciler.config.github import GitHub, github_of
from reconciler.config.ledger import ledger_path, require_within_reach
from reconciler.config.parts import Part, parsed
from reconciler.config.variables import Variables, read_variables
from reconciler.model.access import TenantAccess, WebhookAccess
from reconciler.model.endpoint import Endpoint


@dataclass(frozen=True)
class Configuration:
    """The configuration of a command. `required()` of a part raises ConfigurationError."""

    endpoint: Endpoint
    """The tenant and the bot, as far as the variables name them: the origin is "" where they name
    none that can be used."""
    tenant: Part[TenantAccess]
    webhook: Part[WebhookAccess | None]
    """None where events go nowhere."""
    ledger: Part[Path]
    actor: str
    """Who runs this: the actor of a GitHub workflow, or the user."""
    commit: str | None
    """The commit that a workflow runs for."""
    github: GitHub


def read_configuration() -> Configuration:
    """Parse the real environment, and ./.env where it may be read.

    Raises ConfigurationError for a .env file that cannot be read, or that names a ledger out of its
    reach; a part that is missing or bad says so when it is required.
    """
    variables = read_variables()
    require_within_reach(variables)
    endpoint, problems = endpoint_of(variables)
    return Configuration(
        endpoint=endpoint,
        tenant=parsed(lambda: tenant_access(variables, endpoint=endpoint, problems=problems)),
        webhook=parsed(lambda: webhook_access(variables)),
        ledger=parsed(lambda: ledger_path(variables)),
        actor=_actor(variables),
        commit=variables.get("GITHUB_SHA"),
        github=github_of(variables),
    )


def _actor(variables: Variables) -> str:
    try:
        return variables.get("GITHUB_ACTOR") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return "unknown"
