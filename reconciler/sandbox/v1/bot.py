"""The bot: which slots it was trained on, when its training ends, and its success rates.

        retrain ──▶ training ── training_seconds ──▶ serving
           ▲            │ retrain: starts over, the unfinished model is dropped
           └────────────┘

While it retrains, the previous model keeps serving and nothing can be measured. A failed training
changes nothing. A deleted slot stops extracting at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.ports import Clock
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.nlu import Nlu
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.slots import Document
from reconciler.sandbox.v1.traffic import Measurement, Traffic


class Bot:
    """One bot over one corpus of traffic. Not thread-safe: the tenant holds the lock."""

    def __init__(
        self,
        trained: Iterable[Document],
        *,
        clock: Clock,
        settings: SandboxSettings,
        corpus: Corpus,
    ) -> None:
        """Serve what was last trained, as if from the beginning; raises `TrainingFailed`."""
        self._clock = clock
        self._training_seconds = settings.training_seconds
        self._nlu = Nlu(corpus)
        self._traffic = Traffic(
            corpus,
            per_second=settings.traffic_per_second,
            window_seconds=settings.window_seconds,
        )
        self._serving = self._trained = list(trained)
        self._ready_at = now = clock.monotonic()
        self._traffic.serve(self._nlu.train(self._trained), since=now, now=now)

    @property
    def trained(self) -> list[Document]:
        """The slots as of the last training that succeeded or is still running."""
        return self._trained

    def retrain(self, documents: Iterable[Document]) -> None:
        """Start a training, replacing one that is still running; raises `TrainingFailed`."""
        documents, now = list(documents), self._clock.monotonic()
        model = self._nlu.train(documents)
        self._settle(now)
        self._trained = documents
        self._ready_at = now + self._training_seconds
        self._traffic.serve(model, since=self._ready_at, now=now)

    def forget(self, slot_id: str) -> None:
        """Stop serving a slot at once; a running training also ends without it."""
        now = self._clock.monotonic()
        self._settle(now)
        self._serving = _without(self._serving, slot_id)
        self._trained = _without(self._trained, slot_id)
        self._traffic.withdraw(slot_id, now=now)
        # Slots that could be trained can still be trained without one of them.
        self._traffic.serve(self._nlu.train(self._serving), since=now, now=now)
        if now < self._ready_at:
            self._traffic.serve(self._nlu.train(self._trained), since=self._ready_at, now=now)

    def measure(self, slot_id: str) -> Measurement | None:
        """The slot's traffic in the window; None while there is nothing to measure."""
        now = self._clock.monotonic()
        if now < self._ready_at or not self._traffic.serves(slot_id, now=now):
            return None
        measurement = self._traffic.measure(slot_id, now=now)
        return measurement if measurement.samples else None

    def _settle(self, now: float) -> None:
        if now >= self._ready_at:
            self._serving = self._trained


def _without(documents: list[Document], slot_id: str) -> list[Document]:
    return [document for document in documents if document["slotId"] != slot_id]
