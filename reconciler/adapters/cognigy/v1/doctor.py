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
    guarded,
    limits_of_an_examination,
    rate_check,
)
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.overheard import OverhearingTransport
from reconciler.adapters.cognigy.sessions import network_to, opened
from reconciler.adapters.cognigy.transport import Session
from reconciler.adapters.cognigy.v1.shapes import strong_etag
from reconciler.adapters.cognigy.v1.tenant import SCOPES, CognigyTenant, slot_path
from reconciler.adapters.cognigy.v1.wording import WORDING
from reconciler.errors import (
    AuthenticationError,
    NotFoundError,
    TenantError,
    UnsupportedError,
)
from reconciler.model.access import TenantAccess
from reconciler.model.check import Check, CheckStatus, failed, passed, unchecked, warned
from reconciler.model.gate import NotMeasured
from reconciler.model.listed import listed
from reconciler.model.project import Project
from reconciler.model.settings import Limits
from reconciler.model.state import LiveState
from reconciler.ports import Clock, Observer, Permission

_DOCUMENTED_RATE = 100
"""Requests a minute."""
_OF_THE_SLOTS = ("listing", "single GET", "bot")
_BEHIND_THE_CLIENT = ("scopes", *_OF_THE_SLOTS)
_MEASURED_SLOTS = 3
"""Any slot may have no metrics; if none of these has, the bot is doubtful."""
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
    network = transport or network_to(access.proxy, wording=WORDING, clock=clock)
    overhearing = OverhearingTransport(network, clock=clock)
    limiter = Limiter(limit=limits.requests_per_minute, clock=clock, observer=observer)
    with ExitStack() as opening:

        def session(auth: Authorisation) -> Session:
            return opening.enter_context(
                opened(
                    overhearing,
                    origin=access.endpoint.origin,
                    auth=auth,
                    wording=WORDING,
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
        self._reading = sessions(self._credentials(SCOPES[Permission.READ]))
        self._tenant = CognigyTenant(self._reading, bot_id=access.endpoint.bot_id, clock=clock)

    def _credentials(self, scopes: Sequence[str]) -> ClientCredentials:
        return ClientCredentials(
            origin=self.endpoint.origin,
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
            wording=WORDING,
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
            yield from self._slots()
        else:
            yield from (unchecked(name, "there is no token for it") for name in _OF_THE_SLOTS)

    def _scopes(self, refusal: TenantError | None) -> Iterator[Check]:
        """Each scope by itself: a tenant may refuse several as a whole if one is missing."""
        for scope in SCOPES[Permission.READ]:
            yield _scope_check(scope, refusal, for_plan=True)
        for scope in SCOPES[Permission.WRITE]:
            if scope not in SCOPES[Permission.READ]:
                yield _scope_check(scope, self._refusal(scope), for_plan=False)

    def _slots(self) -> Iterator[Check]:
        try:
            live = self._tenant.list_slots()
        except TenantError as error:
            yield failed("listing", error.message, hint=error.hint)
            names = ("single GET", "bot")
            yield from (unchecked(name, "the slots cannot be listed") for name in names)
            return
        yield _listing_check(live)
        slot_ids = [*(each for each in self._project.desired if each in live), *live]
        if not slot_ids:
            names = ("single GET", "bot")
            yield from (unchecked(name, "no slot is live") for name in names)
            return
        yield from guarded("single GET", lambda: self._single_get(slot_ids[0]))
        sample = list(dict.fromkeys(slot_ids))[:_MEASURED_SLOTS]
        yield from guarded("bot", lambda: self._metrics(sample))

    def _single_get(self, slot_id: str) -> Iterator[Check]:
        try:
            answer = self._reading.read(slot_path(slot_id), about=f"Reading {slot_id}")
        except (NotFoundError, UnsupportedError):
            yield warned(
                "single GET",
                "The tenant has no GET for a single slot, so the listing is read instead.",
                hint="An edit in the console between that read and a write is overwritten.",
            )
            return
        if strong_etag(answer.headers.get("ETag")) is not None:
            yield passed("single GET", "Answers with an ETag, so no edit comes before a write.")
            return
        yield warned(
            "single GET",
            "Answers, but without an ETag.",
            hint="An edit in the console between that read and a write is overwritten.",
        )

    def _metrics(self, slot_ids: Sequence[str]) -> Iterator[Check]:
        bot_id = self.endpoint.bot_id
        if not bot_id:
            yield warned(
                "bot",
                "COGNIGY_BOT_ID is not set, so no gate can judge a change.",
                hint="Set it to the bot whose metrics judge the changes, or apply with --no-gate.",
            )
            return
        gate = self._project.settings.gate
        for slot_id in slot_ids:
            if not isinstance(self._tenant.measure(gate.metric_of(slot_id)), NotMeasured):
                yield passed("bot", f"{bot_id} has metrics, for example of {slot_id}.")
                return
        yield warned(
            "bot",
            f"{bot_id} has no metrics of {listed(slot_ids)}: there was no traffic, it is being "
            "trained, or there is no such bot.",
            hint="Check COGNIGY_BOT_ID.",
        )


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


def _listing_check(live: LiveState) -> Check:
    total = f"Live slots: {len(live.ids) + live.unnamed}"
    if not live.unreadable and not live.unnamed:
        return passed("listing", f"{total}.")
    names = listed([*sorted(live.unreadable), *["one without an id"] * live.unnamed])
    return warned(
        "listing",
        f"{total}. Those that cannot be read: {names}.",
        hint="They are left alone. Correct them in the console if they are to be managed.",
    )
