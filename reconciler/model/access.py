"""How a tenant, a webhook and GitHub are reached: addresses, and the secrets that go there.

A secret leaves its SecretStr in the adapter that sends it, and nowhere else: no repr, error or
document shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from reconciler.model.endpoint import Endpoint


@dataclass(frozen=True)
class TenantAccess:
    """An endpoint, our OAuth client there, and the HTTP proxy on the way."""

    endpoint: Endpoint
    client_id: str
    client_secret: SecretStr
    proxy: SecretStr | None = None


@dataclass(frozen=True)
class WebhookAccess:
    """Where events are posted, the key that signs them, and the HTTP proxy on the way."""

    url: SecretStr
    secret: SecretStr | None = None
    proxy: SecretStr | None = None


@dataclass(frozen=True)
class GitHubAccess:
    """One repository on GitHub, our token there, and the HTTP proxy on the way to each address."""

    api_url: str
    graphql_url: str
    token: SecretStr
    owner: str
    name: str
