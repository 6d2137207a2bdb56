"""Slots as people name them: by id or by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.closest import closest
from reconciler.model.listed import listed
from reconciler.model.lookalikes import composed
from reconciler.model.plan import Selection
from reconciler.model.state import DesiredState, LiveState


class Named:
    """Slots that can be named by their ids or names. An id counts before a name, because names need
    not be unique."""

    def __init__(self, names: Iterable[tuple[str, str | None]]) -> None:
        """Takes pairs of an id and a name, of which a slot may have several."""
        by_name: defaultdict[str, set[str]] = defaultdict(set)
        ids: set[str] = set()
        for slot_id, name in names:
            ids.add(slot_id)
            if name:
                by_name[composed(name)].add(slot_id)
        self._ids = ids
        self._by_name: Mapping[str, set[str]] = by_name

    @classmethod
    def in_states(cls, desired: DesiredState, live: LiveState) -> Named:
        """The slots of the files and those of the tenant."""
        return cls((*_names(desired), *_names(live), *((each, None) for each in live.unreadable)))

    @classmethod
    def in_files(cls, desired: DesiredState) -> Named:
        """The slots of the files alone."""
        return cls(_names(desired))

    def slot_id(self, given: str) -> str:
        """The id of the slot that is meant; `given` itself if that is unknown or ambiguous."""
        found = self._found(given)
        return found[0] if len(found) == 1 else given

    def selected(self, selection: Selection) -> Selection:
        """The selection with ids for its names, so that a saved plan holds ids alone."""
        targets = tuple(self.slot_id(each) for each in selection.targets)
        return selection.model_copy(update={"targets": targets})

    def advice(self, given: str) -> str:
        """What to write instead of a name that means no slot, or several; "" if nothing is close.

        A name that is close is shown with its id.
        """
        found = self._found(given)
        if len(found) > 1:
            return f"{len(found)} slots have this name: {listed(found)}. Name one by its id."
        close = closest(composed(given), (*self._ids, *self._by_name))
        if close is None:
            return ""
        ids = self._found(close)
        said = close if list(ids) == [close] else f"{close} ({listed(ids)})"
        return f"Did you mean {said}?"

    def _found(self, given: str) -> tuple[str, ...]:
        if given in self._ids:
            return (given,)
        return tuple(sorted(self._by_name.get(composed(given), ())))


def _names(state: DesiredState | LiveState) -> Iterator[tuple[str, str | None]]:
    for slot in state.values():
        yield slot.slot_id, slot.content.name if slot.content else None
