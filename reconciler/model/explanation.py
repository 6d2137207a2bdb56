"""What a slot takes, and what it does with a text.

A slot *takes* a text if, given the text alone, it extracts all of it. It *finds* something in a
longer text if it extracts anything from it. All texts and patterns are foreign, as they are:
neither escaped nor cut. Each text that is given here was tried on the slot.
"""

from __future__ import annotations

from reconciler.model.api import Strategy
from reconciler.model.base import Frozen
from reconciler.model.effect import Effect, Engine


class NamedSlot(Frozen):
    """A slot as people know it; `name` is None if it has none."""

    slot_id: str
    name: str | None = None


class Extracted(Frozen):
    """What a slot extracts from a text, and by which pattern."""

    slot: NamedSlot
    value: str
    pattern: str


class NotTried(Frozen):
    """Why a slot was not tried, or not compared, as a clause."""

    slot: NamedSlot
    reason: str


class PatternMatch(Frozen):
    """What one pattern of a slot matches in a text by the slot's strategy, None for nothing.

    `undetermined` is why it was not tried, as a clause.
    """

    pattern: str
    value: str | None = None
    undetermined: str | None = None


class OtherReading(Frozen):
    """What an engine that is not at hand makes of a text, by our model: whether the slot takes all
    of it, and whether it extracts anything. `undetermined` is why that is not known."""

    engine: Engine
    takes: bool = False
    extracts: bool = False
    undetermined: str | None = None


class TextExplanation(Frozen):
    """What a slot does with a text.

    `value` and `pattern` are what it extracts and by which pattern, None for nothing. If it
    extracts nothing, `part` is the longest run of its words that the slot takes when given
    alone, and `nearest` a text that it takes and that differs little; each None if there is none.
    `others` are the slots that are trained with it and extract something too, of `others_tried`;
    `not_tried` are those of which that is not known. `other_reading` is set where the tenant may
    have an engine to which the text is not the same. `undetermined` is why it is not known what
    this slot does.
    """

    slot: NamedSlot
    strategy: Strategy
    text: str
    value: str | None = None
    pattern: str | None = None
    patterns: tuple[PatternMatch, ...] = ()
    part: str | None = None
    nearest: str | None = None
    other_reading: OtherReading | None = None
    others: tuple[Extracted, ...] = ()
    others_tried: int = 0
    not_tried: tuple[NotTried, ...] = ()
    undetermined: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the slot takes all of the text."""
        return self.value == self.text


class Kind(Frozen):
    """All texts of the pattern `all_of`, which the slot takes, such as `text`; in `words`, if there
    are short ones. `pattern` is the slot's own one that takes this text."""

    all_of: str
    text: str
    pattern: str
    own_example: bool = False
    words: str | None = None


class PatternExample(Frozen):
    """A pattern of a slot, and a text that the slot takes by it; None if none was found."""

    pattern: str
    text: str | None = None
    own_example: bool = False


class Shared(Frozen):
    """A text that another slot takes too, by `pattern`; this one by `own_pattern`. `own_example`
    says that it is an example of one of the two."""

    slot: NamedSlot
    text: str
    pattern: str
    own_pattern: str
    own_example: bool = False


class LongerTexts(Frozen):
    """What a slot finds in texts that it does not take: `value` in `text`. Both are None if it is
    proven that it finds nothing, or, with `undetermined`, if that is not known."""

    text: str | None = None
    value: str | None = None
    undetermined: str | None = None


class SlotExplanation(Frozen):
    """What a slot takes.

    `kinds` describe what it takes; if `is_all`, it takes nothing else, and without kinds, nothing.
    `description` is from its file, and so are `rejects`, from which it extracts nothing.
    `overlaps` are the slots trained with it that take a text in common with it, `not_compared`
    those of which that is not known, and `disjoint` is the number of those that have none, which is
    proven. `undetermined` is why it is not known what the slot takes.
    """

    slot: NamedSlot
    strategy: Strategy
    description: str = ""
    kinds: tuple[Kind, ...] = ()
    is_all: bool = False
    patterns: tuple[PatternExample, ...] = ()
    rejects: tuple[str, ...] = ()
    longer: LongerTexts | None = None
    overlaps: tuple[Shared, ...] = ()
    disjoint: int = 0
    not_compared: tuple[NotTried, ...] = ()
    undetermined: str | None = None


class SlotComparison(Frozen):
    """What two slots take. `effect` is as if the first were changed into the second: what it newly
    takes, only the second one takes. `both` is a text that both take; None if it is proven that
    there is none, or, with `undetermined`, if that is not known."""

    first: NamedSlot
    second: NamedSlot
    effect: Effect
    both: Shared | None = None
    undetermined: str | None = None
