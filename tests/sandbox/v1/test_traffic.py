"""The window over the traffic, checked against a recount of every utterance."""

from __future__ import annotations

import math
import random

import pytest

from reconciler.sandbox.v1.corpus import Corpus, Utterance
from reconciler.sandbox.v1.nlu import Model
from reconciler.sandbox.v1.traffic import Measurement, Traffic

CORPUS = Corpus(tuple(Utterance(f"text {number}") for number in range(7)))
GOOD = Model({"s": [True] * 7})
BAD = Model({"s": [False] * 7})
MIXED = Model({"s": [True, False, None, True, True, None, False]})


def traffic(*, per_second: float = 2.0, window: float = 10.0) -> Traffic:
    return Traffic(CORPUS, per_second=per_second, window_seconds=window)


def test_the_first_model_has_always_served() -> None:
    flow = traffic()
    flow.serve(GOOD, since=100.0, now=100.0)
    assert flow.measure("s", now=100.0) == Measurement(successes=20, samples=20)


def test_utterances_that_are_not_samples_are_not_counted() -> None:
    flow = traffic(window=3.5)
    flow.serve(MIXED, since=0.0, now=0.0)
    # Any seven arrivals in a row are the whole corpus.
    for now in (0.0, 0.5, 11.0, 1234.5):
        assert flow.measure("s", now=now) == Measurement(successes=3, samples=5)


def test_a_window_covers_every_model_that_served_in_it() -> None:
    flow = traffic()
    flow.serve(GOOD, since=0.0, now=0.0)
    flow.serve(BAD, since=50.0, now=45.0)
    assert flow.measure("s", now=50.0).success_rate == 1.0
    assert flow.measure("s", now=52.5).success_rate == 0.75
    assert flow.measure("s", now=60.0).success_rate == 0.0


def test_measuring_often_does_not_change_the_result() -> None:
    often, once = traffic(), traffic()
    for flow in (often, once):
        flow.serve(MIXED, since=0.0, now=0.0)
        flow.serve(BAD, since=30.0, now=25.0)
    for tenth in range(250, 360):
        often.measure("s", now=tenth / 10)
    assert often.measure("s", now=36.0) == once.measure("s", now=36.0)


def test_a_training_that_was_replaced_never_serves() -> None:
    flow = traffic()
    flow.serve(GOOD, since=0.0, now=0.0)
    flow.serve(BAD, since=20.0, now=15.0)
    flow.serve(GOOD, since=24.0, now=19.0)
    assert flow.measure("s", now=30.0).success_rate == 1.0


def test_a_slot_is_measured_only_once_a_model_knows_it() -> None:
    flow = traffic()
    flow.serve(Model({}), since=0.0, now=0.0)
    flow.serve(GOOD, since=20.0, now=20.0)
    assert not flow.serves("s", now=19.9)
    assert flow.serves("s", now=20.0)
    assert flow.measure("s", now=22.0) == Measurement(successes=4, samples=4)


def test_a_withdrawn_slot_leaves_no_samples_for_a_later_slot_with_its_id() -> None:
    flow = traffic()
    flow.serve(BAD, since=0.0, now=0.0)
    flow.withdraw("s", now=20.0)
    flow.serve(Model({}), since=20.0, now=20.0)
    flow.serve(GOOD, since=22.0, now=22.0)
    assert flow.measure("s", now=24.0) == Measurement(successes=4, samples=4)


def test_an_empty_corpus_has_no_samples() -> None:
    flow = Traffic(Corpus(()), per_second=2.0, window_seconds=10.0)
    flow.serve(Model({"s": []}), since=0.0, now=0.0)
    assert flow.measure("s", now=5.0) == Measurement(successes=0, samples=0)


def test_utterances_do_not_arrive_in_the_order_of_the_file() -> None:
    # One arrival a second: each window of one second shows a single verdict.
    flow = traffic(per_second=1.0, window=1.0)
    flow.serve(Model({"s": [True] * 3 + [False] * 4}), since=0.0, now=0.0)
    seen = [flow.measure("s", now=float(now)).successes for now in range(1, 8)]
    assert sum(seen) == 3
    assert seen != [1, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(20))
def test_prefix_sums_agree_with_a_recount(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - replayable
    per_second, window = chance.choice([0.5, 3.0, 7.0]), chance.choice([1.0, 8.0, 33.0])
    flow = traffic(per_second=per_second, window=window)
    # Every utterance has one verdict per model, so its place in the order does not matter here.
    epochs: list[tuple[float, bool | None]] = []
    now = chance.choice([0.0, 500.25])
    for _ in range(12):
        verdict = chance.choice([True, False, None])
        flow.serve(Model({"s": [verdict] * 7}), since=now, now=now)
        epochs.append((now if epochs else -math.inf, verdict))
        now += chance.choice([0.25, 2.0, 9.5])
        served = []
        for arrival in range(math.ceil((now - window) * per_second), math.ceil(now * per_second)):
            moment = arrival / per_second
            served.append([known for start, known in epochs if start <= moment][-1])
        expected = Measurement(served.count(True), served.count(True) + served.count(False))
        assert flow.measure("s", now=now) == expected
