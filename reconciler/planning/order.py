"""The order of a plan's changes: their waves, and what each of them waits for.

dependencies   creations and updates by wave, counted through slots that stay as they are
names          a change that takes a name waits for the one that frees it, barring a cycle
deletions      after everything else, dependents first; earlier if another slot takes the name
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from reconciler.planning import graph
from reconciler.planning.difference import Difference
from reconciler.planning.names import handovers


class Order:
    """`waves` has every change of the plan, in the order of execution."""

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        self._dependents = difference.dependents()
        self._before_deletion = self._releases()
        self.handovers = list(handovers(difference))
        self._edges = self._with_names()
        self._early = difference.to_delete & self._edges.keys()
        self._on_the_way = difference.to_write | self._early
        self.waves = self._numbered()

    def waits_for(self, slot_id: str) -> set[str]:
        """The changes of the plan that must be made before this one."""
        if slot_id in self.difference.to_delete:
            return self._before_deletion[slot_id]
        return graph.nearest(self._edges, slot_id, among=self._on_the_way)

    def _with_names(self) -> dict[str, Collection[str]]:
        """The changes that must come before each change, except for the deletions at the end."""
        wishes: dict[str, set[str]] = defaultdict(set)
        for each in self.handovers:
            if each.freed:
                wishes[each.taker].add(each.holder)
        if not wishes:
            return self.difference.edges
        deleted = self._before_deletion
        kept = graph.without_cycles({**self.difference.edges, **deleted}, wishes=wishes)
        freeing = {holder for holders in kept.values() for holder in holders}
        early = graph.reachable(self._dependents, freeing)
        edges = {**self.difference.edges, **{slot_id: deleted[slot_id] for slot_id in early}}
        return {slot_id: {*used, *kept[slot_id]} for slot_id, used in edges.items()}

    def _releases(self) -> dict[str, set[str]]:
        """The changes that each deletion waits for: the deletions of the slot's dependents, and the
        updates that release it."""
        difference = self.difference
        before = {slot_id: set(users) for slot_id, users in self._dependents.items()}
        for user in difference.to_write & difference.live.keys():
            for used in difference.used_live(user):
                if used in before:
                    before[used].add(user)
        return before

    def _numbered(self) -> dict[str, int]:
        """Within a wave, deletions come last: they are not measured, and so need no training."""
        difference = self.difference
        waves = graph.waves(self._edges)
        ordered = sorted(
            self._on_the_way, key=lambda each: (waves[each], each in self._early, each)
        )
        first = max(waves.values(), default=-1) + 1
        late = graph.waves(
            {slot_id: self._dependents[slot_id] for slot_id in difference.to_delete - self._early}
        )
        return {
            **{slot_id: waves[slot_id] for slot_id in ordered},
            **{slot_id: first + wave for slot_id, wave in late.items()},
        }
