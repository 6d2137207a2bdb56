r"""The outline of an automaton: the characters that its texts may have at each of the first places.

Outlines show most pairs of slots that have no text in common, without a walk through the automata
of both: `^ORD-\d+$` and `^TCK-\d+$` differ at the first place, `^A-1$` and `^A-2$` at the third.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from reconciler.patterns.components import Component, OutOfStepsError

MAX_PLACES = 24
MAX_STATES = 16
"""The most states that the automaton may be in at a place; the outline ends before more."""

_Place = tuple[int, bool]
"""The characters that may follow, as a mask, and whether a text may end here. Both may allow too
much, but never too little."""


class Outline:
    """Of the texts that the automaton accepts, except the empty one. Places are read when they are
    needed."""

    def __init__(self, automaton: Component) -> None:
        self._known: list[_Place] = []
        self._unread = _places(automaton)

    def is_apart_from(self, other: Outline) -> bool:
        """Whether it is proven that no text has both."""
        pairs = zip(self._known, other._known)  # noqa: B905 - as far as both are known
        for (mask, may_end), (other_mask, other_may_end) in pairs:
            if may_end and other_may_end:
                return False
            if not mask & other_mask:
                return True
        known = min(len(self._known), len(other._known))
        return self._reads(known) and other._reads(known) and self.is_apart_from(other)

    def _reads(self, number: int) -> bool:
        """Whether there is a place of this number, after those before it were read."""
        if number < len(self._known):
            return True
        for place in self._unread:
            self._known.append(place)
            return True
        return False


def _places(automaton: Component) -> Iterator[_Place]:
    states = {automaton.start}
    with suppress(OutOfStepsError):
        for number in range(MAX_PLACES):
            mask = 0
            for state in states:
                mask |= automaton.going_on(state)
            yield mask, number > 0 and any(map(automaton.accepts, states))
            states = {target for state in states for target in _targets(automaton, state)}
            if len(states) > MAX_STATES:
                return


def _targets(automaton: Component, state: int) -> Iterator[int]:
    """Where one character leads to."""
    followed: set[int] = set()
    mask = automaton.going_on(state)
    for letter, kind in enumerate(automaton.kinds):
        if mask >> letter & 1 and kind not in followed:
            followed.add(kind)
            yield automaton.step(state, letter)
