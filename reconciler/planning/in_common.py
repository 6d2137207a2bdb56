"""The texts that two slots both take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.model.effect import Overlap
from reconciler.model.state import DesiredState
from reconciler.patterns.comparison import Common, begin_alike, taken_by_both
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.nearest import most_telling
from reconciler.patterns.world import Criterion, Taker, World, check_modelled
from reconciler.planning.takers import dialects_of, taker_of
from reconciler.planning.trial import NotTriedError, Trial


class InCommon:
    """Compares slots with one another, all in one world, in the first dialect: what two have in
    common in ASCII, they have in each. The authors' examples come from `desired`."""

    def __init__(
        self,
        contents: Mapping[str, SlotContent],
        *,
        desired: DesiredState,
        api: Api,
        trial: Trial,
    ) -> None:
        self._contents = contents
        self._desired = desired
        self._trial = trial
        self._takers: dict[str, Taker] = {}
        self._dialect = dialects_of(api)[0]
        for slot_id, content in contents.items():
            with suppress(NotModelledError):
                taker = taker_of(content, api)
                check_modelled(taker, dialect=self._dialect)
                self._takers[slot_id] = taker
        self._world: World | None = None
        self._found: dict[str, Criterion] = {}

    def common(self, slot_id: str, other: str) -> Common | None:
        """What two slots have in common; None if already their first characters tell. Raises
        NotModelledError."""
        world = self._in_one_world()
        world.effort.steps = 0  # each pair has its own budget
        if not begin_alike(self._taken(slot_id), self._taken(other)):
            return None
        return taken_by_both(self._takers[slot_id], self._takers[other], world)

    def _taken(self, slot_id: str) -> Criterion:
        """What the slot takes: found once, though asked for with each other slot. Raises
        NotModelledError."""
        if slot_id not in self._found:
            self._found[slot_id] = self._in_one_world().takes(self._taker(slot_id))
        return self._found[slot_id]

    def _taker(self, slot_id: str) -> Taker:
        if slot_id not in self._takers:
            raise NotModelledError("a pattern of it is not modelled")
        return self._takers[slot_id]

    def _in_one_world(self) -> World:
        if self._world is None:
            self._world = World(self._takers.values(), dialect=self._dialect)
        return self._world

    def overlap(self, slot_id: str, other: str, common: Common) -> Overlap:
        """The most telling text that the two have in common. Raises NotTriedError, also if a slot
        does not do what the analysis says."""
        examples = [*self._examples(slot_id), *self._examples(other)]
        shared = (each for each in examples if common.question.sides_of(each) == (True, True))
        known = examples or self._typical((slot_id, other))
        text = next(shared, None) or most_telling(common.texts, known)
        if text is None:
            raise NotTriedError
        pattern, value = self._trial.pattern_and_value(text, self._contents[other])
        if pattern is None or {value, self._trial.value(text, self._contents[slot_id])} != {text}:
            raise NotTriedError
        return Overlap(
            slot_id=slot_id, other=other, text=text, pattern=pattern, own_example=text in examples
        )

    def _examples(self, slot_id: str) -> list[str]:
        slot = self._desired.get(slot_id)
        return [each.text for each in slot.examples.match] if slot else []

    def _typical(self, slot_ids: Iterable[str]) -> list[str]:
        if self._world is None:
            return []
        return [text for each in slot_ids for text in self._world.typical(self._takers[each])]
