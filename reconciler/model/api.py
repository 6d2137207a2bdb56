"""What a tenant's API can do: a value that its adapter exports, and that everything above it takes.

Nothing above the adapter asks which API it is: the differences between two APIs are data here.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.base import Frozen
from reconciler.model.change import Action
from reconciler.model.content import SlotContent


class PatternLimits(Frozen):
    """What a tenant accepts as a pattern.

    `regex_type` is the type of the slots whose patterns are regular expressions; those of any other
    type are literal phrases. `max_length` is in characters, None for unlimited. `untrainable` are
    the beginnings of escapes that make training fail. `knows_engine` says whether it is certain
    how the tenant reads a pattern about which regular expression engines disagree. `delimited`
    patterns are written `/body/`, and JavaScript reads them.
    """

    regex_type: str
    max_length: int | None = None
    untrainable: tuple[str, ...] = ()
    knows_engine: bool = False
    delimited: bool = False


class Strategy(Frozen):
    """How a tenant chooses among the matches of a slot's patterns in a text.

    It takes the longest match or, with `takes_first`, that of the first pattern that matches.
    `whole_text` requires a match of the whole text; `ignores_case` matches letters in either case.
    """

    name: str
    takes_first: bool = False
    whole_text: bool = False
    ignores_case: bool = False


class Api(Frozen):
    """The capabilities of one API.

    `strategies` are the fill strategies; a slot with another one, or with none, takes the longest
    match. `replacing_method` is the name of the request that stores a slot, if it replaces the
    whole slot, unmanaged fields included; None if it changes only the fields that it names.
    `methods` are the HTTP methods by which a change is made. `fixed_fields` are those that no
    update can change, and `uncreatable_types` the types of which no slot can be created.
    `deletion_warning` is what a person should know before a slot is deleted. `takes_snapshots` says
    whether the tenant can keep a snapshot of all that a change may touch.
    """

    name: str
    patterns: PatternLimits
    strategies: tuple[Strategy, ...] = ()
    replacing_method: str | None = None
    methods: Mapping[Action, str]
    fixed_fields: tuple[str, ...] = ()
    uncreatable_types: tuple[str, ...] = ()
    deletion_warning: str = ""
    takes_snapshots: bool = False

    def has_regexes(self, content: SlotContent) -> bool:
        """Whether the slot's patterns are regular expressions."""
        return content.type == self.patterns.regex_type

    def strategy_of(self, content: SlotContent) -> Strategy:
        """How the tenant chooses what this slot extracts."""
        for strategy in self.strategies:
            if strategy.name == content.fill_strategy:
                return strategy
        return Strategy(name="")

    def ignores_case(self, content: SlotContent) -> bool:
        """Whether the slot's patterns match in either case, as literal phrases always do."""
        return not self.has_regexes(content) or self.strategy_of(content).ignores_case
