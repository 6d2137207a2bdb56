"""How to reach a tenant, a webhook, a shared ledger and GitHub: addresses, and the secrets to send
there.

A Secret is unwrapped in the adapter that sends it, and nowhere else: no repr, error or document
shows it.
"""

from __future__ import annotations

from enum import Enum

from reconciler.model.base import Frozen
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret


class TenantAccess(Frozen):
    """An endpoint, our OAuth client there, and the HTTP proxy in between."""

    endpoint: Endpoint
    client_id: str
    client_secret: Secret
    proxy: Secret | None = None


class ProjectAccess(Frozen):
    """An endpoint, whose bot is a project of version 2, our API key there, and the HTTP proxy in
    between."""

    endpoint: Endpoint
    api_key: Secret
    proxy: Secret | None = None


class WebhookFormat(str, Enum):
    """Who receives the events: a program of the user's, or a channel of Slack or Teams."""

    RAW = "raw"
    SLACK = "slack"
    TEAMS = "teams"


class WebhookAccess(Frozen):
    """Where events are posted and in which form, the key that signs them, and the HTTP proxy in
    between."""

    url: Secret
    form: WebhookFormat = WebhookFormat.RAW
    secret: Secret | None = None
    proxy: Secret | None = None


class Database(Frozen):
    """A database on PostgreSQL: its URL, which may hold a password, and the secrets in it as they
    are written there and as they are meant.

    `location` is the URL without passwords and options, for messages, and `variable` is what names
    it. `options` are the names of the options that the URL sets.
    """

    url: Secret
    location: str
    variable: str
    secrets: tuple[Secret, ...] = ()
    options: frozenset[str] = frozenset()


class LedgerDatabase(Database):
    """Where a shared ledger is."""


class FleetDatabase(Database):
    """Where the queue of a fleet is, with what its controller and its workers share."""

    @property
    def as_ledger(self) -> LedgerDatabase:
        """The same database, for the ledgers of the fleet."""
        return LedgerDatabase(**dict(self))


class GitHubAccess(Frozen):
    """One repository on GitHub, and our token there."""

    api_url: str
    graphql_url: str
    token: Secret
    owner: str
    name: str
