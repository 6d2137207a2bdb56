"""The bot: which slots it was trained on, when it will have been retrained, and how it does.

        retrain ──▶ training ── training_seconds ──▶ serving
           ▲            │ retrain: starts over, the model in hand is dropped
           └────────────┘

While it retrains, the former model goes on serving and nothing can be measured. A training that
fails changes nothing. A slot that is deleted stops extracting at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.ports import Clock
from reconciler.sandbox.corpus import Corpus
from reconciler.sandbox.nlu import Nlu
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.slots import Document
from reconciler.sandbox.traffic import Measurement, Traffic


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
        """Serve what was trained last, as if it always had; raises `TrainingFailed`."""
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
        """The slots as they were at the last training that succeeded, or is still going on."""
        return self._trained

    def retrain(self, documents: Iterable[Document]) -> None:
        """Start a training, in place of one that is going on; raises `TrainingFailed`."""
        documents, now = list(documents), self._clock.monotonic()
        model = self._nlu.train(documents)
        self._settle(now)
        self._trained = documents
        self._ready_at = now + self._training_seconds
        self._traffic.serve(model, since=self._ready_at, now=now)

    def forget(self, slot_id: str) -> None:
        """Serve without a slot from now on; a training that is going on ends without it."""
        now = self._clock.monotonic()
        self._settle(now)
        self._serving = _without(self._serving, slot_id)
        self._trained = _without(self._trained, slot_id)
        self._traffic.withdraw(slot_id, now=now)
        # What has been trained once, less one slot, can be trained again.
        self._traffic.serve(self._nlu.train(self._serving), since=now, now=now)
        if now < self._ready_at:
            self._traffic.serve(self._nlu.train(self._trained), since=self._ready_at, now=now)

    def measure(self, slot_id: str) -> Measurement | None:
        """The slot's traffic in the window; None while nothing can be said about it."""
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
