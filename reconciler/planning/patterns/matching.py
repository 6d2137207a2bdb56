"""What a slot's patterns extract from a text.

The only importer of `regex`, whose matching can be given a time limit: no pattern that a user
writes can hang this process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import regex

from reconciler.model.slot import FillStrategy, SlotContent
from reconciler.planning.patterns.dialects import for_python
from reconciler.planning.patterns.parsing import parse
from reconciler.planning.patterns.syntax import written_out

MATCH_SECONDS = 0.5
"""The most that one match may take; an ordinary one takes microseconds."""
MAX_TIMEOUTS = 10
"""So many patterns may take too long before an extractor runs nothing any more: with
MATCH_SECONDS it bounds what examples can cost, however many there are."""
MAX_REPETITIONS = 100_000
"""States, with counted repetitions written out. `regex` writes them out indeed, and a few
characters such as `(){99999999}` make it take all memory; real patterns stay below ten thousand."""

_COUNT = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
_RECURSION = re.compile(r"(?<!\\)\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\)")


@dataclass(frozen=True)
class Extraction:
    """A value, and the pattern that took it."""

    value: str
    pattern: str


class PatternTimeoutError(Exception):
    """A match did not end within MATCH_SECONDS, or within the memory that `regex` gives it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


class Extractor:
    """Extracts, and remembers what took too long: no pattern is waited for twice."""

    def __init__(self) -> None:
        self._given_up: set[str] = set()

    @property
    def is_exhausted(self) -> bool:
        """Whether so much time was lost that nothing should be run any more."""
        return len(self._given_up) >= MAX_TIMEOUTS

    def extract(self, content: SlotContent, text: str) -> Extraction | None:
        """What the slot takes from `text` by its fill strategy, or None.

        `firstMatch` takes the first pattern that matches, `strict` the first that matches the
        whole text; `bestMatch` and `fuzzy` the longest match, `fuzzy` whatever the case. A slot
        that is not of type `regex` has literal phrases, in any case.

        Raises PatternTimeoutError. Patterns with faults extract nothing.
        """
        best: Extraction | None = None
        for pattern in content.patterns:
            value = self._matched(content, pattern, text)
            if value is None:
                continue
            found = Extraction(value=value, pattern=pattern)
            if content.fill_strategy in (FillStrategy.FIRST_MATCH.value, FillStrategy.STRICT.value):
                return found
            if best is None or len(found.value) > len(best.value):
                best = found
        return best

    def _matched(self, content: SlotContent, pattern: str, text: str) -> str | None:
        if pattern in self._given_up:
            raise PatternTimeoutError(pattern)
        is_regex = content.type == "regex"
        try:
            compiled = _compiled(
                pattern if is_regex else regex.escape(pattern, literal_spaces=True),
                ignore_case=ignores_case(content),
            )
        except (regex.error, RecursionError, OverflowError):
            return None
        whole = content.fill_strategy == FillStrategy.STRICT.value
        match = compiled.fullmatch if whole else compiled.search
        try:
            found = match(text, timeout=MATCH_SECONDS)
        except (TimeoutError, MemoryError):  # the latter from patterns that call themselves
            self._given_up.add(pattern)
            raise PatternTimeoutError(pattern) from None
        return found.group() if found else None


def extract(content: SlotContent, text: str) -> Extraction | None:
    """What an Extractor that has seen nothing yet takes from one text."""
    return Extractor().extract(content, text)


def ignores_case(content: SlotContent) -> bool:
    """Whether the slot's patterns match whatever the case."""
    return content.type != "regex" or content.fill_strategy == FillStrategy.FUZZY.value


def recursion(pattern: str) -> str | None:
    """The first place where the pattern calls itself, or a part of itself."""
    found = _RECURSION.search(pattern)
    return found.group() if found else None


def repeats_too_much(pattern: str) -> bool:
    """By what it has when written out; where that is not known, by all counts multiplied, as if
    each were nested in the next."""
    product = 1
    for least, most in _COUNT.findall(pattern):
        product *= max((1, *(int(count[:9]) for count in (least, most) if count)))
        if product > MAX_REPETITIONS:
            tree = parse(pattern)
            return tree is None or written_out(tree) > MAX_REPETITIONS
    return False


def compile_error(pattern: str) -> str | None:
    """Why the pattern is no regular expression, or None."""
    try:
        _compiled(pattern, ignore_case=False)
    except (regex.error, RecursionError, OverflowError) as error:
        return str(error)
    return None


def finds(pattern: str, text: str) -> bool:
    """Whether the pattern, which compiles, is found in the text; False if it takes too long."""
    try:
        return _compiled(pattern, ignore_case=False).search(text, timeout=MATCH_SECONDS) is not None
    except (TimeoutError, MemoryError):
        return False


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> regex.Pattern[str]:
    """Raises `regex.error` for what is no pattern, or one that would take all memory."""
    if recursion(pattern):
        raise regex.error("it refers back to a pattern")
    if repeats_too_much(pattern):
        raise regex.error(f"its repetitions multiply to more than {MAX_REPETITIONS:,}")
    return regex.compile(for_python(pattern), regex.IGNORECASE if ignore_case else 0)
