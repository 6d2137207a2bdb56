"""Version 1 of the Cognigy API as a Tenant: its routes, and what a tenant may lack."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx

from reconciler.adapters.cognigy.auth import ClientCredentials
from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.cognigy.sessions import connected, network_to
from reconciler.adapters.cognigy.transport import Session
from reconciler.adapters.cognigy.v1.listing import PAGE_SIZE, Entry, Listing
from reconciler.adapters.cognigy.v1.shapes import (
    parse_listed,
    parse_measurement,
    parse_slot,
    precondition,
    put_body,
    require_acknowledged,
    stored_slot,
    strong_etag,
)
from reconciler.adapters.cognigy.v1.wording import wording
from reconciler.errors import (
    InconsistentReadError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    RetrainingFailedError,
    UnsupportedError,
)
from reconciler.model.access import TenantAccess
from reconciler.model.content import SlotContent
from reconciler.model.gate import Metric, NotMeasured, PlaybookSuite, Reading
from reconciler.model.settings import Limits
from reconciler.model.slot import LiveSlot
from reconciler.model.state import LiveState
from reconciler.ports import UNSHARED, Clock, Lease, Observer, Permission, Sighting

_SLOTS = "/api/v1/slots"


SCOPES = {
    Permission.READ: ("cognigy:bots:read",),
    Permission.WRITE: ("cognigy:slots:write", "cognigy:nlp:retrain", "cognigy:bots:read"),
}
"""The fewest OAuth scopes that suffice."""
_UNTRAINABLE = httpx.codes.INTERNAL_SERVER_ERROR
"""The vendor's status for patterns that cannot be trained; 502 to 504 come from a proxy."""


