"""The rules for the patterns of one slot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.model.content import SlotContent
from reconciler.model.rules.engines import PATTERN_CATASTROPHIC, PATTERN_NOT_ANALYSED
from reconciler.model.rules.patterns import NO_PATTERNS, PATTERN_DUPLICATE, PATTERN_UNREACHABLE
from reconciler.planning.analysis import Analysis
from reconciler.planning.finding import Finding, PatternFault
from reconciler.planning.unintended import unintended

_NO_LETTERS = re.compile(r"\\.|\(\?P?<\w+>", re.DOTALL)
"""Escapes and names."""
MAX_COMPARED = 20
"""The most patterns of one slot that are compared with one another: pairs grow with the square."""


def findings(content: SlotContent, analysis: Analysis) -> Iterator[Finding]:
    """The faults of the patterns: of each alone, then compared with those before it."""
    has_regexes = analysis.api.has_regexes(content)
    if has_regexes:
        yield from _each(content, analysis)
    first: dict[str, int] = {}
    for index, pattern in enumerate(content.patterns):
        for fault in unintended(pattern):
            yield _finding(content, index, fault)
        if first.setdefault(pattern, index) != index:
            yield Finding(
                content.place_of(index),
                PATTERN_DUPLICATE,
                f"the same as pattern {first[pattern] + 1}",
                "Remove one of them.",
            )
    strategy = analysis.api.strategy_of(content)
    distinct = tuple(first.items())[:MAX_COMPARED]
    if has_regexes and strategy.takes_first and not strategy.whole_text:
        yield from _unreachable(distinct, analysis, strategy=strategy.name)
    elif has_regexes:
        yield from _respelled(distinct, content, analysis)


def can_run(content: SlotContent, analysis: Analysis) -> bool:
    """Whether the patterns can be tried on a text: none of them is known to hang, or too long to be
    analysed."""
    if not content.patterns:
        return not analysis.api.patterns.delimited  # a slot filler without a regex has other means
    return not analysis.api.has_regexes(content) or not any(
        fault.rule in (PATTERN_CATASTROPHIC, PATTERN_NOT_ANALYSED)
        for pattern in content.patterns
        for fault in analysis.faults(pattern, ignore_case=analysis.api.ignores_case(content))
    )


def _each(content: SlotContent, analysis: Analysis) -> Iterator[Finding]:
    if not content.patterns:
        yield Finding(
            ("patterns",),
            NO_PATTERNS,
            f"a slot of type `{content.type}` has no patterns, so it extracts nothing",
            "Add a pattern.",
        )
    ignore_case = analysis.api.ignores_case(content)
    for index, pattern in enumerate(content.patterns):
        for fault in analysis.faults(pattern, ignore_case=ignore_case):
            yield _finding(content, index, fault)


def _finding(content: SlotContent, index: int, fault: PatternFault) -> Finding:
    return Finding(content.place_of(index), fault.rule, fault.message, fault.hint)


def _respelled(
    distinct: tuple[tuple[str, int], ...], content: SlotContent, analysis: Analysis
) -> Iterator[Finding]:
    letters = [_letters(pattern) for pattern, _ in distinct]
    for number, (pattern, index) in enumerate(distinct):
        for before, (earlier, place) in enumerate(distinct[:number]):
            if letters[before] == letters[number] and analysis.respelled(
                earlier, pattern, content=content
            ):
                yield Finding(
                    content.place_of(index),
                    PATTERN_DUPLICATE,
                    f"it means the same as {earlier!r} (pattern {place + 1}), spelled otherwise",
                    "Remove one of them.",
                )
                break


def _letters(pattern: str) -> frozenset[str]:
    """The letters that the pattern writes. Where these differ, patterns hardly mean the same, and
    are not compared."""
    return frozenset(filter(str.isalpha, _NO_LETTERS.sub("", pattern)))


def _unreachable(
    distinct: tuple[tuple[str, int], ...], analysis: Analysis, *, strategy: str
) -> Iterator[Finding]:
    for number, (pattern, index) in enumerate(distinct):
        for earlier, place in distinct[:number]:
            if analysis.shadows(earlier, pattern):
                yield Finding(
                    ("patterns", index),
                    PATTERN_UNREACHABLE,
                    f"`{strategy}` never reaches it: {earlier!r} (pattern {place + 1}) matches "
                    "in every text in which it does",
                    "Move it before that pattern, or remove it.",
                )
                break
