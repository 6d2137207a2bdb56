"""The live slots of two environments, and what the files say for each → what differs, and whether
that is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.errors import PlanningError
from reconciler.model.change import FieldChange
from reconciler.model.content import CanonicalSlot
from reconciler.model.environment import Environment
from reconciler.model.live_difference import (
    FieldDifference,
    Intent,
    LiveDifference,
    SlotDifference,
    UnmanagedSlots,
)
from reconciler.model.rules.plans import UNREADABLE_SLOT
from reconciler.model.slot import canonical
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.diff import changed_fields


@dataclass(frozen=True)
class Side:
    """One of the two environments: what the files say for it, and what is live at `origin`, by the
    keys of the files."""

    environment: Environment
    desired: DesiredState
    live: LiveState
    origin: str

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name

    def require_readable(self) -> None:
        """Raises PlanningError for managed slots that cannot be compared."""
        unreadable = sorted(self.desired.keys() & self.live.unreadable.keys())
        problems = [
            UNREADABLE_SLOT.problem(
                self.desired.where(slot_id),
                message=f"{slot_id} cannot be read: it is live with "
                f"{self.live.unreadable[slot_id].reason}",
                hint="Correct it in the console, or remove its file and leave it unmanaged.",
                slot_id=slot_id,
            )
            for slot_id in unreadable
        ]
        if problems:
            raise PlanningError(f"{self.name} cannot be compared.", problems=problems)

    def is_meant_to_live(self, slot_id: str) -> bool:
        """Whether its file declares the slot as present here."""
        return not self.desired[slot_id].is_absent

    def manages(self, slot_id: str, field: str) -> bool:
        """Whether the files say what the field should be here: for an absent slot, nothing."""
        content = self.desired[slot_id].content
        return content is None or content.as_json()[field] is not None

    def desires(self, slot_id: str) -> CanonicalSlot | None:
        """The slot as the files say it for this environment; None if it should be absent."""
        return self.desired[slot_id].canonical


def live_difference(first: Side, second: Side) -> LiveDifference:
    """What differs from the first to the second. Both have the same slots in their files. Raises
    PlanningError for slots that cannot be compared."""
    first.require_readable()
    second.require_readable()
    pairs = {
        slot_id: (canonical(first.live.get(slot_id)), canonical(second.live.get(slot_id)))
        for slot_id in sorted(first.desired)
    }
    return LiveDifference(
        first=first.name,
        second=second.name,
        slots=tuple(
            _difference(slot_id, first, second) for slot_id, (a, b) in pairs.items() if a != b
        ),
        same=sum(a is not None and a == b for a, b in pairs.values()),
        unmanaged=_unmanaged(first, second),
    )


def _difference(slot_id: str, first: Side, second: Side) -> SlotDifference:
    before, after = canonical(first.live.get(slot_id)), canonical(second.live.get(slot_id))
    named = before or after
    name = (named.name if named else None) or slot_id
    if before is not None and after is not None:
        return SlotDifference(
            slot_id=slot_id,
            name=name,
            fields=tuple(_fields(slot_id, changed_fields(before, after), first, second)),
        )
    here, there = (first, second) if after is None else (second, first)
    is_meant = here.is_meant_to_live(slot_id) and not there.is_meant_to_live(slot_id)
    return SlotDifference(
        slot_id=slot_id,
        name=name,
        only_in=here.name,
        only_in_intent=Intent.MEANT if is_meant else Intent.NOT_MEANT,
    )


def _fields(
    slot_id: str, changes: Iterable[FieldChange], first: Side, second: Side
) -> Iterator[FieldDifference]:
    before, after = first.desires(slot_id), second.desires(slot_id)
    is_meant_in_both = before is not None and after is not None
    meant = changed_fields(before, after) if is_meant_in_both else ()
    for change in changes:
        if not all(side.manages(slot_id, change.field) for side in (first, second)):
            yield FieldDifference(change=change, intent=Intent.UNMANAGED)
        else:
            intent = Intent.MEANT if change in meant else Intent.NOT_MEANT
            yield FieldDifference(change=change, intent=intent)


def _unmanaged(first: Side, second: Side) -> UnmanagedSlots:
    here, there = (set(each) for each in _in_no_file(first, second))
    return UnmanagedSlots(
        only_in={first.name: tuple(sorted(here - there)), second.name: tuple(sorted(there - here))},
        different=tuple(
            slot_id
            for slot_id in sorted(here & there)
            if first.live.get(slot_id) is None
            or second.live.get(slot_id) is None
            or first.live[slot_id].canonical != second.live[slot_id].canonical
        ),
    )


def _in_no_file(first: Side, second: Side) -> Iterator[frozenset[str]]:
    """The live slots of each that no file declares. Two environments of one tenant see each
    other's slots, which are not unmanaged."""
    declared: set[str] = set(first.desired)
    if first.origin == second.origin:
        declared |= {*first.environment.ids.values(), *second.environment.ids.values()}
    for side in (first, second):
        yield side.live.ids - declared
