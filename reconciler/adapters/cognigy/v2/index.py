"""Which slot is which slot filler.

A file finds its filler by flow and name, or by the reference id that pins it; a slot that earlier
runs changed, by where the ledger says it was. Any other filler of the flows that the files name
gets an id of its own. Ids of the tenant are never kept beyond a connection, because a restored
snapshot renews them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.v2.calls import Calls, Purpose, Right
from reconciler.adapters.cognigy.v2.directory import Directory, Resource
from reconciler.adapters.cognigy.v2.slot_ids import Undescribed, slot_ids
from reconciler.errors import AmbiguousTenantError, NotFoundError
from reconciler.model.project import Project
from reconciler.model.slot import FillerAddress


@dataclass(frozen=True)
class Place:
    """A slot's filler: its flow, as it is and as the files name it, and its id there."""

    flow: Resource
    flow_named: str
    filler: Resource

    @property
    def path(self) -> str:
        """The path of its requests."""
        return f"{fillers_path(self.flow)}/{segment(self.filler.id)}"


def fillers_path(flow: Resource) -> str:
    """The path of a flow's fillers."""
    return f"/flows/{segment(flow.id)}/slotfillers"


class Index:
    """The slots of one connection, and where each is as far as is known."""

    def __init__(self, project: Project, *, directory: Directory, calls: Calls) -> None:
        self._directory = directory
        self._calls = calls
        self._described = {
            slot.slot_id: slot.address for slot in project.desired.values() if slot.address
        }
        self._required = {slot.slot_id for slot in project.desired.values() if not slot.is_absent}
        """Those whose pin must be live: one that is to be deleted may be gone already."""
        self._introduced: dict[str, FillerAddress] = {}
        self._generated: dict[str, FillerAddress] = {}
        self._places: dict[str, Place] = {}
        flows = [each.flow for each in self._described.values()]
        self._flows = tuple(dict.fromkeys(filter(None, [project.settings.flow, *flows])))

    def introduce(self, slot_id: str, address: FillerAddress) -> None:
        """Learn where a slot is that no file describes."""
        if slot_id not in self._described:
            self._introduced[slot_id] = address

    def address(self, slot_id: str) -> FillerAddress | None:
        """Where the slot is to be found; None if nobody has said so."""
        known = (self._described, self._introduced, self._generated)
        return next((each[slot_id] for each in known if slot_id in each), None)

    def list_all(self) -> Mapping[str, Place]:
        """Every filler of the flows that the files name, by slot id, and of other flows those that
        were introduced. One list for each flow.

        Raises AmbiguousTenantError where two fillers have a name that the files use, or two files
        mean one filler; and NotFoundError for a flow or a pinned filler that is not there.
        """
        named: dict[str, str] = {}
        for each in self._flows:
            named.setdefault(self._directory.flow(each).id, each)
        lists: dict[str, Sequence[Resource]] = {}
        self._places = {}
        owners: dict[str, str] = {}
        for slot_id, address in self._described.items():
            place = self._matched(slot_id, address, lists)
            if place is None:
                self._require_unpinned(slot_id, address)
            else:
                self._places[slot_id] = _claimed(slot_id, place, owners)
        for slot_id, address in self._introduced.items():
            with suppress(AmbiguousTenantError):  # until somebody asks for this very slot
                place = self._matched(slot_id, address, lists)
                # A file goes before the ledger.
                if place is not None and owners.setdefault(place.filler.id, slot_id) == slot_id:
                    self._places[slot_id] = place
        rest = [
            Place(flow=flow, flow_named=spelling, filler=each)
            for flow, spelling in ((self._directory.flow(each), each) for each in named.values())
            for each in self._fillers(flow, lists)
            if each.id not in owners
        ]
        self._generate(rest)
        return dict(self._places)

    def find(self, slot_id: str) -> Place | None:
        """Where the slot was when its id was last seen; otherwise as `find_anew`."""
        return self._places.get(slot_id) or self.find_anew(slot_id)

    def find_anew(self, slot_id: str) -> Place | None:
        """Where the slot is by a list of its flow that is read now; None if it is not there."""
        address = self.address(slot_id)
        if address is None:
            return self.list_all().get(slot_id)
        self._places.pop(slot_id, None)
        place = self._matched(slot_id, address, {})
        if place is not None:
            self._places[slot_id] = place
        return place

    def learn(self, slot_id: str, place: Place) -> None:
        """Know where a slot is that was just created."""
        self._places[slot_id] = place

    def forget(self, slot_id: str) -> None:
        """Look for it anew the next time."""
        self._places.pop(slot_id, None)

    def others_named(self, name: str, place: Place) -> Sequence[Resource]:
        """The other fillers of its flow that have this name, by a list that is read now."""
        fillers = self._fillers(place.flow, {})
        return [each for each in fillers if each.name == name and each.id != place.filler.id]

    def _fillers(self, flow: Resource, lists: dict[str, Sequence[Resource]]) -> Sequence[Resource]:
        """The fillers of a flow: from `lists`, or else read now and put there."""
        if flow.id not in lists:
            purpose = Purpose(
                about=f"Listing the slot fillers of the flow {flow.name}",
                right=Right.READ_FLOWS,
                check=f"The flow had the id {flow.id} when this run began. A snapshot that is "
                "restored renews all ids: run it again.",
            )
            items = self._calls.all(fillers_path(flow), purpose=purpose, of_project=False)
            lists[flow.id] = [Resource.of(item) for item in items]
        return lists[flow.id]

    def _matched(
        self, slot_id: str, address: FillerAddress, lists: dict[str, Sequence[Resource]]
    ) -> Place | None:
        flow = self._directory.find_flow(address.flow)
        if flow is None:
            return None
        pin = address.reference_id
        found = [
            each
            for each in self._fillers(flow, lists)
            if (each.reference_id == pin if pin else each.name == address.name)
        ]
        if len(found) > 1:
            ids = " and ".join(each.reference_id or each.id for each in found)
            raise AmbiguousTenantError(
                f"{slot_id}: the flow {flow.name} has {len(found)} slot fillers called "
                f"{address.name!r}: {ids}.",
                hint="Delete one of them in the console, or pin the one that is meant by its "
                "`reference_id` in the file.",
            )
        return Place(flow=flow, flow_named=address.flow, filler=found[0]) if found else None

    def _require_unpinned(self, slot_id: str, address: FillerAddress) -> None:
        if address.reference_id and slot_id in self._required:
            raise NotFoundError(
                f"{slot_id}: the flow {address.flow} has no slot filler with the reference_id "
                f"{address.reference_id}.",
                hint="Correct it in the file, or remove it there to find the filler by its name.",
            )

    def _generate(self, places: Sequence[Place]) -> None:
        shared = Counter(each.filler.reference_id for each in places)
        pins = {
            each.filler.id: each.filler.reference_id
            for each in places
            if each.filler.reference_id and shared[each.filler.reference_id] == 1
        }
        keys = {pins.get(each.filler.id, each.filler.id): each for each in places}
        ids = slot_ids(
            [
                Undescribed(flow=each.flow.name, name=each.filler.name, key=key)
                for key, each in keys.items()
            ],
            taken={*self._described, *self._introduced},
        )
        self._generated = {}
        for key, slot_id in ids.items():
            place = keys[key]
            self._places[slot_id] = place
            self._generated[slot_id] = FillerAddress(
                flow=place.flow_named,
                name=place.filler.name,
                reference_id=pins.get(place.filler.id),
            )


def _claimed(slot_id: str, place: Place, owners: dict[str, str]) -> Place:
    """The place, which no other file may mean."""
    owner = owners.setdefault(place.filler.id, slot_id)
    if owner != slot_id:
        raise AmbiguousTenantError(
            f"{owner} and {slot_id} are the same slot filler of the flow {place.flow.name}: "
            f"{place.filler.name} ({place.filler.reference_id or place.filler.id}).",
            hint="Remove one of the two files.",
        )
    return place
