"""Which slot is which slot filler.

A file finds its filler by flow and name, or by the reference id that pins it; a slot that earlier
runs changed, by where the ledger says it was. Any other filler of the flows that the files name
gets an id of its own. Ids of the tenant are never kept beyond a connection, because a restored
snapshot renews them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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

        Raises AmbiguousTenantError where two fillers have a name that the files use, or two slots
        share a filler; and NotFoundError for a flow or a pinned filler that is not there.
        """
        named: dict[str, str] = {}
        for each in self._flows:
            named.setdefault(self._directory.flow(each).id, each)
        addressed = {**self._introduced, **self._described}
        flows = {
            flow.id: flow
            for address in (*self._flows, *(each.flow for each in addressed.values()))
            if (flow := self._directory.find_flow(address))
        }
        fillers = {flow_id: self._fillers(flow) for flow_id, flow in flows.items()}
        self._places = {}
        owners: dict[str, str] = {}
        for slot_id in (*self._described, *self._introduced):
            flow = self._directory.find_flow(addressed[slot_id].flow)
            place = self._matched(slot_id, flow, fillers[flow.id]) if flow else None
            if place is None:
                self._require_unpinned(slot_id)
            elif self._is_first(slot_id, place, owners):
                self._places[slot_id] = place
        rest = [
            Place(flow=flows[flow_id], flow_named=spelling, filler=each)
            for flow_id, spelling in named.items()
            for each in fillers[flow_id]
            if each.id not in owners
        ]
        self._generate(rest, taken=addressed)
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
        flow = self._directory.find_flow(address.flow)
        place = self._matched(slot_id, flow, self._fillers(flow)) if flow else None
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
        fillers = self._fillers(place.flow)
        return [each for each in fillers if each.name == name and each.id != place.filler.id]

    def _fillers(self, flow: Resource) -> Sequence[Resource]:
        purpose = Purpose(
            about=f"Listing the slot fillers of the flow {flow.name}",
            right=Right.READ_FLOWS,
            check=f"The flow had the id {flow.id} when this run began. A snapshot that is restored "
            "renews all ids: run it again.",
        )
        items = self._calls.all(fillers_path(flow), purpose=purpose, of_project=False)
        return [Resource.of(item) for item in items]

    def _matched(self, slot_id: str, flow: Resource, fillers: Iterable[Resource]) -> Place | None:
        address = self.address(slot_id)
        if address is None:
            return None
        pin = address.reference_id
        found = [
            each
            for each in fillers
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
        if not found:
            return None
        return Place(flow=flow, flow_named=address.flow, filler=found[0])

    def _require_unpinned(self, slot_id: str) -> None:
        address = self._described.get(slot_id)
        if address and address.reference_id and slot_id in self._required:
            raise NotFoundError(
                f"{slot_id}: the flow {address.flow} has no slot filler with the reference_id "
                f"{address.reference_id}.",
                hint="Correct it in the file, or remove it there to find the filler by its name.",
            )

    def _is_first(self, slot_id: str, place: Place, owners: dict[str, str]) -> bool:
        """Whether no other slot has this filler. A file goes before the ledger."""
        owner = owners.setdefault(place.filler.id, slot_id)
        if owner != slot_id and slot_id in self._described:
            raise AmbiguousTenantError(
                f"{owner} and {slot_id} are the same slot filler of the flow {place.flow.name}: "
                f"{place.filler.name} ({place.filler.reference_id or place.filler.id}).",
                hint="Remove one of the two files.",
            )
        return owner == slot_id

    def _generate(self, places: Sequence[Place], *, taken: Mapping[str, FillerAddress]) -> None:
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
            taken=taken,
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
