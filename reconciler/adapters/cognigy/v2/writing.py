"""Writing slot fillers: POST, PATCH and DELETE, none of which the tenant makes conditional."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from reconciler.adapters.cognigy.v2.calls import Calls, Purpose, Right
from reconciler.adapters.cognigy.v2.directory import Directory, Resource
from reconciler.adapters.cognigy.v2.index import Index, Place, fillers_path
from reconciler.adapters.cognigy.v2.reading import Reader
from reconciler.adapters.cognigy.v2.shapes import change, creation, to_send
from reconciler.errors import (
    ConflictError,
    ForeignEditError,
    NotFoundError,
    OutcomeUnknownError,
    RequestRejectedError,
    TenantError,
)
from reconciler.model.content import FillerContent
from reconciler.model.slot import LiveSlot
from reconciler.ports import Clock

_DOUBT_SECONDS = 30.0
"""How long a creation of unknown outcome may take to show."""
_DOUBT_PAUSE_SECONDS = 5.0


class Writer:
    """The writes of one connection. Each is read back, because no answer has to show the filler."""

    def __init__(
        self, calls: Calls, *, index: Index, directory: Directory, reader: Reader, clock: Clock
    ) -> None:
        self._calls = calls
        self._index = index
        self._directory = directory
        self._reader = reader
        self._clock = clock
        self._sent: dict[str, dict[str, Any]] = {}
        """The last value of each field that was sent in a change, by slot id and our name."""
        self._in_doubt: dict[str, float] = {}
        """Until when a creation of unknown outcome may show, by slot id."""

    def create(self, slot_id: str, content: FillerContent) -> LiveSlot:
        """Create it, unless its flow has a filler of that name: ConflictError."""
        try:
            self._create(slot_id, content)
            live = self._read_back(slot_id)
            self._require_alone(slot_id, name=content.name)
        except OutcomeUnknownError:
            self._in_doubt[slot_id] = self._clock.monotonic() + _DOUBT_SECONDS
            self._index.forget(slot_id)
            raise
        return live

    def require_ours(self, live: LiveSlot) -> None:
        """After a creation of unknown outcome: raises ForeignEditError if someone else created this
        slot, and AmbiguousTenantError if ours shows next to it while that is awaited."""
        slot_id, creator = live.slot_id, live.raw.get("createdBy")
        if slot_id not in self._in_doubt or creator is None:
            return
        if self._directory.own_user_id in (None, creator):
            return
        while self._may_still_show(slot_id):
            self._index.find_anew(slot_id)
        raise ForeignEditError(
            f"The answer to the creation of {slot_id} was lost, and the one that is live, "
            f"{live.raw.get('_id')}, was created by someone else.",
            hint="Find out who created it, then plan again.",
        )

    def change(self, slot_id: str, content: FillerContent, *, replaces: LiveSlot) -> LiveSlot:
        """Change the fields in which it differs from `replaces`."""
        self._change(slot_id, content, replaces=replaces)
        return self._read_back(slot_id)

    def delete(self, slot_id: str) -> None:
        """Delete the filler that was read last. Nodes that hold its id are not looked for."""
        about = f"Deleting {slot_id}"
        place = self._as_read(slot_id, about=about)
        self._calls.send(
            "DELETE", place.path, purpose=Purpose(about=about, right=Right.UPDATE_FLOWS)
        )

    def _create(self, slot_id: str, content: FillerContent) -> None:
        about = f"Creating {slot_id} in the flow {content.flow}"
        flow = self._directory.flow(content.flow)
        self._require_absent(slot_id, about=about)
        address = self._index.address(slot_id)
        if address and address.reference_id:
            raise RequestRejectedError(
                f"{about}: the tenant chooses the reference id of a new slot filler, so it cannot "
                f"be {address.reference_id}.",
                hint="Remove `reference_id` from the file.",
            )
        answer = self._calls.send(
            "POST",
            fillers_path(flow),
            purpose=Purpose(about=about, right=Right.UPDATE_FLOWS),
            json=creation(content),
        )
        body = answer.body if isinstance(answer.body, Mapping) else {}
        if isinstance(body.get("_id"), str):
            filler = Resource.of({**body, "name": content.name})
            self._index.learn(slot_id, Place(flow=flow, flow_named=content.flow, filler=filler))

    def _require_absent(self, slot_id: str, *, about: str) -> None:
        """By name, because the tenant may take a second filler of one name. A creation of unknown
        outcome may yet show, so it gets its time."""
        while True:
            place = self._index.find_anew(slot_id)
            if place is not None:
                raise ConflictError(
                    f"{about}: there is one of that name by now, {place.filler.id}.",
                    hint="Plan again, and review the difference.",
                )
            if not self._may_still_show(slot_id):
                return

    def _may_still_show(self, slot_id: str) -> bool:
        """Whether a creation of unknown outcome has time left to show; some of it passes here."""
        remaining = self._in_doubt.get(slot_id, -math.inf) - self._clock.monotonic()
        if remaining <= 0:
            return False
        self._clock.sleep(min(remaining, _DOUBT_PAUSE_SECONDS))
        return True

    def _require_alone(self, slot_id: str, *, name: str) -> None:
        """Raises OutcomeUnknownError where the tenant has taken two fillers of one name."""
        place = self._index.find(slot_id)
        others: Sequence[Resource] = ()
        with suppress(TenantError):  # it is created, whether the list can be read or not
            others = self._index.others_named(name, place) if place else ()
        if others:
            raise OutcomeUnknownError(
                f"{slot_id} was created, but its flow has another filler of that name by now: "
                f"{others[0].id}.",
                status=None,
            )

    def _change(self, slot_id: str, content: FillerContent, *, replaces: LiveSlot) -> None:
        about = f"Changing {slot_id} in the flow {content.flow}"
        place = self._as_read(slot_id, about=about)
        former = replaces.content
        if not isinstance(former, FillerContent) or former.type != content.type:
            raise RequestRejectedError(
                f"{about}: its type is {former.type}, and cannot become {content.type}.",
                hint="Give the new slot filler a name of its own, and delete the former one.",
            )
        if content.name != former.name and self._index.others_named(content.name, place):
            raise RequestRejectedError(
                f"{about}: the flow has another slot filler called {content.name!r}.",
                hint="Choose another name.",
            )
        sent = self._sent.setdefault(slot_id, {})
        fields = to_send(content, replaces=former, sent=sent)
        sent.update(fields)
        purpose = Purpose(about=about, right=Right.UPDATE_FLOWS)
        try:
            self._calls.send("PATCH", place.path, purpose=purpose, json=change(fields))
        except NotFoundError:
            self._index.forget(slot_id)
            raise

    def _as_read(self, slot_id: str, *, about: str) -> Place:
        """The filler that was read last, under whatever id. Raises ConflictError where there was
        none: one that shows by now may be someone else's, and only its content tells."""
        place = self._reader.last_read(slot_id)
        if place is not None:
            return place
        place = self._index.find_anew(slot_id)
        if place is None:
            raise NotFoundError(f"{about}: the flow has no such slot filler.")
        raise ConflictError(
            f"{about}: there was none when it was read, and there is one by now, "
            f"{place.filler.id}.",
            hint="Plan again, and review the difference.",
        )

    def _read_back(self, slot_id: str) -> LiveSlot:
        try:
            live = self._reader.read(slot_id)
        except TenantError as error:
            raise OutcomeUnknownError(
                f"{slot_id} was accepted, but reading it back failed: {error.message}",
                status=None,
                hint=error.hint,
            ) from error
        if live is None:
            raise OutcomeUnknownError(
                f"{slot_id} was accepted, but is not there when it is read back.", status=None
            )
        return live
