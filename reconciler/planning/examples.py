"""The rules for examples: what a slot must and must not extract, and what two slots share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial

from reconciler.model.content import SlotContent
from reconciler.model.rules.engines import PATTERN_TOO_COMPLEX
from reconciler.model.rules.examples import (
    AMBIGUOUS_EXAMPLE,
    EXAMPLES_NOT_CHECKED,
    EXAMPLES_NOT_COMPARED,
    EXAMPLES_NOT_RUN,
)
from reconciler.model.slot import DesiredSlot, MatchExample
from reconciler.model.state import DesiredState, Path
from reconciler.patterns.matching import MATCH_SECONDS, NotRunnableError, PatternTimeoutError
from reconciler.planning import slot_patterns
from reconciler.planning.analysis import Analysis
from reconciler.planning.dialect import dialect_of
from reconciler.planning.extraction import MAX_TIMEOUTS, Extractor
from reconciler.planning.finding import Finding
from reconciler.planning.own_examples import judged

MAX_COMPARISONS = 200_000
"""Examples tried on other slots. Comparing all with all would take minutes for a large bot."""


def findings(desired: DesiredState, analysis: Analysis) -> Iterator[tuple[str, Finding]]:
    """By slot id: each slot's examples are tried on its own patterns, then on those of the others.

    Slots whose patterns are known to hang are left out. Slots without examples cost nothing.
    """
    runnable = {
        slot.slot_id: slot.content
        for slot in desired.values()
        if slot.content is not None and (slot.examples.match or slot.examples.reject)
        if slot_patterns.can_run(slot.content, analysis)
    }
    if not runnable:
        return
    extractor = Extractor(analysis.api)
    for slot_id, content in runnable.items():
        if extractor.is_exhausted:
            break
        for finding in _own(desired[slot_id], content, extractor):
            yield slot_id, finding
    yield from _Comparison(desired, extractor, analysis).findings(runnable)
    if extractor.is_exhausted:
        yield (
            next(reversed(runnable)),
            Finding(
                ("examples",),
                EXAMPLES_NOT_CHECKED,
                f"{MAX_TIMEOUTS} patterns took longer than {MATCH_SECONDS} s on "
                "an example, so not all examples were tried",
                "Fix those patterns first.",
            ),
        )


def _own(slot: DesiredSlot, content: SlotContent, extractor: Extractor) -> Iterator[Finding]:
    try:
        yield from judged(slot.examples, partial(extractor.extract, content))
    except PatternTimeoutError as error:
        yield _too_complex(content, error.pattern)
    except NotRunnableError:
        yield Finding(
            ("examples",),
            EXAMPLES_NOT_RUN,
            "the examples were not tried: only a JavaScript engine can run this regex",
            'Install it with pip install "slot-reconciler[ecmascript]".',
        )


def _too_complex(content: SlotContent, pattern: str) -> Finding:
    return Finding(
        content.place_of(content.patterns.index(pattern)),
        PATTERN_TOO_COMPLEX,
        f"matching an example took longer than {MATCH_SECONDS} s",
        "Avoid nested repetitions.",
    )


class _Comparison:
    """Tries the examples of each slot on the other slots.

    Two slots are ambiguous if the other one extracts all that the first one does, or more. A slot
    that extracts only a part, as a number slot extracts the year of a date, is not reported: that
    is how slots of different granularity live together.
    """

    def __init__(
        self,
        desired: DesiredState,
        extractor: Extractor,
        analysis: Analysis,
    ) -> None:
        self._desired = desired
        self._analysis = analysis
        self._extractor = extractor
        self._left = MAX_COMPARISONS
        self._reported: set[tuple[frozenset[str], str]] = set()
        self._slow: set[str] = set()

    def findings(self, runnable: dict[str, SlotContent]) -> Iterator[tuple[str, Finding]]:
        if not any(self._desired[slot_id].examples.match for slot_id in runnable):
            return
        index = _Index(self._desired, self._analysis)
        for slot_id, content in runnable.items():
            for number, example in enumerate(self._desired[slot_id].examples.match):
                path: Path = ("examples", "match", number)
                rivals = index.candidates(example.text)
                rivals.pop(slot_id, None)
                if self._extractor.is_exhausted:
                    return
                if len(rivals) > self._left:
                    yield slot_id, _not_compared(path)
                    return
                self._left -= len(rivals)
                value = self._value(content, example)
                if value:
                    for rival, rival_content in rivals.items():
                        yield from self._pair(
                            slot_id, rival, rival_content, text=example.text, value=value, path=path
                        )

    def _value(self, content: SlotContent, example: MatchExample) -> str | None:
        try:
            found = self._extractor.extract(content, example.text)
        except (PatternTimeoutError, NotRunnableError):
            return None
        return found.value if found else None

    def _pair(
        self,
        slot_id: str,
        rival: str,
        rival_content: SlotContent,
        *,
        text: str,
        value: str,
        path: Path,
    ) -> Iterator[tuple[str, Finding]]:
        pair = (frozenset((slot_id, rival)), text)
        try:
            found = self._extractor.extract(rival_content, text)
        except PatternTimeoutError as error:
            if rival not in self._slow and not self._has_examples(rival):
                self._slow.add(rival)
                yield rival, _too_complex(rival_content, error.pattern)
            return
        except NotRunnableError:
            return
        if found is None or value not in found.value or pair in self._reported:
            return
        self._reported.add(pair)
        yield (
            slot_id,
            Finding(
                path,
                AMBIGUOUS_EXAMPLE,
                f"{' and '.join(self._names(slot_id, rival))} both extract {value!r}"
                + ("" if found.value == value else f", the latter as {found.value!r}")
                + f"; {rival} uses {found.pattern!r}",
                "Make one of the two narrower, so that a text has one meaning.",
            ),
        )

    def _has_examples(self, slot_id: str) -> bool:
        examples = self._desired[slot_id].examples
        return bool(examples.match or examples.reject)

    def _names(self, *slot_ids: str) -> Iterable[str]:
        """Their names if these tell them apart, as those of two flows need not; or else their
        ids."""
        contents = (self._desired[slot_id].content for slot_id in slot_ids)
        names = [content.name if content else None for content in contents]
        is_telling = None not in names and len(set(names)) == len(names)
        return [name for name in names if name] if is_telling else slot_ids


def _not_compared(path: Path) -> Finding:
    return Finding(
        path,
        EXAMPLES_NOT_COMPARED,
        "from here on, examples were not tried on other slots: that would take more than "
        f"{MAX_COMPARISONS:,} trials",
        "Begin patterns with ^ and some fixed text: they are tried only where it occurs.",
    )


class _Index:
    """Which slots may extract something from a text: those with a pattern whose required text, if
    any, occurs in it."""

    def __init__(self, desired: DesiredState, analysis: Analysis) -> None:
        self._content = {
            slot.slot_id: slot.content
            for slot in desired.values()
            if slot.content is not None and slot_patterns.can_run(slot.content, analysis)
        }
        self._by_text: dict[str, list[str]] = defaultdict(list)
        dialect = dialect_of(analysis.api)
        for slot_id, content in self._content.items():
            for pattern in content.patterns:
                self._by_text[dialect.required(content, pattern)].append(slot_id)
        self._lengths = sorted({len(text) for text in self._by_text})

    def candidates(self, text: str) -> dict[str, SlotContent]:
        """The content of these slots by slot id, always in the same order."""
        lowered = text.lower()
        found: dict[str, SlotContent] = {}
        for length in self._lengths:
            pieces = {lowered[at : at + length] for at in range(len(lowered) - length + 1)}
            for piece in sorted(pieces):
                for slot_id in self._by_text.get(piece, ()):
                    found[slot_id] = self._content[slot_id]
        return found
