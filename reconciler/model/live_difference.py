"""What differs between the live slots of two environments, and whether the files mean it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.change import FieldChange


class Intent(str, Enum):
    """Whether the files mean something to differ.

    not_meant   they say the same for both environments, or something else than what is live
    unmanaged   a file leaves the field unmanaged in one of them
    meant       what they say for the two environments differs in the same way
    """

    NOT_MEANT = "not_meant"
    UNMANAGED = "unmanaged"
    MEANT = "meant"


class FieldDifference(Frozen):
    """A field that differs, from the first environment to the second, in canonical form."""

    change: FieldChange
    intent: Intent


class SlotDifference(Frozen):
    """A slot that differs: in `fields`, or because it is live `only_in` one of the environments,
    which then has an `intent` of its own. `name` is that of the live slot, or its id."""

    slot_id: str
    name: str
    fields: tuple[FieldDifference, ...] = ()
    only_in: str | None = None
    only_in_intent: Intent | None = None

    @property
    def intents(self) -> frozenset[Intent]:
        """Whether the files mean its differences."""
        found = {each.intent for each in self.fields}
        return frozenset(found if self.only_in_intent is None else {*found, self.only_in_intent})

    @property
    def intent(self) -> Intent:
        """The first of its intents, in their order: what is not meant counts most."""
        return next(each for each in Intent if each in self.intents)

    def of(self, intent: Intent) -> tuple[FieldChange, ...]:
        """The fields that differ with this intent."""
        return tuple(each.change for each in self.fields if each.intent is intent)


class UnmanagedSlots(Frozen):
    """The live slots that no file declares, and that differ: those that only one environment has,
    by its name, and those that both have with different content."""

    only_in: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    different: tuple[str, ...] = ()


class LiveDifference(Frozen):
    """How the live slots of two environments differ. `slots` are those that files declare, by slot
    id; `same` counts those of them that are live in both, and do not differ."""

    first: str
    second: str
    slots: tuple[SlotDifference, ...] = ()
    same: int = 0
    unmanaged: UnmanagedSlots = UnmanagedSlots()

    def count(self, intent: Intent) -> int:
        """The number of slots that differ with this intent."""
        return sum(intent in each.intents for each in self.slots)

    @property
    def exit_code(self) -> int:
        """2 if something differs that the files do not mean to differ."""
        return 2 if self.count(Intent.NOT_MEANT) else 0
