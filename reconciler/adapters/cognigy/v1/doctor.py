"""An examination of a tenant of version 1: what a plan and an apply will find there. Only reads.

    a token for reading ──> the address, the credentials, the clocks
      └─ the listing ──> the single GET, the metrics of the bot
      └─ a token for each scope that only an apply needs

What cannot be checked because of something before it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import httpx

from reconciler.adapters.cognigy.auth import (
    TOKEN_PATH,
    Authorisation,
    ClientCredentials,
    TokenAlone,
)
from reconciler.adapters.cognigy.entrance import (
    Entrance,
    clock_check,
    limits_of_an_examination,
    rate_check,
)
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.overheard import OverhearingTransport
from reconciler.adapters.cognigy.redaction import KnownSecrets
from reconciler.adapters.cognigy.sessions import network_to, opened
from reconciler.adapters.cognigy.transport import Session
from reconciler.adapters.cognigy.v1.live_slots import NAMES, LiveSlots
from reconciler.adapters.cognigy.v1.tenant import SCOPES
from reconciler.adapters.cognigy.v1.wording import wording
from reconciler.errors import (
    AuthenticationError,
    TenantError,
)
from reconciler.model.access import TenantAccess
from reconciler.model.check import Check, CheckStatus, failed, passed, unchecked, warned
from reconciler.model.project import Project
from reconciler.model.settings import Limits
from reconciler.ports import Clock, Observer, Permission

_DOCUMENTED_RATE = 100
"""Requests a minute."""
_BEHIND_THE_CLIENT = ("scopes", *NAMES)
_USES = {
    "cognigy:bots:read": "reading slots and metrics",
    "cognigy:slots:write": "storing and deleting slots",
    "cognigy:nlp:retrain": "retraining the bot",
}


Sessions = Callable[[Authorisation], Session]
"""A session with these credentials; all of them share one connection and its rate."""


@contextmanager
def connect(
    access: TenantAccess,
    *,
    project: Project,
    clock: Clock,
    observer: Observer,
    user_agent: str,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[TenantExaminer]:
    """An examiner; nothing is sent before it examines. Raises ConfigurationError.

    `transport` replaces the network.
    """
    limits = limits_of_an_examination(project.settings.limits)
    words = wording(access.endpoint.places)
    network = transport or network_to(
        access.endpoint.origin, proxy=access.proxy, wording=words, clock=clock
    )
    overhearing = OverhearingTransport(network, clock=clock)
    limiter = Limiter(limit=limits.requests_per_minute, clock=clock, observer=observer)
    with ExitStack() as opening:

        def session(auth: Authorisation) -> Session:
            return opening.enter_context(
                opened(
                    overhearing,
                    origin=access.endpoint.origin,
                    auth=auth,
                    wording=words,
                    limiter=limiter,
                    max_attempts=limits.max_attempts,
                    clock=clock,
                    observer=observer,
                    user_agent=user_agent,
                )
            )

        yield TenantExaminer(
            session,
            access=access,
            project=project,
            overhearing=overhearing,
            limits=limits,
            clock=clock,
        )


class TenantExaminer:
    """`ports.Examiner` over version 1 of the API."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        access: TenantAccess,
        project: Project,
        overhearing: OverhearingTransport,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._access = access
        self.endpoint = access.endpoint
        self._project = project
        self._overhearing = overhearing
        self._limits = limits
        self._clock = clock

    def _credentials(self, scopes: Sequence[str]) -> ClientCredentials:
        return ClientCredentials(
            endpoint=self.endpoint,
            client_id=self._access.client_id,
            client_secret=self._access.client_secret.get_secret_value(),
            scopes=scopes,
            clock=self._clock,
        )

    def _refusal(self, *scopes: str) -> TenantError | None:
        """Why there is no token for these scopes, or for those that the tenant grants by default;
        None if there is one."""
        session = self._sessions(TokenAlone(self._credentials(scopes)))
        try:
            session.write("POST", TOKEN_PATH, about="Fetching an access token")
        except TenantError as error:
            return error
        return None

    def examine(self) -> Iterator[Check]:
        """A request for each scope, the listing, and at most five more."""
        refusal = self._refusal(*SCOPES[Permission.READ])
        entrance = Entrance(
            origin=self.endpoint.origin,
            api=self._project.api.name,
            wording=wording(self.endpoint.places),
            secrets=KnownSecrets(self._access.client_secret.get_secret_value()),
            heard=self._overhearing.last,
            error=refusal,
        )
        address = entrance.check()
        yield address
        yield from self._admitted(refusal, address=address)
        if entrance.heard is not None:
            last = self._overhearing.last or entrance.heard
            yield clock_check(entrance.heard)
            yield rate_check(
                self._overhearing, last=last, limits=self._limits, documented=_DOCUMENTED_RATE
            )

    def _admitted(self, refusal: TenantError | None, *, address: Check) -> Iterator[Check]:
        """What an address and a client give access to."""
        if address.status is CheckStatus.FAILED:
            because = "the address does not answer as it should"
            yield unchecked("credentials", because)
            yield from (unchecked(name, because) for name in _BEHIND_THE_CLIENT)
            return
        if refusal is None or (
            isinstance(refusal, AuthenticationError) and self._refusal() is None
        ):
            yield passed("credentials", f"The client {self._access.client_id} gets a token.")
        else:
            yield failed("credentials", refusal.message, hint=refusal.hint)
            because = "the credentials do not work"
            yield from (unchecked(name, because) for name in _BEHIND_THE_CLIENT)
            return
        yield from self._scopes(refusal)
        if refusal is None:
            session = self._sessions(self._credentials(SCOPES[Permission.READ]))
            yield from LiveSlots(
                session, project=self._project, bot_id=self.endpoint.bot_id, clock=self._clock
            ).checks()
        else:
            yield from (unchecked(name, "there is no token for it") for name in NAMES)

    def _scopes(self, refusal: TenantError | None) -> Iterator[Check]:
        """Each scope by itself: a tenant may refuse several as a whole if one is missing."""
        for scope in SCOPES[Permission.READ]:
            yield _scope_check(scope, refusal, for_plan=True)
        for scope in SCOPES[Permission.WRITE]:
            if scope not in SCOPES[Permission.READ]:
                yield _scope_check(scope, self._refusal(scope), for_plan=False)


def _scope_check(scope: str, refusal: TenantError | None, *, for_plan: bool) -> Check:
    name, needed = f"scope: {scope}", "plan" if for_plan else "apply"
    if refusal is None:
        return passed(name, f"Granted; `{needed}` needs it for {_USES[scope]}.")
    if not isinstance(refusal, AuthenticationError):
        return warned(name, refusal.message, hint=refusal.hint)
    detail = f"Not granted, but `{needed}` needs it for {_USES[scope]}. {refusal.message}"
    if for_plan:
        return failed(name, detail, hint="Have it granted to this OAuth client.")
    return warned(
        name,
        detail,
        hint="Have it granted to this OAuth client, unless it is only for planning.",
    )
