"""What differs between desired and live, within the selection.

--target   narrows it to the named slots and what they depend on; for deletions, to the named
           slots and what depends on them
--prune    widens it: the unmanaged slots that `owns` claims are deleted too
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.errors import PruneRefusedError
from reconciler.model.plan import Selection
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning import graph


class Difference:
    """The sets of slot ids that planning works with.

    present        declared by a file as present
    unchanged      present, and live as declared
    to_write       to create or update
    to_delete      live, and to delete
    unmanaged      live, not in any file, and left alone; an unreadable one always is
    unreadable     live, in a file, and of a shape that cannot be compared with it
    owned          live, not in any file, and claimed by `owns`

    Raises PruneRefusedError.
    """

    def __init__(
        self, desired: DesiredState, live: LiveState, *, settings: Settings, selection: Selection
    ) -> None:
        self.desired = desired = desired.completed_by(live)
        self.live = live
        self.selection = selection
        self.present = {slot.slot_id for slot in desired.values() if not slot.is_absent}
        self.unchanged = {
            slot_id
            for slot_id in self.present & live.keys()
            if _are_same(desired[slot_id], live[slot_id])
        }
        in_no_file = live.keys() - desired.keys()
        self.owned = {slot_id for slot_id in in_no_file if settings.claims(slot_id)}
        self.to_delete = ((desired.keys() - self.present) & live.keys()) | self._pruned(settings)
        if selection.targets:
            self.to_delete &= graph.reachable(self.dependents(), selection.targets)
        self.unmanaged = set(live.ids - desired.keys() - self.to_delete)
        self.edges = self._edges_afterwards()
        self.to_write = self.present - self.unchanged
        if selection.targets:
            self.to_write &= graph.reachable(self.edges, selection.targets)
        self.unreadable = (desired.keys() & live.unreadable.keys()) - (
            self.present - self.to_write if selection.targets else set()
        )

    def _pruned(self, settings: Settings) -> set[str]:
        if not self.selection.prune:
            return set()
        if not settings.owns:
            raise PruneRefusedError(
                "--prune is refused: reconciler.yaml does not say what this project owns.",
                hint="Other teams have slots there too. Name yours in `owns`, as globs over "
                'slot_id; ["*"] claims every slot that a plan lists as unmanaged.',
            )
        if not self.present:
            raise PruneRefusedError(
                "--prune is refused: the files describe no slot at all, so it would delete "
                f"every slot that `owns` claims ({len(self.owned)}).",
                hint="Check --slots; to delete slots on purpose, use `state: absent`.",
            )
        return self.owned

    def _edges_afterwards(self) -> dict[str, Collection[str]]:
        """The dependencies after this plan, of the slots in files and of all that these depend on.

        Slots that stay as they are, whether unmanaged or outside the targets, keep their edges.
        Those that no slot in a file depends on are left out: another team's cycle is their own.
        """
        kept = self.live.ids - self.present - self.to_delete
        edges = {
            **{slot_id: self.used_desired(slot_id) for slot_id in self.present},
            **{slot_id: self.used_live(slot_id) for slot_id in kept},
        }
        concerned = graph.reachable(edges, self.present)
        return {slot_id: used for slot_id, used in edges.items() if slot_id in concerned}

    def dependents(self) -> dict[str, set[str]]:
        """Each slot to delete, with the other slots to delete that depend on it."""
        return graph.reversed_graph(
            {slot_id: self.used_live(slot_id) for slot_id in self.to_delete}
        )

    def used_desired(self, slot_id: str) -> tuple[str, ...]:
        """What the slot depends on according to its file."""
        content = self.desired[slot_id].content
        return content.distinct_dependencies if content else ()

    def used_live(self, slot_id: str) -> tuple[str, ...]:
        """What the live slot depends on."""
        return self.live.dependencies(slot_id)

    def used_afterwards(self, slot_id: str) -> Collection[str]:
        """What the slot depends on after this plan, or will once its file is applied."""
        desired = self.used_desired(slot_id) if slot_id in self.present else ()
        if slot_id in self.to_write or slot_id not in self.live.ids:
            return desired
        return {*desired, *self.used_live(slot_id)}


def _are_same(desired: DesiredSlot, live: LiveSlot) -> bool:
    """Whether the slots are the same. Most are equal as written, which is cheap to check."""
    return desired.content == live.content or desired.canonical == live.canonical
