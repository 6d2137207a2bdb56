"""From an utterance to values: candidates, fill strategies, and the contest for a span.

The docstring of `nlu` documents the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reconciler.sandbox.v1.patterns import Matcher, Rule

MAX_WORDS = 6
_OUTER_PUNCTUATION = ".,!?;:\"'()"


@dataclass(frozen=True, order=True)
class Span:
    """Part of an utterance, from `start` up to `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """The number of characters it covers."""
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class SlotRules:
    """A slot as the NLU sees it: its rules in order, and how their matches are ranked."""

    slot_id: str
    rules: tuple[Rule, ...]
    in_order: bool

    @classmethod
    def of(cls, document: Mapping[str, object]) -> SlotRules:
        """Read a slot's document."""
        strategy, patterns = document["fillStrategy"], document["patterns"]
        literal = document["type"] != "regex"
        if not isinstance(patterns, list):
            raise TypeError(f"the patterns of {document['slotId']} are not a list")
        rules = tuple(
            Rule(
                pattern=pattern,
                literal=literal,
                whole=strategy == "strict",
                ignore_case=strategy == "fuzzy",
            )
            for pattern in patterns
        )
        return cls(str(document["slotId"]), rules, in_order=strategy == "firstMatch")

    def ranked(self, findings: Sequence[Iterable[Span]]) -> list[Span]:
        """What the slot would extract, best first; `findings` are the matches of each rule."""
        if self.in_order:
            listed = [sorted(spans, key=lambda span: (span.start, -span.end)) for spans in findings]
        else:
            every = {span for spans in findings for span in spans}
            listed = [sorted(every, key=lambda span: (-span.length, span.start))]
        return list(dict.fromkeys(span for spans in listed for span in spans))


class CandidateIndex:
    """Every distinct candidate of all utterances, grouped by first and last character."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Cut the texts into candidates."""
        self._places: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(texts):
            for span in candidates(text):
                places = self._places.setdefault(text[span.start : span.end], [])
                places.append((number, span.start))
        self._groups: dict[tuple[str, str], list[str]] = {}
        for candidate in self._places:
            self._groups.setdefault((candidate[0], candidate[-1]), []).append(candidate)

    def find(self, rule: Rule) -> dict[int, list[Span]]:
        """Everything that a rule matches, by utterance; raises `TrainingFailed`."""
        matcher = Matcher(rule)
        found: dict[int, set[Span]] = {}
        for (first, last), group in self._groups.items():
            if not matcher.may_match(first, last):
                continue
            for candidate in group:
                hit = matcher.find(candidate)
                if hit is None:
                    continue
                for number, start in self._places[candidate]:
                    found.setdefault(number, set()).add(Span(start + hit[0], start + hit[1]))
        return {number: sorted(spans) for number, spans in found.items()}


def candidates(text: str) -> set[Span]:
    """The spans of one to six adjacent words, with and without their outer punctuation."""
    words = [Span(*found.span()) for found in re.finditer(r"\S+", text)]
    spans = set()
    for first, word in enumerate(words):
        for last in words[first : first + MAX_WORDS]:
            raw = text[word.start : last.end]
            start = last.end - len(raw.lstrip(_OUTER_PUNCTUATION))
            end = word.start + len(raw.rstrip(_OUTER_PUNCTUATION))
            spans.add(Span(word.start, last.end))
            if start < end:
                spans |= {Span(start, end), Span(word.start, end), Span(start, last.end)}
    return spans


def contest(wishes: Mapping[str, Sequence[Span]]) -> dict[str, Span]:
    """Give each slot at most one span, without overlaps.

    Each round grants the longest of the slots' first wishes (ties: the leftmost, then the slot id
    that sorts first), and drops the wishes that overlap it.
    """
    waiting = {slot_id: list(spans) for slot_id, spans in wishes.items() if spans}
    granted: dict[str, Span] = {}
    while waiting:
        winner = min(waiting, key=lambda slot_id: _claim(waiting[slot_id][0], slot_id))
        span = waiting.pop(winner)[0]
        granted[winner] = span
        left = {
            slot_id: [wish for wish in spans if not wish.overlaps(span)]
            for slot_id, spans in waiting.items()
        }
        waiting = {slot_id: spans for slot_id, spans in left.items() if spans}
    return granted


def _claim(span: Span, slot_id: str) -> tuple[int, int, str]:
    return (-span.length, span.start, slot_id)
