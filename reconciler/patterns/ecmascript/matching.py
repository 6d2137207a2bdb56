"""What a pattern matches in a text, as in `text.match(new RegExp(body))[0]`."""

from __future__ import annotations

from reconciler.patterns.ecmascript import engine
from reconciler.patterns.ecmascript.cost import attempts
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, Reading, read
from reconciler.patterns.ecmascript.translation import UntranslatableError, translated
from reconciler.patterns.ecmascript.units import characters, is_plain, units
from reconciler.patterns.matching import (
    MAX_REPETITIONS,
    NotRunnableError,
    PatternTimeoutError,
    searched,
)
from reconciler.patterns.syntax import written_out

MAX_ATTEMPTS = 1_000_000
"""The engine, which has no time limit, is asked where it cannot need more; that is about a
second at worst, and usually microseconds."""


def first_match(body: str, text: str) -> str | None:
    """What the pattern matches first in the text, or None. One that JavaScript rejects, or that is
    too large, matches nothing.

    The real engine answers where it is installed and certain to stop; elsewhere, a translation for
    Python does, within MATCH_SECONDS. Raises PatternTimeoutError and NotRunnableError.
    """
    try:
        reading = read(body)
    except InvalidPatternError:
        return None
    if written_out(reading.tree) > MAX_REPETITIONS:
        return None
    if _is_for_the_engine(body, text, reading):
        return engine.search(body, text)
    return _first_in_python(body, text)


def _is_for_the_engine(body: str, text: str, reading: Reading) -> bool:
    return (
        engine.can_read(body)
        and is_plain(text)
        and attempts(reading.tree, length=len(text)) <= MAX_ATTEMPTS
        and engine.rejection(body) is None
    )


def _first_in_python(body: str, text: str) -> str | None:
    try:
        found = searched(translated(body), units(text))
    except UntranslatableError:
        raise NotRunnableError(body) from None
    except PatternTimeoutError:
        raise PatternTimeoutError(body) from None
    return None if found is None else characters(found)
