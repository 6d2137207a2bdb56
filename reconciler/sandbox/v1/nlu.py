r"""The sandbox's NLU: what it extracts, what its training refuses, how success is computed.

Extraction
    Candidates are the runs of one to six adjacent words of an utterance, each with and without
    the punctuation around it, so `^…$` spans one candidate: `^[A-Z]{2}-\\d{4,6}$` finds AB-1234
    in "Where is AB-1234?". For slots of type `regex` a pattern is a regular expression, searched
    for in each candidate; its match is the extraction. For any other type a pattern is a phrase
    that must equal a whole candidate, ignoring case.

Fill strategies
    bestMatch   the longest match of any pattern; ties: the leftmost
    firstMatch  the first pattern in order that matches anything; of its matches the leftmost,
                then the longest
    strict      like bestMatch, but a pattern must match a whole candidate, anchored or not
    fuzzy       like bestMatch, ignoring case

Slots compete
    No two slots extract overlapping spans. The longest extraction wins; ties: the leftmost, then
    the slot whose id sorts first. The loser falls back on its next-best match that overlaps no
    winner, or extracts nothing.

Success
    A sample of a slot is an utterance where the slot is labelled, or where it extracted
    something; it is a success if label and extraction are equal. So a bad pattern lowers the
    rate of its own slot, a greedy one the rates of the slots whose values it takes, and a false
    alarm counts too.

Training
    fails for a pattern that does not compile, that uses a Unicode escape (`\\u`, `\\U`, `\\x{…}`,
    `\\p{…}`, `\\P{…}`, `\\N{…}`), or that is too complex (see `patterns`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.extraction import CandidateIndex, SlotRules, Span, contest
from reconciler.sandbox.v1.patterns import Rule, TrainingFailed
from reconciler.sandbox.v1.slots import Document

# Rules are cached while a bot is edited back and forth; beyond this the cache is cleared.
_MAX_CACHED_RULES = 1000


@dataclass(frozen=True)
class Model:
    """A trained bot: for each slot, its verdict on each utterance of the corpus in turn.

    A verdict is True (extracted as labelled), False (missed, wrong, or a false alarm), or None if
    the utterance is not a sample of the slot.
    """

    verdicts: Mapping[str, Sequence[bool | None]]

    def success_rate(self, slot_id: str) -> float | None:
        """The rate over the whole corpus; None for an unknown slot or one without samples."""
        samples = [verdict for verdict in self.verdicts.get(slot_id, ()) if verdict is not None]
        return sum(samples) / len(samples) if samples else None


class Nlu:
    """Trains models over one corpus. The matches of a rule are computed once."""

    def __init__(self, corpus: Corpus) -> None:
        """Split the corpus into candidates."""
        self._corpus = corpus
        self._index = CandidateIndex([utterance.text for utterance in corpus.utterances])
        self._findings: dict[Rule, dict[int, list[Span]]] = {}

    def train(self, documents: Iterable[Document]) -> Model:
        """Train a model on these slots; raises `TrainingFailed`."""
        slots = [SlotRules.of(document) for document in documents]
        findings = {slot.slot_id: self._find(slot) for slot in slots}
        verdicts: dict[str, list[bool | None]] = {slot.slot_id: [] for slot in slots}
        for number, utterance in enumerate(self._corpus.utterances):
            wishes = {
                slot.slot_id: slot.ranked([found.get(number, ()) for found in slot_findings])
                for slot, slot_findings in zip(slots, findings.values(), strict=True)
                if any(number in found for found in slot_findings)
            }
            extracted = {
                slot_id: utterance.text[span.start : span.end]
                for slot_id, span in contest(wishes).items()
            }
            for slot_id, slot_verdicts in verdicts.items():
                value, label = extracted.get(slot_id), utterance.labels.get(slot_id)
                slot_verdicts.append(None if value is None and label is None else value == label)
        return Model(verdicts)

    def _find(self, slot: SlotRules) -> list[dict[int, list[Span]]]:
        if len(self._findings) > _MAX_CACHED_RULES:
            self._findings.clear()
        for rule in slot.rules:
            if rule not in self._findings:
                try:
                    self._findings[rule] = self._index.find(rule)
                except TrainingFailed as failure:
                    raise TrainingFailed(f"{slot.slot_id}: {failure}") from None
        return [self._findings[rule] for rule in slot.rules]


def extract(documents: Iterable[Document], text: str) -> dict[str, str]:
    """What these slots extract from one text, by slot id; raises `TrainingFailed`."""
    slots = [SlotRules.of(document) for document in documents]
    index = CandidateIndex([text])
    wishes = {
        slot.slot_id: slot.ranked([index.find(rule).get(0, ()) for rule in slot.rules])
        for slot in slots
    }
    granted = contest(wishes)
    return {slot_id: text[span.start : span.end] for slot_id, span in granted.items()}
