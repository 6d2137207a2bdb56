"""The texts that a plan makes two slots both take, where they had none in common before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from reconciler.model.api import Api
from reconciler.model.content import SlotContent, trained_with
from reconciler.model.effect import Overlap
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState
from reconciler.patterns.components import OutOfStepsError
from reconciler.patterns.modelled import NotModelledError
from reconciler.planning.in_common import InCommon
from reconciler.planning.takers import decisive
from reconciler.planning.trial import NotTriedError, Trial

MAX_READ = 500
"""Slots whose patterns are read for one plan, changed ones first."""
MAX_PATTERNS = 5_000
"""Patterns of these slots, before or after; a slot for which there is no room is not read."""
MAX_PAIRS = 20_000
"""Pairs of slots that are compared for one plan."""


@dataclass(frozen=True)
class Overlaps:
    """Those that the plan makes, and the number of pairs that were not compared."""

    made: tuple[Overlap, ...]
    not_compared: int


def overlaps_of(plan: Plan, *, desired: DesiredState, api: Api, trial: Trial) -> Overlaps:
    """What the plan makes two slots both take, by the slots that it creates or whose patterns it
    changes, each compared with all others that are trained together with it.

    Two slots that had a text in common already, or of which that is not known, are not told: many
    overlap for good reasons.
    """
    sides = _Sides(plan, desired)
    if not sides.changed:
        return Overlaps((), 0)
    total = sides.size
    sides.limited()
    search = _Search(sides, desired, api, trial)
    made = tuple(search.overlaps())
    return Overlaps(made, total - search.compared)


class _Sides:
    """The contents of all slots before and after the plan, and the slots that take other texts."""

    def __init__(self, plan: Plan, desired: DesiredState) -> None:
        self.after: dict[str, SlotContent] = {
            slot.slot_id: slot.content for slot in desired.values() if slot.content is not None
        }
        self.before: dict[str, SlotContent] = dict(self.after)
        self.changed: list[str] = []
        for change in plan.changes:
            if change.after is None:
                continue
            self.after[change.slot_id] = change.after
            if change.before is None:
                self.before.pop(change.slot_id, None)
            else:
                self.before[change.slot_id] = change.before
            if change.before is None or decisive(change.before) != decisive(change.after):
                self.changed.append(change.slot_id)

    @property
    def size(self) -> int:
        """The number of pairs of a changed slot with another one."""
        slots = Counter(map(trained_with, self.after.values()))
        changed = Counter(trained_with(self.after[slot_id]) for slot_id in self.changed)
        return sum(count * (2 * slots[group] - count - 1) // 2 for group, count in changed.items())

    def limited(self) -> None:
        """Leaves out all but the first MAX_READ slots, changed ones first, and those that have too
        many patterns."""
        kept: dict[str, None] = {}
        room = MAX_PATTERNS
        for slot_id in dict.fromkeys((*self.changed, *self.after)):
            size = max(len(side.patterns) for side in self._contents(slot_id))
            if len(kept) < MAX_READ and size <= room:
                kept[slot_id] = None
                room -= size
        self.changed = [each for each in self.changed if each in kept]
        self.after = {slot_id: self.after[slot_id] for slot_id in kept}
        self.before = {each: self.before[each] for each in kept if each in self.before}

    def _contents(self, slot_id: str) -> Iterator[SlotContent]:
        yield self.after[slot_id]
        if slot_id in self.before:
            yield self.before[slot_id]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each changed slot with each other one, once, in the order of the plan."""
        done: set[str] = set()
        for slot_id in self.changed:
            done.add(slot_id)
            group = trained_with(self.after[slot_id])
            for other, content in self.after.items():
                if other not in done and trained_with(content) == group:
                    yield slot_id, other


class _Search:
    def __init__(self, sides: _Sides, desired: DesiredState, api: Api, trial: Trial) -> None:
        self.compared = 0
        self._sides = sides
        self._after = InCommon(sides.after, desired=desired, api=api, trial=trial)
        self._before = InCommon(sides.before, desired=desired, api=api, trial=trial)

    def overlaps(self) -> Iterator[Overlap]:
        """Those that are new; `compared` counts the pairs of which it is then known."""
        for slot_id, other in islice(self._sides.pairs(), MAX_PAIRS):
            with suppress(NotModelledError, NotTriedError, OutOfStepsError):
                common = self._after.common(slot_id, other)
                if common is not None and not common.is_decided:
                    continue
                if common is not None and common.texts and self._is_new(slot_id, other):
                    yield self._after.overlap(slot_id, other, common)
                self.compared += 1

    def _is_new(self, slot_id: str, other: str) -> bool:
        """Whether the two had nothing in common before. Raises NotModelledError."""
        if slot_id not in self._sides.before or other not in self._sides.before:
            return True
        common = self._before.common(slot_id, other)
        return common is None or (common.is_decided and not common.texts)
