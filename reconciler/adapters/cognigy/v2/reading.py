"""Reading slot fillers: each on its own, because lists lack what a filler looks for."""

from __future__ import annotations

from reconciler.adapters.cognigy.v2.calls import Calls, Purpose, Right
from reconciler.adapters.cognigy.v2.index import Index, Place
from reconciler.adapters.cognigy.v2.shapes import parse_listed
from reconciler.errors import InconsistentReadError, MalformedResponseError, NotFoundError
from reconciler.model.slot import LiveSlot, UnreadableSlot
from reconciler.model.state import LiveState

_MOST_READINGS = 3


class Reader:
    """The fillers that the index knows."""

    def __init__(self, calls: Calls, *, index: Index) -> None:
        self._calls = calls
        self._index = index
        self._last_read: dict[str, Place] = {}

    def list_all(self) -> LiveState:
        """Every filler of the flows that the files name, and those that were introduced: a list for
        each flow, and a request for each filler.

        What the lists show and is gone or renamed by then is looked for again. Raises
        InconsistentReadError if that never ends.
        """
        read: dict[str, LiveSlot | UnreadableSlot] = {}
        for _ in range(_MOST_READINGS):
            places = self._index.list_all()
            for slot_id, place in places.items():
                if place.filler.id not in read:
                    found = self._listed(slot_id, place)
                    if found is not None:
                        read[place.filler.id] = found
            if all(place.filler.id in read for place in places.values()):
                self._last_read = dict(places)
                slots = [read[place.filler.id] for place in places.values()]
                return LiveState(
                    (each for each in slots if isinstance(each, LiveSlot)),
                    unreadable=(each for each in slots if isinstance(each, UnreadableSlot)),
                )
        raise InconsistentReadError(
            "Listing the slots: some are in the list, but not found.",
            hint="Run the command again later.",
        )

    def last_read(self, slot_id: str) -> Place | None:
        """The very filler that was last read as this slot; None if there was none. A later list may
        have another one of that name, which nobody has compared with anything."""
        return self._last_read.get(slot_id)

    def read(self, slot_id: str) -> LiveSlot | None:
        """The slot, by the id of its filler once that is known; None if the list of its flow, read
        now, does not show it."""
        self._last_read.pop(slot_id, None)
        place = self._index.find(slot_id)
        if place is None:
            return None
        try:
            return self._readable(slot_id, place)
        except NotFoundError:
            place = self._index.find_anew(slot_id)
        if place is None:
            return None
        try:
            return self._readable(slot_id, place)
        except NotFoundError as error:
            raise InconsistentReadError(
                f"Reading {slot_id}: it is in the list of its flow, but not found.",
                hint="Run the command again later.",
            ) from error

    def _readable(self, slot_id: str, place: Place) -> LiveSlot:
        """Raises NotFoundError, and MalformedResponseError for an unreadable one."""
        slot = self._read(slot_id, place)
        if isinstance(slot, UnreadableSlot):
            raise MalformedResponseError(
                f"Reading {slot_id}: it is live with {slot.reason}.",
                hint="Correct it in the console.",
            )
        self._last_read[slot_id] = place
        return slot

    def _listed(self, slot_id: str, place: Place) -> LiveSlot | UnreadableSlot | None:
        """What a list shows, in full; None if it is another one by now."""
        try:
            slot = self._read(slot_id, place)
        except NotFoundError:
            return None
        renamed = isinstance(slot, LiveSlot) and slot.content.name != place.filler.name
        return None if renamed else slot

    def _read(self, slot_id: str, place: Place) -> LiveSlot | UnreadableSlot:
        purpose = Purpose(
            about=f"Reading {slot_id}", right=Right.READ_FLOWS, check=self._calls.check_project
        )
        body = self._calls.get(place.path, purpose=purpose)
        if body.get("_id") != place.filler.id:
            raise MalformedResponseError(
                f"{purpose.about}: the tenant sent {body.get('_id')!r:.60} instead of "
                f"{place.filler.id}."
            )
        return parse_listed(body, slot_id=slot_id, flow=place.flow_named)
