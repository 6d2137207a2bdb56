"""Which targets may be in hand at the same time."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping

from reconciler.model.fleet import LabelLimit, Target
from reconciler.planning.rollout.stages import source_of


class Admission:
    """Lets targets in, in the order in which they are offered as far as others allow it.

    Two targets on one origin are never in hand together, nor are more with one value of a label
    than its limit; a target that is promoted from another does not begin before that one has ended,
    if both were offered. One that has to wait holds up no other, except that on its own origin
    the next one has its turn before the rest. A target without an expected origin, or without
    the label, is not held up by that.

    What a target needs is taken in one order, origin before label, and what is free again wakes one
    that waits for it. So an event moves a few targets, whatever the number of those that wait.
    """

    def __init__(self, targets: Mapping[str, Target], *, per: LabelLimit | None) -> None:
        self._targets = targets
        self._per = per
        self._ready: deque[str] = deque()
        self._on_origin: dict[str, str] = {}
        self._waiting_for_origin: dict[str, deque[str]] = {}
        self._with_label: Counter[str] = Counter()
        self._waiting_for_label: dict[str, deque[str]] = {}
        self._left: set[str] = set()
        self._ahead: dict[str, str] = {}
        self._behind: dict[str, list[str]] = {}
        self.in_hand: set[str] = set()

    def offer(self, names: Iterable[str]) -> None:
        """Let these be taken, in this order; a source comes before what is promoted from it."""
        for name in names:
            source = source_of(self._targets[name])
            if source in self._left:
                self._ahead[name] = source
            self._left.add(name)
            self._ready.append(name)

    def take(self, most: int) -> tuple[str, ...]:
        """At most so many that may be in hand now; they are from now on."""
        taken: list[str] = []
        while self._ready and len(taken) < most:
            name = self._ready.popleft()
            if self._follows(name) and self._gets_origin(name) and self._gets_label(name):
                self.in_hand.add(name)
                taken.append(name)
        return tuple(taken)

    def end(self, name: str) -> None:
        """It has ended, and those that waited for it may be taken."""
        self._release(name)
        self._left.remove(name)
        self._ready.extendleft(reversed(self._behind.pop(name, [])))

    def put_back(self, name: str) -> None:
        """It had not begun, and may be taken again."""
        self._release(name)
        self._ready.appendleft(name)

    def _follows(self, name: str) -> bool:
        source = self._ahead.get(name)
        if source is None or source not in self._left:
            return True
        self._behind.setdefault(source, []).append(name)
        return False

    def _gets_origin(self, name: str) -> bool:
        origin = self._targets[name].expect.origin
        if not origin or self._on_origin.setdefault(origin, name) == name:
            return True
        self._waiting_for_origin.setdefault(origin, deque()).append(name)
        return False

    def _gets_label(self, name: str) -> bool:
        value = self._label(name)
        if value is None or self._per is None:
            return True
        if self._with_label[value] < self._per.limit:
            self._with_label[value] += 1
            return True
        self._waiting_for_label.setdefault(value, deque()).append(name)
        return False

    def _release(self, name: str) -> None:
        self.in_hand.remove(name)
        value, origin = self._label(name), self._targets[name].expect.origin
        if value is not None:
            self._with_label[value] -= 1
            self._wake(self._waiting_for_label.get(value))
        if origin:
            del self._on_origin[origin]
            self._wake(self._waiting_for_origin.get(origin))

    def _wake(self, waiting: deque[str] | None) -> None:
        """Make the first that waits ready again, before all others."""
        if waiting:
            self._ready.appendleft(waiting.popleft())

    def _label(self, name: str) -> str | None:
        return self._targets[name].all_labels.get(self._per.label) if self._per else None
