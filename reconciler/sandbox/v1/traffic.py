"""The bot's traffic: the success rate of a window of utterances, computed on demand.

One utterance arrives every `1 / per_second` seconds, at whole multiples of that on the monotonic
clock, and always has: the traffic is older than the sandbox, so there is something to measure from
the start. The corpus repeats in a fixed shuffled order. Each utterance is served by the model in
service when it arrives. So the periods of service (epochs) determine the past exactly, and a rate
takes two look-ups in prefix sums per epoch: no thread and no drift, however rarely it is asked for.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from itertools import accumulate

from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.nlu import Model


@dataclass(frozen=True)
class Measurement:
    """How often a slot was extracted as labelled in a window."""

    successes: int
    samples: int

    @property
    def success_rate(self) -> float:
        """A fraction, 0.0 to 1.0; needs at least one sample."""
        return self.successes / self.samples


class Traffic:
    """The utterances that arrived, and the models that served them."""

    def __init__(self, corpus: Corpus, *, per_second: float, window_seconds: float) -> None:
        """Shuffle the corpus; nothing is served before the first `serve`."""
        texts = [utterance.text for utterance in corpus.utterances]
        # By hash, so that the order is the same on every machine and Python version.
        self._order = sorted(
            range(len(texts)), key=lambda at: (hashlib.sha256(texts[at].encode()).digest(), at)
        )
        self._per_second = per_second
        self._window = window_seconds
        self._epochs: list[_Epoch] = []

    def serve(self, model: Model, *, since: float, now: float) -> None:
        """Put a model into service from `since` on; the first has always been in service.

        A model whose service would start later than `now` is dropped: a new training replaces one
        that is still running.
        """
        start = since if self._epochs else -math.inf
        kept = [epoch for epoch in self._epochs if epoch.start <= now]
        # Epochs that ended before any window that can still be asked for are not needed.
        horizon = now - self._window
        while len(kept) > 1 and kept[1].start < horizon:
            del kept[0]
        self._epochs = [*kept, _Epoch(start, self._tallies(model))]

    def withdraw(self, slot_id: str, *, now: float) -> None:
        """Stop reporting a slot; its part in past contests stays."""
        for epoch in self._epochs:
            if epoch.start <= now:
                epoch.tallies.pop(slot_id, None)

    def serves(self, slot_id: str, *, now: float) -> bool:
        """Whether the model in service at `now` knows the slot."""
        serving = [epoch for epoch in self._epochs if epoch.start <= now]
        return bool(serving) and slot_id in serving[-1].tallies

    def measure(self, slot_id: str, *, now: float) -> Measurement:
        """The slot's traffic in the window up to `now`, over every model that knew the slot."""
        ends = [epoch.start for epoch in self._epochs[1:]] + [math.inf]
        successes = samples = 0
        for epoch, end in zip(self._epochs, ends, strict=True):
            tally = epoch.tallies.get(slot_id)
            start, stop = max(epoch.start, now - self._window), min(end, now)
            if tally is None or start >= stop:
                continue
            first, last = self._arrivals_before(start), self._arrivals_before(stop)
            successes += tally.successes_between(first, last)
            samples += tally.samples_between(first, last)
        return Measurement(successes, samples)

    def _arrivals_before(self, moment: float) -> int:
        # Rounded, so that 12.3 s at 100 a second are exactly 1230 arrivals.
        return math.ceil(round(moment * self._per_second, 6))

    def _tallies(self, model: Model) -> dict[str, _Tally]:
        return {
            slot_id: _Tally(tuple(verdicts[at] for at in self._order))
            for slot_id, verdicts in model.verdicts.items()
        }


@dataclass
class _Epoch:
    start: float
    tallies: dict[str, _Tally]


class _Tally:
    """One slot's verdicts in the order of arrival, as prefix sums."""

    def __init__(self, verdicts: tuple[bool | None, ...]) -> None:
        self._successes = _prefix_sums([verdict is True for verdict in verdicts])
        self._samples = _prefix_sums([verdict is not None for verdict in verdicts])

    def successes_between(self, first: int, last: int) -> int:
        return _up_to(self._successes, last) - _up_to(self._successes, first)

    def samples_between(self, first: int, last: int) -> int:
        return _up_to(self._samples, last) - _up_to(self._samples, first)


def _prefix_sums(values: list[bool]) -> list[int]:
    return list(accumulate(values, initial=0))


def _up_to(sums: list[int], arrivals: int) -> int:
    """The sum over the arrivals before `arrivals`, over all rounds; negative before time 0."""
    length = len(sums) - 1
    if length == 0:
        return 0
    rounds, rest = divmod(arrivals, length)
    return rounds * sums[-1] + sums[rest]
