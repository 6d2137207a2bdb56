"""A slot's content → how its patterns take texts, for the comparison of what they mean."""

from __future__ import annotations

import re

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.patterns.characters import Dialect
from reconciler.patterns.ecmascript.literal import NotDelimitedError, literal
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.world import Choice, Taker

_HARMLESS_FLAGS = frozenset("dg")


def takes_with_patterns(content: SlotContent, api: Api) -> bool:
    """Whether what the slot takes depends on its patterns alone."""
    return api.has_regexes(content) or not api.patterns.delimited


def decisive(content: SlotContent) -> tuple[object, ...]:
    """What decides which texts a slot takes: two contents with the same take the same texts."""
    return content.patterns, content.type, content.fill_strategy


def taker_of(content: SlotContent, api: Api) -> Taker:
    """How the slot takes texts. Raises NotModelledError."""
    if not takes_with_patterns(content, api):
        raise NotModelledError(f"the tenant decides what a slot of type {content.type} takes")
    if api.patterns.delimited:
        return Taker(tuple(map(_body, content.patterns)), ignores_empty=True)
    patterns = content.patterns
    if not api.has_regexes(content):
        patterns = tuple(map(re.escape, patterns))
    return Taker(patterns, _choice(content, api), ignore_case=api.ignores_case(content))


def dialects_of(api: Api) -> tuple[Dialect, ...]:
    """The dialects in which the tenant may read patterns."""
    return (Dialect.ECMASCRIPT,) if api.patterns.delimited else tuple(Dialect)


def _choice(content: SlotContent, api: Api) -> Choice:
    strategy = api.strategy_of(content)
    if strategy.whole_text:
        return Choice.WHOLE
    return Choice.FIRST if strategy.takes_first else Choice.LONGEST


def _body(regex: str) -> str:
    try:
        parts = literal(regex)
    except NotDelimitedError as error:
        raise NotModelledError(f"the regex {error}") from None
    flags = set(parts.flags) - _HARMLESS_FLAGS
    if flags:
        raise NotModelledError(f"the flag {min(flags)} is not modelled")
    return parts.body
