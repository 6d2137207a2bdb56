"""The Cognigy API, version 1, as a Tenant: its routes, its shapes, and what a tenant may lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from reconciler.adapters.cognigy.auth import ClientCredentials
from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.transport import Answer, Session
from reconciler.errors import (
    ConfigurationError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    UnsupportedError,
)
from reconciler.model.gate import Measurement, NotMeasured, Reading
from reconciler.model.settings import Limits
from reconciler.model.slot import LiveSlot, SlotContent
from reconciler.model.state import LiveState
from reconciler.ports import Clock

PAGE_SIZE = 100
"""The vendor's listing limit."""
_MODELLED = frozenset({"slotId", "name", "type", "patterns", "fillStrategy", "dependencies"})
_SLOTS = "/api/v1/slots"


class Access(Enum):
    """What a command may do, as the least OAuth scopes that allow it."""

    READ = ("cognigy:bots:read",)
    WRITE = ("cognigy:slots:write", "cognigy:nlp:retrain", "cognigy:bots:read")


@dataclass(frozen=True)
class Credentials:
    """An OAuth client of one tenant, and the HTTP proxy on the way there, if any."""

    origin: str
    client_id: str
    client_secret: str = field(repr=False)
    proxy: str | None = field(default=None, repr=False)


@contextmanager
def connect(
    credentials: Credentials,
    *,
    bot_id: str | None,
    access: Access,
    limits: Limits,
    clock: Clock,
    user_agent: str,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[CognigyTenant]:
    """A tenant to talk to; nothing is sent before its first method is called. Raises
    ConfigurationError.

    `transport` replaces the network, to reach a tenant in the same process.
    """
    session = Session(
        transport=transport or _network(credentials.proxy),
        origin=credentials.origin,
        auth=ClientCredentials(
            origin=credentials.origin,
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            scopes=access.value,
            clock=clock,
        ),
        limiter=Limiter(limit=limits.requests_per_minute, clock=clock),
        clock=clock,
        max_attempts=limits.max_attempts,
        user_agent=user_agent,
    )
    try:
        yield CognigyTenant(session, bot_id=bot_id)
    finally:
        session.close()


def _network(proxy: str | None) -> httpx.HTTPTransport:
    try:
        return httpx.HTTPTransport(proxy=proxy)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The certificates for TLS, or the proxy, cannot be used: {type(error).__name__}.",
            hint="Check SSL_CERT_FILE, SSL_CERT_DIR and HTTPS_PROXY.",
        ) from error


class CognigyTenant:
    """`ports.Tenant` over version 1 of the API."""

    def __init__(self, session: Session, *, bot_id: str | None) -> None:
        self._session = session
        self._bot_id = bot_id
        self._listed: LiveState | None = None
        self._single_get: bool | None = None
        """Whether the tenant has the single GET; None until an answer has shown it."""

    def list_slots(self) -> LiveState:
        """Every live slot, page by page."""
        found: dict[str, LiveSlot] = {}
        offset = 0
        while True:
            page = self._page(offset)
            known = len(found)
            found.update((slot.slot_id, slot) for slot in page)
            if len(page) < PAGE_SIZE:
                self._listed = LiveState(found.values())
                return self._listed
            if len(found) == known:
                raise MalformedResponseError(
                    f"The listing of slots repeats itself at offset {offset}.",
                    hint="The tenant seems to ignore `offset`.",
                )
            offset += len(page)

    def _page(self, offset: int) -> list[LiveSlot]:
        about = "Listing the slots"
        body = self._session.read(
            _SLOTS, about=about, params={"limit": str(PAGE_SIZE), "offset": str(offset)}
        ).body
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list):
            raise MalformedResponseError(
                f"{about}: the tenant answered JSON without a `data` list.",
                hint="Check COGNIGY_TENANT and COGNIGY_BASE_URL.",
            )
        return [parse_slot(each, about=about) for each in data]

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """By the single GET where the tenant has it; a 404 is confirmed by the listing."""
        found = self._read_singly(slot_id)
        if found is not None:
            return found
        listed = self.list_slots().get(slot_id)
        if listed is not None:
            self._single_get = False  # it answered 404 for a slot that is there
        return listed

    def expect_absent(self, slot_id: str) -> LiveSlot | None:
        """Believes the single GET's 404 once that GET has answered 200 for another slot."""
        if self._single_get is None:
            self._prove_single_get(without=slot_id)
        found = self._read_singly(slot_id)
        if found is None and self._single_get is not True:
            return self.list_slots().get(slot_id)
        return found

    def _prove_single_get(self, *, without: str) -> None:
        listed = self._listed if self._listed is not None else self.list_slots()
        witness = next((slot_id for slot_id in listed if slot_id != without), None)
        if witness is not None:
            self.read_slot(witness)

    def _read_singly(self, slot_id: str) -> LiveSlot | None:
        """By the single GET: None on a 404, and wherever its answer is of no use.

        An answer of no use (no such route, a page for every unknown one, another slot) also
        ends the use of that GET, so that a None is certain only while `_single_get` is True.
        """
        if self._single_get is False:
            return None
        about = f"Reading {self._of_bot(slot_id)}"
        try:
            answer = self._session.read(_slot_path(slot_id), about=about)
            slot = parse_slot(answer.body, about=about)
        except NotFoundError:
            return None
        except (UnsupportedError, MalformedResponseError):
            self._single_get = False
            return None
        self._single_get = slot.slot_id == slot_id
        if not self._single_get:
            return None
        return slot.model_copy(update={"etag": _strong_etag(answer.headers.get("ETag"))})

    def put_slot(
        self, slot_id: str, content: SlotContent, *, retrain: bool, replaces: LiveSlot | None
    ) -> None:
        """PUT the whole slot, with If-Match where the slot was read with an ETag.

        An answer that is not the API's leaves open whether the API has seen the request at all.
        """
        etag = replaces.etag if replaces is not None else None
        about = f"Storing {self._of_bot(slot_id)}"
        answer = self._session.write(
            "PUT",
            _slot_path(slot_id),
            about=about,
            json={
                "name": content.name,
                "type": content.type,
                "patterns": list(content.patterns),
                "fillStrategy": content.fill_strategy,
                "dependencies": list(content.dependencies),
                "triggerRetrain": retrain,
            },
            headers={"If-Match": etag} if etag else None,
        )
        if not _acknowledges(answer, slot_id):
            raise OutcomeUnknownError(
                f"{about}: the tenant answered {answer.status}, but with something that is not "
                "the API's.",
                status=answer.status,
            )

    def delete_slot(self, slot_id: str) -> None:
        """DELETE the slot. A 404 is UnsupportedError if the slot is still there."""
        try:
            self._session.write(
                "DELETE", _slot_path(slot_id), about=f"Deleting {self._of_bot(slot_id)}"
            )
        except NotFoundError as error:
            if self.read_slot(slot_id) is not None:
                raise UnsupportedError(
                    f"Deleting {slot_id}: this tenant cannot delete a slot over its API.",
                    hint="Delete it in the console.",
                ) from error

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        """Raises MalformedResponseError for what this API never sent."""
        return parse_slot(raw, about="Reading the ledger")

    def measure(self, slot_id: str, *, time_range: str) -> Reading:
        """The extraction success rate; NotMeasured on a 404, which retraining answers with too.

        Raises MalformedResponseError for a rate that is no fraction.
        """
        about = f"Measuring {self._of_bot(slot_id)}"
        path = (
            f"/api/v1/bots/{_segment(self._bot_id or '')}"
            f"/analytics/slots/{_segment(slot_id)}/extraction"
        )
        try:
            body = self._session.read(
                path, about=about, params={"timeRange": time_range, "metric": "successRate"}
            ).body
        except NotFoundError:
            return NotMeasured(reason="no metrics yet (404)")
        return _parse_measurement(body, about=about)

    def _of_bot(self, slot_id: str) -> str:
        return f"{slot_id} of the bot {self._bot_id or '(none configured)'}"


