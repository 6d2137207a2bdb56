"""The tenant and the webhook that the environment names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reconciler import __version__
from reconciler.adapters.cognigy import Access, Credentials, connect
from reconciler.adapters.webhook import SilentNotifier, Webhook
from reconciler.environment.variables import Environment
from reconciler.model.endpoint import Endpoint
from reconciler.model.settings import Settings
from reconciler.ports import Clock, Notifier, Tenant


@dataclass(frozen=True)
class Connection:
    """A tenant, and the endpoint that it and the bot are."""

    tenant: Tenant
    endpoint: Endpoint


@contextmanager
def connected(
    environment: Environment, *, settings: Settings, access: Access, clock: Clock
) -> Iterator[Connection]:
    """Raises ConfigurationError; sends nothing yet."""
    where = environment.tenant_access()
    with connect(
        Credentials(
            origin=where.origin,
            client_id=where.client_id,
            client_secret=where.client_secret,
            proxy=where.proxy,
        ),
        bot_id=where.bot_id,
        access=access,
        limits=settings.limits,
        clock=clock,
        user_agent=f"slot-reconciler/{__version__}",
    ) as tenant:
        yield Connection(tenant=tenant, endpoint=Endpoint(origin=where.origin, bot_id=where.bot_id))


def notifier_for(environment: Environment, *, clock: Clock) -> Notifier:
    """The webhook, or silence. Raises ConfigurationError."""
    configured = environment.webhook()
    if configured is None:
        return SilentNotifier()
    return Webhook(configured.url, secret=configured.secret, proxy=configured.proxy, clock=clock)
