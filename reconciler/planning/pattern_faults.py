"""The rules for one pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reconciler.model.api import PatternLimits
from reconciler.model.rules.engines import (
    PATTERN_CATASTROPHIC,
    PATTERN_NOT_ANALYSED,
    PATTERN_NOT_ECMASCRIPT,
    PATTERN_NOT_PORTABLE,
    PATTERN_TOO_COMPLEX,
    PATTERN_UNICODE_ESCAPE,
)
from reconciler.model.rules.patterns import (
    PATTERN_EMPTY,
    PATTERN_INVALID,
    PATTERN_MATCHES_EMPTY,
    PATTERN_TOO_LONG,
)
from reconciler.patterns.backtracking import Effort
from reconciler.patterns.catastrophe import Attack, find_attack, is_risky
from reconciler.patterns.dialects import Reading, differences
from reconciler.patterns.matching import (
    MAX_REPETITIONS,
    compile_error,
    finds,
    recursion,
    repeats_too_much,
)
from reconciler.patterns.parsing import parse
from reconciler.patterns.syntax import Node, nullable
from reconciler.planning.finding import PatternFault
from reconciler.planning.plain import MAX_ANALYSED_LENGTH, is_plain

_RULES = {
    Reading.NOT_ECMASCRIPT: PATTERN_NOT_ECMASCRIPT,
    Reading.NOT_PORTABLE: PATTERN_NOT_PORTABLE,
}


def faults(
    pattern: str, *, limits: PatternLimits, ignore_case: bool = False
) -> tuple[PatternFault, ...]:
    """What makes the tenant refuse a regular expression, fail to train it, or hang on it; and, as
    warnings, what another engine reads differently or the author can hardly have meant.

    Whether case is ignored matters only for catastrophic backtracking.
    """
    return faults_and_steps(pattern, limits=limits, ignore_case=ignore_case)[0]


def faults_and_steps(
    pattern: str, *, limits: PatternLimits, ignore_case: bool
) -> tuple[tuple[PatternFault, ...], int]:
    """The faults, and the steps that finding them took beyond the fixed cost of every pattern."""
    if is_plain(pattern, limits=limits):
        return (), 0
    return _examined(pattern, limits=limits, ignore_case=ignore_case)


@lru_cache(maxsize=4096)
def _examined(
    pattern: str, *, limits: PatternLimits, ignore_case: bool
) -> tuple[tuple[PatternFault, ...], int]:
    effort = Effort()
    found = _faults(pattern, limits=limits, ignore_case=ignore_case, effort=effort)
    return found, effort.steps


@lru_cache(maxsize=4096)
def faults_at_sight(
    pattern: str, *, limits: PatternLimits
) -> tuple[tuple[PatternFault, ...], bool]:
    """The faults that cost no steps, and whether there may be others."""
    if is_plain(pattern, limits=limits):
        return (), False
    found = _faults(pattern, limits=limits, ignore_case=False, effort=None)
    tree = parse(pattern) if len(pattern) <= MAX_ANALYSED_LENGTH else None
    return found, tree is not None and is_risky(tree)


def _faults(
    pattern: str, *, limits: PatternLimits, ignore_case: bool, effort: Effort | None
) -> tuple[PatternFault, ...]:
    excess = _excess(pattern, limits=limits)
    if len(pattern) > MAX_ANALYSED_LENGTH:
        return (*excess, _UNREAD)
    errors = (*excess, *_errors(pattern, limits=limits))
    if any(fault.rule != PATTERN_TOO_LONG for fault in errors):
        return errors
    tree = parse(pattern)
    error = _not_compiling(pattern) if tree is None else None
    if error is not None:
        return (*errors, error)
    return (*errors, *_doubts(pattern, tree, limits=limits, ignore_case=ignore_case, effort=effort))


_UNREAD = PatternFault(
    PATTERN_NOT_ANALYSED,
    f"a pattern of more than {MAX_ANALYSED_LENGTH} characters is not checked any further, "
    "and its slot's examples are not tried",
    "Shorten it first.",
)


def _errors(pattern: str, *, limits: PatternLimits) -> Iterator[PatternFault]:
    """Faults that show before anything is compiled; some of these patterns must never be."""
    if not pattern:
        yield PatternFault(PATTERN_EMPTY, "the pattern is empty", "Remove it.")
        return
    if repeats_too_much(pattern):
        yield too_many_repetitions()
        return
    call = recursion(pattern)
    escape = _untrainable(limits.untrainable).search(pattern) if limits.untrainable else None
    if call:
        yield PatternFault(
            PATTERN_INVALID,
            f"{call} makes the pattern recursive, which is not supported",
            "Write it without recursion.",
        )
    elif escape:
        yield PatternFault(
            PATTERN_UNICODE_ESCAPE,
            f"the escape {escape.group(1)} makes the tenant's retraining fail",
            "Write the character itself, or a class of characters.",
        )


@lru_cache(maxsize=8)
def _untrainable(beginnings: tuple[str, ...]) -> re.Pattern[str]:
    """Matches any of these escapes whose backslash is not itself escaped."""
    return re.compile(rf"(?<!\\)(?:\\\\)*({'|'.join(map(re.escape, beginnings))})")


def _excess(pattern: str, *, limits: PatternLimits) -> tuple[PatternFault, ...]:
    if limits.max_length is None or len(pattern) <= limits.max_length:
        return ()
    fault = PatternFault(
        PATTERN_TOO_LONG,
        f"the pattern has {len(pattern):,} characters, but the tenant accepts at most "
        f"{limits.max_length}",
        "Split it into two patterns.",
    )
    return (fault,)


def _not_compiling(pattern: str) -> PatternFault | None:
    error = compile_error(pattern)
    if error is None:
        return None
    return PatternFault(
        PATTERN_INVALID, f"not a valid regular expression: {error}", "Correct the pattern."
    )


def _doubts(
    pattern: str,
    tree: Node | None,
    *,
    limits: PatternLimits,
    ignore_case: bool,
    effort: Effort | None,
) -> Iterator[PatternFault]:
    attack = None
    if tree is not None and effort is not None:
        attack = find_attack(tree, ignore_case=ignore_case, effort=effort)
    if attack is not None:
        yield catastrophic(attack)
    for token, difference in () if limits.knows_engine else differences(pattern):
        yield PatternFault(
            _RULES[difference.reading],
            f"{token} is {difference.says}, and the tenant may use either engine",
            difference.hint,
        )
    if nullable(tree) if tree is not None else finds(pattern, ""):
        yield PatternFault(
            PATTERN_MATCHES_EMPTY,
            "the pattern matches the empty string, so it matches every text and extracts nothing",
            "Require at least one character: + instead of *, or {1,3} instead of {0,3}.",
        )


def too_many_repetitions() -> PatternFault:
    """The fault of a pattern that is too large when its counts are written out."""
    return PatternFault(
        PATTERN_TOO_COMPLEX,
        f"its counted repetitions multiply to more than {MAX_REPETITIONS:,}",
        "Use + or *, or smaller counts.",
    )


def catastrophic(attack: Attack) -> PatternFault:
    """The fault of a pattern on which the attack is proven."""
    return PatternFault(
        PATTERN_CATASTROPHIC,
        f"catastrophic backtracking: an engine takes at least {attack.steps:,} steps to search "
        f"{attack.text!r}, and each further {attack.pump!r} multiplies them",
        "Let each character match in one way only: no repetition within a repetition, and no two "
        "branches that begin alike.",
    )
