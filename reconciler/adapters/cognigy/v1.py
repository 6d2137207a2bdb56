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
from reconciler.adapters.cognigy.transport import Session
from reconciler.errors import (
    MalformedResponseError,
    NotFoundError,
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
    """A tenant to talk to; nothing is sent before its first method is called.

    `transport` replaces the network, to reach a tenant in the same process.
    """
    session = Session(
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
        transport=transport or httpx.HTTPTransport(proxy=credentials.proxy),
    )
    try:
        yield CognigyTenant(session, bot_id=bot_id)
    finally:
        session.close()


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
        )
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list):
            raise MalformedResponseError(
                f"{about}: the tenant answered JSON without a `data` list.",
                hint="Check COGNIGY_TENANT and COGNIGY_BASE_URL.",
            )
        return [parse_slot(each, about=about) for each in data]

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """By the single GET where the tenant has it; a 404 is confirmed by the listing."""
        if self._single_get is not False:
            found = self._get_one(slot_id)
            if found is not None:
                return found
        listed = self.list_slots().get(slot_id)
        if listed is not None:
            self._single_get = False
        return listed

    def expect_absent(self, slot_id: str) -> LiveSlot | None:
        """Believes the single GET's 404 once that GET has answered for another slot."""
        if self._single_get is None:
            self._probe(without=slot_id)
        return self._get_one(slot_id) if self._single_get else self.read_slot(slot_id)

    def _probe(self, *, without: str) -> None:
        listed = self._listed if self._listed is not None else self.list_slots()
        witness = next((slot_id for slot_id in listed if slot_id != without), None)
        if witness is not None and self._get_one(witness) is None and self._listed is listed:
            self._single_get = False

    def _get_one(self, slot_id: str) -> LiveSlot | None:
        """None on a 404, and where the tenant has no such route or answers something else."""
        about = f"Reading {slot_id}"
        try:
            response = self._session.read_response(_slot_path(slot_id), about=about)
            slot = parse_slot(self._session.parsed(response, about=about), about=about)
        except NotFoundError:
            return None
        except (UnsupportedError, MalformedResponseError):
            # A page for every unknown route is no slot: the listing has to do.
            self._single_get = False
            return None
        self._single_get = True
        return slot.model_copy(update={"etag": response.headers.get("ETag")})

    def put_slot(
        self, slot_id: str, content: SlotContent, *, retrain: bool, replaces: LiveSlot | None
    ) -> None:
        """PUT the whole slot, with If-Match where the slot was read with an ETag."""
        etag = replaces.etag if replaces is not None else None
        self._session.write(
            "PUT",
            _slot_path(slot_id),
            about=f"Storing {self._of_bot(slot_id)}",
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
            )
        except NotFoundError:
            return NotMeasured(reason="no metrics yet (404)")
        return _parse_measurement(body, about=about)

    def _of_bot(self, slot_id: str) -> str:
        return f"{slot_id} of the bot {self._bot_id or '(none configured)'}"


def parse_slot(body: Any, *, about: str) -> LiveSlot:
    """A slot as the tenant sends it; null, missing and empty lists are the same.

    Raises MalformedResponseError where it is not one.
    """
    if not isinstance(body, Mapping) or not isinstance(body.get("slotId"), str):
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


def _slot_path(slot_id: str) -> str:
    return f"{_SLOTS}/{_segment(slot_id)}"


def _segment(text: str) -> str:
    # A segment of dots would climb out of the path.
    return quote(text, safe="").replace(".", "%2E") if set(text) <= {"."} else quote(text, safe="")
