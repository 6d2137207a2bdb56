"""The slots that are asked about, and why one cannot be analysed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.api import Api
from reconciler.model.content import SlotContent, trained_with
from reconciler.model.explanation import NamedSlot
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.patterns.world import Taker, World
from reconciler.planning.takers import dialects_of, taker_of, takes_with_patterns


@dataclass(frozen=True)
class Subject:
    """A slot with content."""

    slot: DesiredSlot
    content: SlotContent

    @property
    def named(self) -> NamedSlot:
        """Its id and its name."""
        return NamedSlot(slot_id=self.slot.slot_id, name=self.content.name)

    @property
    def examples(self) -> tuple[str, ...]:
        """The texts that its author says it takes."""
        return tuple(each.text for each in self.slot.examples.match)

    def obstacle(self, api: Api) -> str | None:
        """Why its patterns do not say what it takes, as a clause; None if they do."""
        if not takes_with_patterns(self.content, api):
            return f"the tenant decides what type {self.content.type} takes, not by a pattern"
        if api.patterns.delimited and not self.content.patterns:
            return "its file has no regex"
        return None

    def modelled(self, api: Api) -> tuple[Taker, list[World]]:
        """How it takes texts, in a world of each dialect in which the tenant may read its patterns.
        Raises NotModelledError."""
        taker = taker_of(self.content, api)
        return taker, [World((taker,), dialect=each) for each in dialects_of(api)]

    def neighbours(self, desired: DesiredState) -> Iterator[Subject]:
        """The other slots that are trained together with it."""
        group = trained_with(self.content)
        for slot in desired.values():
            content = slot.content
            if slot is not self.slot and content is not None and trained_with(content) == group:
                yield Subject(slot, content)
