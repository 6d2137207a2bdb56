"""What a changed slot means: the texts that it newly takes, and those that it no longer takes.

A slot *takes* a text if, given the text alone, it extracts all of it. It *finds* something in a
longer text if it extracts anything from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import Literal

from pydantic import Field

from reconciler.model.base import Frozen

Engine = Literal["python", "ecmascript"]
"""Whose reading of a pattern, where the two differ and the tenant may use either."""


class Verdict(str, Enum):
    """How a change moves the texts that a slot takes; where it takes the same ones, the longer
    texts in which it finds something.

    SAME          none is added and none dropped
    WIDER         some are added, none is dropped
    NARROWER      some are dropped, none is added
    DIFFERENT     some are added, and some dropped
    UNDETERMINED  not decided; the texts that are given are still real
    """

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    DIFFERENT = "different"
    UNDETERMINED = "undetermined"


class Witness(Frozen):
    """A text that is added or dropped.

    `text` is foreign, as it is: neither escaped nor cut. `all_of` is a pattern all of whose texts
    are added (or dropped) likewise, or None if there is no short one. `before` and `after` are what
    the slot extracts from the text, None for nothing. `own_example` says that it stands in the
    slot's file, under `examples.match`. `engine` is the only engine for which this holds; None if
    it holds for each engine that the tenant may use. `by_model` marks a text that could not be
    tried, because no such engine is at hand.
    """

    text: str
    all_of: str | None = None
    before: str | None = None
    after: str | None = None
    own_example: bool = False
    engine: Engine | None = None
    by_model: bool = False

    @property
    def in_longer_text(self) -> bool:
        """Whether the slot takes the text neither before nor after, but finds something in it."""
        return self.text not in (self.before, self.after)

    @property
    def beyond_ascii(self) -> bool:
        """Whether the text has other characters than those of ASCII."""
        return not self.text.isascii()


class Effect(Frozen):
    """What an updated slot means, compared with the live one.

    `newly_takes` and `no_longer_takes` have one text for each kind that is distinguished, the most
    telling one first. If only longer texts tell the two sides apart, `witness.in_longer_text` is
    true of all of them. `undetermined` is why something was not decided, as a clause that follows
    "not determined: "; with the verdict `same` it is only about longer texts, and None if all is
    decided.
    """

    verdict: Verdict
    newly_takes: tuple[Witness, ...] = ()
    no_longer_takes: tuple[Witness, ...] = ()
    undetermined: str | None = None


class Overlap(Frozen):
    """Two slots that both take a text, and took none in common before the plan.

    `slot_id` is the slot that the plan changes or creates; where it does so to both, the one that
    comes first in the plan. `other` is the other one, and `pattern` the one by which that slot
    takes `text`. `own_example` says that the text is an example of one of the two.
    """

    slot_id: str
    other: str
    text: str
    pattern: str
    own_example: bool = False


class Effects(Frozen):
    """What a plan means.

    `slots` has an effect for each updated slot whose patterns, their order or the fill strategy
    change, by slot id and in the order of the plan. `overlaps` are in that order too.
    `not_compared` is the number of pairs of slots for which an overlap was neither found nor ruled
    out.
    """

    slots: Mapping[str, Effect] = Field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()
    not_compared: int = 0

    def counted(self, verdict: Verdict) -> int:
        """The number of slots with this verdict."""
        return Counter(effect.verdict for effect in self.slots.values())[verdict]

    def overlaps_of(self, slot_id: str) -> tuple[Overlap, ...]:
        """The new overlaps that a change of this slot makes."""
        return tuple(overlap for overlap in self.overlaps if overlap.slot_id == slot_id)


NO_EFFECTS = Effects()
"""Of a plan of which nobody asks what it means."""
