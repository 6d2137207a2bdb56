"""A session from its parts, which is closed in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from reconciler.adapters.cognigy.auth import Authorisation
from reconciler.adapters.cognigy.failures import Wording
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.cognigy.transport import ANSWER_SECONDS, Session
from reconciler.adapters.http import network
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits
from reconciler.ports import UNSHARED, Clock, Lease, Observer


def network_to(
    origin: str, *, proxy: Secret | None, wording: Wording, clock: Clock
) -> httpx.BaseTransport:
    """The network to a tenant, through this proxy if there is one. Raises ConfigurationError."""
    return network(
        origin, proxy=proxy, address=wording.places.origin, seconds=ANSWER_SECONDS, clock=clock
    )


@contextmanager
def connected(
    transport: httpx.BaseTransport,
    *,
    origin: str,
    auth: Authorisation,
    wording: Wording,
    limits: Limits,
    rates: Rates | None,
    clock: Clock,
    observer: Observer,
    user_agent: str,
    lease: Lease,
) -> Iterator[Session]:
    """A session with a limiter of its own, which takes part in the origin's window if `rates` are
    shared; see `opened`."""
    with (
        (rates or Rates()).limiter(
            origin,
            limit=limits.requests_per_minute,
            clock=clock,
            observer=observer,
            inherited=lease.inherited,
        ) as limiter,
        opened(
            transport,
            origin=origin,
            auth=auth,
            wording=wording,
            limiter=limiter,
            max_attempts=limits.max_attempts,
            clock=clock,
            observer=observer,
            user_agent=user_agent,
            lease=lease,
        ) as session,
    ):
        yield session


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
