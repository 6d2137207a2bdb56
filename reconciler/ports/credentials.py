"""The credentials of many tenants, by name."""

from __future__ import annotations

from typing import Protocol

from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.api import Api
from reconciler.model.environment import Expectation


class Credentials(Protocol):
    """Credentials that lie where a tenant is reached from. Any thread may ask for them."""

    def access(self, name: str, *, api: Api, expected: Expectation) -> TenantAccess | ProjectAccess:
        """Access to the tenant or project that the credentials with this name lead to, as they are
        now: read again each time, so that a new secret needs no restart.

        The bot is the expected one if the credentials do not name one. Raises ConfigurationError if
        there are none or they cannot be used, and Refusal if they lead elsewhere than expected.
        """
        ...