@contextmanager
def connect(
    access: TenantAccess,
    *,
    permission: Permission,
    limits: Limits,
    clock: Clock,
    observer: Observer,
    user_agent: str,
    lease: Lease = UNSHARED,
    rates: Rates | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[CognigyTenant]:
    """A tenant to talk to, and to write to while the lease lives; nothing is sent before its first
    method is called. Raises ConfigurationError.

    `rates` lets it share the origin's places with other connections of this process. `transport`
    replaces the network, to reach a tenant in the same process.
    """
    words = wording(access.endpoint.places)
    with connected(
        transport
        or network_to(access.endpoint.origin, proxy=access.proxy, wording=words, clock=clock),
        origin=access.endpoint.origin,
        auth=ClientCredentials(
            endpoint=access.endpoint,
            client_id=access.client_id,
            client_secret=access.client_secret.get_secret_value(),
            scopes=SCOPES[permission],
            clock=clock,
        ),
        wording=words,
        limits=limits,
        rates=rates,
        clock=clock,
        observer=observer,
        user_agent=user_agent,
        lease=lease,
    ) as session:
        yield CognigyTenant(session, bot_id=access.endpoint.bot_id, clock=clock)


class CognigyTenant:
    """`ports.Tenant` over version 1 of the API."""

    trains_with_writes = True

    def __init__(self, session: Session, *, bot_id: str | None, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._bot_id = bot_id
        self._listed = LiveState()
        self._pages = 1
        """How many requests the listing takes as far as is known, not counting the look past it."""
        self._single_get: bool | None = None
        """Whether the tenant has the single GET; None until an answer shows it."""
        self._has_etags: bool | None = None
        """Whether the single GET brings a usable ETag; None until an answer shows it."""

    def list_slots(self) -> LiveState:
        """Every live slot, page by page, with a look past the last page."""
        self._list(sought=None)
        return self._listed

    def _list(self, *, sought: Collection[str] | None) -> None:
        listing = Listing.read(self._page, sought=sought)
        self._listed, self._pages = listing.live, listing.pages

    def _page(self, offset: int) -> list[Entry]:
        about = "Listing the slots"
        body = self._session.read(
            _SLOTS, about=about, params={"limit": str(PAGE_SIZE), "offset": str(offset)}
        ).body
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list):
            raise MalformedResponseError(
                f"{about}: the tenant answered JSON without a `data` list.",
                hint=f"Check {self._session.wording.places.origin}.",
            )
        return [parse_listed(each) for each in data]

    def _in_listing(self, slot_id: str) -> LiveSlot | None:
        """From the last listing. Raises MalformedResponseError if the slot is unreadable."""
        unreadable = self._listed.unreadable.get(slot_id)
        if unreadable is not None:
            raise MalformedResponseError(
                f"Reading {self._of_bot(slot_id)}: it is live with {unreadable.reason}.",
                hint="Correct it in the console.",
            )
        return self._listed.get(slot_id)

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """By the single GET if the tenant has it; a 404 is confirmed by the listing."""
        found = self._read_singly(slot_id)
        if found is not None:
            return found
        self._list(sought=[slot_id])
        listed = self._in_listing(slot_id)
        if listed is not None and self._has_etags:
            return self._read_again(slot_id)
        if listed is not None:
            self._single_get = False  # it answered 404 for a slot that is there
        return listed

    def _read_again(self, slot_id: str) -> LiveSlot:
        """A slot that appeared after its single GET answered 404. It is read with its ETag, because
        a write after the listing alone would be unconditional."""
        found = self._read_singly(slot_id)
        if found is None:
            raise InconsistentReadError(
                f"Reading {self._of_bot(slot_id)}: it is in the listing, but not found.",
                hint="Run the command again later.",
            )
        return found

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        """By the single GET if it brings an ETag, or costs no more than the listing."""
        first = slot_ids[0]
        if first in expected_absent and self._single_get is None:
            self._prove_single_get(without=first)
        listable = [each for each in slot_ids if not self._has_etags or each in expected_absent]
        # Only slots that were not found have to be looked for past the last page.
        pages = self._pages + bool(set(listable) & set(expected_absent))
        whole_listing = first in listable and self._listing_is_cheaper(pages, slots=len(listable))
        self._session.await_room((pages if whole_listing else 1) + 1)
        at = self._clock.monotonic()
        if whole_listing:
            self._list(sought=listable)
        else:
            found = (
                self._expect_absent(first) if first in expected_absent else self.read_slot(first)
            )
            if self._single_get is not False:
                return Sighting(at=at, slots={first: found})
            # The single GET cannot be used, so the listing was read instead, up to the first slot.
            listable = [each for each in listable if each == first or each in self._listed]
        return Sighting(at=at, slots={each: self._in_listing(each) for each in listable})

    def await_turn(self) -> None:
        """Wait for a place in the rate limit's window."""
        self._session.await_room(1)

    def _listing_is_cheaper(self, pages: int, *, slots: int) -> bool:
        if self._single_get is False:
            return True  # each slot would be read from the listing anyway
        return self._has_etags is not None and 1 < slots >= pages

    def _expect_absent(self, slot_id: str) -> LiveSlot | None:
        """Believe the single GET's 404 once that GET has answered 200 for another slot."""
        try:
            found = self._read_singly(slot_id)
            is_certain = found is not None or self._single_get is True
        except (UnsupportedError, MalformedResponseError):
            is_certain = False
        if is_certain:
            return found
        self._list(sought=[slot_id])
        return self._in_listing(slot_id)

    def _prove_single_get(self, *, without: str) -> None:
        listed = self._listed or self.list_slots()
        witness = next((slot_id for slot_id in listed if slot_id != without), None)
        if witness is not None:
            self.read_slot(witness)

    def _read_singly(self, slot_id: str) -> LiveSlot | None:
        """By the single GET: None on a 404, or if the answer is unusable.

        After an unusable answer (no such route, a page for every unknown route, another slot) that
        GET is not used again, so None means absence only while `_single_get` is True. If it has
        shown ETags, such an answer is raised instead, because a write after another kind of read
        would be unconditional.
        """
        if self._single_get is False:
            return None
        about = f"Reading {self._of_bot(slot_id)}"
        try:
            answer = self._session.read(slot_path(slot_id), about=about)
            slot = parse_slot(answer.body, about=about)
            if slot.slot_id != slot_id:
                raise MalformedResponseError(f"{about}: the tenant sent {slot.slot_id}.")
        except NotFoundError:
            return None
        except (UnsupportedError, MalformedResponseError):
            if self._has_etags:
                raise
            self._single_get = False
            return None
        self._single_get = True
        etag = strong_etag(answer.headers.get("ETag"))
        self._has_etags = self._has_etags or etag is not None
        return replace(slot, revision=etag)

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot | None:
        """PUT the whole slot: with If-Match if it was read with an ETag, and with If-None-Match if
        it was absent and the tenant has ETags.

        An answer that is not the API's does not show whether the API has seen the request.
        """
        about = f"Storing {self._of_bot(slot_id)}"
        try:
            answer = self._session.write(
                "PUT",
                slot_path(slot_id),
                about=about,
                json=put_body(content, train=train),
                headers=precondition(replaces, has_etags=self._has_etags is True),
            )
        except OutcomeUnknownError as error:
            if train and error.status == _UNTRAINABLE:
                raise RetrainingFailedError(error.message, hint=error.hint) from error
            raise
        require_acknowledged(answer, slot_id, about=about)
        return stored_slot(answer, sent=content, about=about)

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        """PUT the slot again unchanged: this API trains only with a write."""
        return self.store(stored.slot_id, stored.content, train=True, replaces=stored)

    def delete(self, slot_id: str) -> None:
        """DELETE the slot. A 404 may also mean that the tenant lacks the route."""
        about = f"Deleting {self._of_bot(slot_id)}"
        answer = self._session.write("DELETE", slot_path(slot_id), about=about)
        require_acknowledged(answer, slot_id, about=about)

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        """Raises MalformedResponseError for a slot that this API cannot have sent."""
        return parse_slot(raw, about="Reading the ledger")

    def reason_unmeasurable(self, _metric: Metric) -> str:
        """Every slot has a metric here."""
        return ""

    def doubt(self, _content: SlotContent) -> str:
        """A slot depends on nothing else here."""
        return ""

    def introduce(self, slot_id: str, content: SlotContent) -> None:
        """A slot's id alone says where it is."""

    def take_snapshot(self, name: str, *, description: str, until: float) -> None:  # noqa: ARG002
        """Raises UnsupportedError."""
        raise UnsupportedError("Version 1 of the API has no snapshots.")

    def people(self, _user_ids: Collection[str]) -> Mapping[str, str]:
        """This API does not say who changed a slot."""
        return {}

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The extraction success rate; NotMeasured on a 404, the answer while training too.

        Raises MalformedResponseError if the rate is not a fraction, and UnsupportedError for a
        metric of another API.
        """
        if isinstance(metric, PlaybookSuite):
            raise UnsupportedError("Version 1 of the API has no playbooks.")
        about = f"Measuring {self._of_bot(metric.subject)}"
        path = (
            f"/api/v1/bots/{segment(self._bot_id or '')}"
            f"/analytics/slots/{segment(metric.subject)}/extraction"
        )
        try:
            body = self._session.read(
                path,
                about=about,
                params={"timeRange": metric.time_range, "metric": "successRate"},
                until=until,
            ).body
        except NotFoundError:
            return NotMeasured(reason="no metrics yet (404)")
        return parse_measurement(body, about=about)

    def _of_bot(self, slot_id: str) -> str:
        return f"{slot_id} of the bot {self._bot_id or '(none configured)'}"


def slot_path(slot_id: str) -> str:
    """The path of a slot's requests."""
    return f"{_SLOTS}/{segment(slot_id)}"
