"""State: an immutable map from slot id to slot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, KeysView, Mapping, ValuesView
from functools import cached_property
from typing import Protocol, TypeVar

from reconciler.model.base import sha256_of
from reconciler.model.problem import NOWHERE, Source
from reconciler.model.slot import DesiredSlot, LiveSlot, UnreadableSlot

Path = tuple["str | int", ...]
"""A place within a slot's document: `("patterns", 2)` is the third pattern."""

Locator = Callable[[Path], Source]
"""Finds the place of a path, or of the nearest thing around it.

To pickle its state, this must be a method of a value: a closure cannot be pickled.
"""


class _Identified(Protocol):
    @property
    def slot_id(self) -> str: ...


SlotT = TypeVar("SlotT", bound=_Identified)


class State(Mapping[str, SlotT]):
    """An immutable map slot_id → slot, in the order given.

    Raises ValueError if an id occurs twice: callers report duplicates before they get here.
    """

    def __init__(self, slots: Iterable[SlotT] = ()) -> None:
        by_id: dict[str, SlotT] = {}
        for slot in slots:
            if slot.slot_id in by_id:
                raise ValueError(f"slot_id {slot.slot_id!r} occurs twice")
            by_id[slot.slot_id] = slot
        self._by_id: Mapping[str, SlotT] = by_id

    def __getitem__(self, slot_id: str) -> SlotT:
        return self._by_id[slot_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    # Mapping's own would call `__getitem__` for each slot.

    def __contains__(self, slot_id: object) -> bool:
        return slot_id in self._by_id

    def keys(self) -> KeysView[str]:
        """The ids, with the operations of a set."""
        return self._by_id.keys()

    def values(self) -> ValuesView[SlotT]:
        """The slots."""
        return self._by_id.values()


class LiveState(State[LiveSlot]):
    """What the tenant holds, for all its bots and teams.

    `unreadable` slots are live too, but of unknown shape; of `unnamed` more, not even the id could
    be read.
    """

    def __init__(
        self,
        slots: Iterable[LiveSlot] = (),
        *,
        unreadable: Iterable[UnreadableSlot] = (),
        unnamed: int = 0,
    ) -> None:
        super().__init__(slots)
        self.unreadable: Mapping[str, UnreadableSlot] = State(unreadable)
        self.unnamed = unnamed

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of all live slots, readable or not."""
        return frozenset((*self, *self.unreadable))

    def dependencies(self, slot_id: str) -> tuple[str, ...]:
        """The dependencies of a live slot, or those of them that can be read."""
        slot = self.get(slot_id)
        if slot is None:
            return self.unreadable[slot_id].dependencies
        return slot.content.distinct_dependencies


class DesiredState(State[DesiredSlot]):
    """What the files say, and where in them."""

    def __init__(
        self,
        slots: Iterable[DesiredSlot] = (),
        *,
        locators: Mapping[str, Locator] | None = None,
    ) -> None:
        super().__init__(slots)
        self._locators: Mapping[str, Locator] = dict(locators or {})

    def where(self, slot_id: str, *path: str | int) -> Source:
        """The place of `path` within the slot, or of the nearest thing around it; NOWHERE for a
        slot that is in no file."""
        locate = self._locators.get(slot_id)
        return locate(path) if locate else NOWHERE

    def completed_by(self, live: LiveState) -> DesiredState:
        """The same, with every field that the files leave unmanaged as it is live."""
        slots = [slot.completed_by(live.get(slot.slot_id)) for slot in self.values()]
        return DesiredState(slots, locators=self._locators)

    def overridden_by(self, others: DesiredState) -> DesiredState:
        """The same, with the slots of `others` in place of those with the same id."""
        slots = [others.get(slot.slot_id, slot) for slot in self.values()]
        return DesiredState(slots, locators={**self._locators, **others._locators})

    @property
    def digest(self) -> str:
        """`sha256:…` over what a saved plan depends on, regardless of the order of the files."""
        slots = [self[slot_id].planned_identity() for slot_id in sorted(self)]
        return f"sha256:{sha256_of(slots)}"