def parse_slot(body: Any, *, about: str) -> LiveSlot:
    """A slot as the tenant sends it; null, missing and empty lists are the same.

    Raises MalformedResponseError where it is not one.
    """
    if not isinstance(body, Mapping) or not _is_text(body.get("slotId")):
        raise MalformedResponseError(f"{about}: the tenant sent a slot without a `slotId`.")
    try:
        return LiveSlot(
            slot_id=body["slotId"],
            content=SlotContent(
                name=body.get("name"),
                type=body.get("type"),
                patterns=_texts(body.get("patterns")),
                fill_strategy=body.get("fillStrategy"),
                dependencies=_texts(body.get("dependencies")),
            ),
            raw=dict(body),
            unmodelled=tuple(sorted(body.keys() - _MODELLED)),
        )
    except ValidationError as error:
        fields = ", ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
        raise MalformedResponseError(
            f"{about}: the tenant sent {body['slotId']} with fields of another shape: {fields}."
        ) from error


def _is_text(value: Any) -> bool:
    """Whether it is text that can be sent again: JSON may hold half a character, UTF-8 may not."""
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)


def _texts(value: Any) -> Any:
    return () if value is None else tuple(value) if isinstance(value, list) else value


def _parse_measurement(body: Any, *, about: str) -> Measurement:
    if not isinstance(body, Mapping):
        raise MalformedResponseError(f"{about}: the tenant answered JSON that is no object.")
    try:
        return Measurement.model_validate(
            {"success_rate": body.get("successRate"), "sample_count": body.get("sampleCount")}
        )
    except ValidationError as error:
        raise MalformedResponseError(
            f"{about}: `successRate` is {str(body.get('successRate'))[:40]!r} and `sampleCount` "
            f"{str(body.get('sampleCount'))[:40]!r}; the first must be a number from 0 to 1, the "
            "second a whole number or missing."
        ) from error


def _acknowledges(answer: Answer, slot_id: str) -> bool:
    """Whether an answer to a PUT says that it was stored: 204, or JSON that is not another slot."""
    if answer.status == httpx.codes.NO_CONTENT:
        return True
    expected = answer.status in (httpx.codes.OK, httpx.codes.CREATED)
    return (
        expected
        and isinstance(answer.body, Mapping)
        and answer.body.get("slotId", slot_id) == slot_id
    )


def _strong_etag(value: str | None) -> str | None:
    """An ETag that If-Match can be held to: a weak one never matches (RFC 9110, 13.1.1)."""
    if value is None or not value.startswith('"') or not value.isascii() or not value.isprintable():
        return None
    return value


def _slot_path(slot_id: str) -> str:
    return f"{_SLOTS}/{_segment(slot_id)}"


def _segment(text: str) -> str:
    # A segment of dots would climb out of the path.
    return quote(text, safe="").replace(".", "%2E") if set(text) <= {"."} else quote(text, safe="")
