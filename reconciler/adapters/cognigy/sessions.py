"""A session from its parts, which is closed in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from reconciler.adapters.cognigy.auth import Authorisation
from reconciler.adapters.cognigy.failures import Wording
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.transport import ANSWER_SECONDS, Session
from reconciler.adapters.http import network
from reconciler.model.secret import Secret
from reconciler.ports import UNSHARED, Clock, Lease, Observer


def network_to(
    origin: str, *, proxy: Secret | None, wording: Wording, clock: Clock
) -> httpx.BaseTransport:
    """The network to a tenant, through this proxy if there is one. Raises ConfigurationError."""
    return network(
        origin, proxy=proxy, address=wording.any_address, seconds=ANSWER_SECONDS, clock=clock
    )


@contextmanager
def opened(
    transport: httpx.BaseTransport,
    *,
    origin: str,
    auth: Authorisation,
    wording: Wording,
    limiter: Limiter,
    max_attempts: int,
    clock: Clock,
    observer: Observer,
    user_agent: str,
    lease: Lease = UNSHARED,
) -> Iterator[Session]:
    """A session, which writes only while the lease lives; nothing is sent yet. Sessions with one
    limiter share its places, which the lease's next holder inherits."""
    session = Session(
        transport=transport,
        origin=origin,
        auth=auth,
        wording=wording,
        limiter=limiter,
        clock=clock,
        observer=observer,
        max_attempts=max_attempts,
        user_agent=user_agent,
        lease=lease,
    )
    try:
        yield session
    finally:
        session.close()
        if lease is not UNSHARED:
            lease.hand_over(limiter.hand_over())
