"""The rules for the regex of a slot filler, written `/body/` and run by JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from reconciler.model.rules.engines import PATTERN_NOT_ANALYSED, PATTERN_TOO_COMPLEX
from reconciler.model.rules.patterns import (
    PATTERN_EMPTY,
    PATTERN_INVALID,
    PATTERN_MATCHES_EMPTY,
)
from reconciler.model.rules.regexes import (
    REGEX_DELIMITERS,
    REGEX_FLAG,
    REGEX_GLOBAL,
    REGEX_READ_OTHERWISE,
    REGEX_RECENT,
)
from reconciler.patterns.backtracking import Effort
from reconciler.patterns.catastrophe import find_attack, is_risky
from reconciler.patterns.ecmascript import engine
from reconciler.patterns.ecmascript.foreign import read_otherwise, rejected
from reconciler.patterns.ecmascript.literal import FLAGS, Literal, NotDelimitedError, literal
from reconciler.patterns.ecmascript.matching import first_match
from reconciler.patterns.ecmascript.parsing import (
    InvalidPatternError,
    Reading,
    TooDeepError,
    read,
)
from reconciler.patterns.matching import MAX_REPETITIONS, NotRunnableError, PatternTimeoutError
from reconciler.patterns.syntax import nullable, written_out
from reconciler.planning.finding import PatternFault
from reconciler.planning.pattern_faults import catastrophic, too_many_repetitions

MAX_ANALYSED_LENGTH = 5_000
"""Characters. A slot has one regex, so that all its variants are in it."""

_HINTS = {
    "i": "Remove it, and write both cases, as in [Aa].",
    "m": "Remove it, and write (?:^|\\n) and (?:$|\\n).",
    "s": "Remove it, and write [^] for any character.",
}


def faults(regex: str) -> tuple[PatternFault, ...]:
    """What makes the tenant refuse a regex, or hang on it; and, as warnings, what JavaScript reads
    differently from other engines or the author can hardly have meant."""
    return faults_and_steps(regex)[0]


@lru_cache(maxsize=4096)
def faults_and_steps(regex: str) -> tuple[tuple[PatternFault, ...], int]:
    """The faults, and the steps that finding them took beyond the fixed cost of every regex."""
    effort = Effort()
    return tuple(_faults(regex, effort=effort)), effort.steps


@lru_cache(maxsize=4096)
def faults_at_sight(regex: str) -> tuple[tuple[PatternFault, ...], bool]:
    """The faults that cost no steps, and whether there may be others."""
    return tuple(_faults(regex, effort=None)), _is_risky(regex)


def _is_risky(regex: str) -> bool:
    try:
        return len(regex) <= MAX_ANALYSED_LENGTH and is_risky(read(literal(regex).body).tree)
    except (NotDelimitedError, InvalidPatternError):
        return False


def _faults(regex: str, *, effort: Effort | None) -> Iterator[PatternFault]:
    try:
        parts = literal(regex)
    except NotDelimitedError as error:
        yield PatternFault(REGEX_DELIMITERS, f"the regex {error}", error.hint)
        return
    yield from _of_flags(parts.flags)
    if len(regex) > MAX_ANALYSED_LENGTH:
        yield PatternFault(
            PATTERN_NOT_ANALYSED,
            f"a regex of more than {MAX_ANALYSED_LENGTH:,} characters is not checked any further, "
            "and its slot's examples are not tried",
            "Shorten it first.",
        )
    elif not parts.body:
        yield PatternFault(PATTERN_EMPTY, "the regex is empty", "Write a pattern into it.")
    else:
        yield from _of_body(parts, effort=effort)


def _of_flags(flags: str) -> Iterator[PatternFault]:
    for flag in dict.fromkeys(flags):
        if flags.count(flag) > 1:
            yield PatternFault(
                REGEX_FLAG, f"the flag {flag} is given more than once", "Remove the flags."
            )
        elif flag == "g":
            yield PatternFault(
                REGEX_GLOBAL,
                "the flag g changes nothing: the first match is taken with or without it",
                "Remove it.",
            )
        elif flag in FLAGS:
            yield PatternFault(
                REGEX_FLAG,
                f"the flag {flag}, which {FLAGS[flag]}, is not one that a slot filler takes",
                _HINTS.get(flag, "Remove it."),
            )
        else:
            yield PatternFault(REGEX_FLAG, f"JavaScript has no flag {flag}", "Remove it.")


def _of_body(parts: Literal, *, effort: Effort | None) -> Iterator[PatternFault]:
    try:
        reading = read(parts.body)
    except InvalidPatternError as error:
        yield _invalid(parts, error)
        return
    if written_out(reading.tree) > MAX_REPETITIONS:
        yield too_many_repetitions()
        return
    rejection = engine.rejection(parts.body)
    if rejection is not None:
        yield PatternFault(
            PATTERN_INVALID, f"JavaScript rejects the regex: {rejection}", "Correct the regex."
        )
        return
    yield from _doubts(parts.body, reading, effort=effort)


def _invalid(parts: Literal, error: InvalidPatternError) -> PatternFault:
    place = f"character {error.offset + parts.offset + 1}"
    if isinstance(error, TooDeepError):
        return PatternFault(PATTERN_TOO_COMPLEX, f"{error}, at {place}", "Use fewer groups.")
    foreign = rejected(parts.body, offset=error.offset)
    if foreign is None:
        message = f"JavaScript rejects the regex at {place}: {error}"
        return PatternFault(PATTERN_INVALID, message, "Correct the regex.")
    message = f"JavaScript rejects {foreign.token} at {place}, {foreign.says}"
    return PatternFault(PATTERN_INVALID, message, foreign.hint)


def _doubts(body: str, reading: Reading, *, effort: Effort | None) -> Iterator[PatternFault]:
    if reading.is_exact and effort is not None:
        attack = find_attack(reading.tree, ignore_case=False, effort=effort)
        if attack is not None:
            yield catastrophic(attack)
    if reading.recent is not None:
        yield PatternFault(
            REGEX_RECENT,
            f"{reading.recent} is syntax that JavaScript has only since 2025, and the tenant may "
            "run an older version",
            "Write it without, as in [Aa]."
            if "<" not in reading.recent
            else "Give each group a name of its own.",
        )
    for foreign in read_otherwise(body):
        yield PatternFault(REGEX_READ_OTHERWISE, f"{foreign.token} is {foreign.says}", foreign.hint)
    if nullable(reading.tree) and (reading.is_exact or _finds_nothing(body)):
        yield PatternFault(
            PATTERN_MATCHES_EMPTY,
            "the regex matches the empty string, so it matches every text and extracts nothing",
            "Require at least one character: + instead of *, or {1,3} instead of {0,3}.",
        )


def _finds_nothing(body: str) -> bool:
    """Whether the match in an empty text is certain to be an empty one."""
    try:
        return first_match(body, "") == ""
    except (NotRunnableError, PatternTimeoutError):
        return False
