"""The events of a run: each comes at the right moment, and together they show what is happening."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.change import Action
from reconciler.model.event import (
    BaselineBegun,
    BaselineRead,
    BaselineRepeated,
    ChangeBegun,
    ChangeEnded,
    ChangeStored,
    EvaluationBegun,
    Event,
    Measured,
    PlanBegun,
    RateLimited,
    ReadBackDue,
    RecoveryBegun,
    RequestAnswered,
    RequestRepeated,
    RequestSent,
    RollbackBegun,
    RunBegun,
    RunEnded,
    TrainingBegun,
    VerdictReached,
    Wait,
    WaitingForMetrics,
    WaveBegun,
    WriteBegun,
    WriteInDoubt,
    WriteRepeated,
)
from reconciler.model.gate import Measurement
from reconciler.model.outcome import Status
from reconciler.model.settings import Limits, Rollout
from tests.support.faults import answered, answered_text, lost_before, meanwhile
from tests.support.fuse import cut_after_the_write
from tests.support.world import COLOUR, ENDPOINT, FRUIT, SIZE, World, desired_slot, document

MakeWorld = Callable[..., World]

WAVE = Rollout(batch="wave")
OLD = document(FRUIT, patterns=["^apple$"])
HARDLY = {"min_success_rate": 0.4, "max_drop": 0.6}
"""A gate that passes a slot that loses half of its values."""


_REQUESTS = (RequestSent, RequestAnswered)


def kinds(events: Iterable[Event], *, without: tuple[type[Event], ...] = ()) -> list[type[Event]]:
    """The kinds of the events in order, without requests; a kind that repeats is listed once."""
    named: list[type[Event]] = []
    for event in events:
        if not isinstance(event, (*_REQUESTS, *without)) and named[-1:] != [type(event)]:
            named.append(type(event))
    return named


def test_a_change_that_stands_is_announced_step_by_step(world: MakeWorld) -> None:
    bot = world(live=[OLD], gate=HARDLY)
    report = bot.apply(desired_slot(FRUIT))
    assert kinds(bot.observer.heard, without=(WaitingForMetrics,)) == [
        RunBegun,
        PlanBegun,
        BaselineBegun,
        Measured,
        ChangeBegun,
        BaselineRead,
        WriteBegun,
        ChangeStored,
        EvaluationBegun,
        Measured,
        VerdictReached,
        ChangeEnded,
        RunEnded,
    ]
    assert bot.observer.of(RunBegun) == [RunBegun(run_id="run-1", endpoint=ENDPOINT)]
    assert bot.observer.of(RunEnded) == [RunEnded(report=report)]
    assert bot.observer.of(WriteBegun) == [
        WriteBegun(slot_id=FRUIT, action=Action.UPDATE, trains=True)
    ]


def test_a_rollback_is_announced_until_the_change_ends(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^never$"))
    heard = bot.observer.heard
    (verdict,) = bot.observer.of(VerdictReached)
    assert kinds(heard[heard.index(verdict) :], without=(WaitingForMetrics,)) == [
        VerdictReached,
        RollbackBegun,
        WriteBegun,
        EvaluationBegun,
        Measured,
        ChangeEnded,
        RunEnded,
    ]


def test_each_write_is_announced_before_it_is_sent(world: MakeWorld) -> None:
    bot = world(live=[document(COLOUR)])
    sent: list[tuple[Action, int]] = []

    def count_writes(event: Event) -> None:
        if isinstance(event, WriteBegun):
            sent.append((event.action, len(bot.writes)))

    bot.observer.disturbed_by = count_writes
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR, absent=True))
    assert sent == [(Action.CREATE, 0), (Action.DELETE, 1)]
    stored = [(each.slot_id, each.action) for each in bot.observer.of(ChangeStored)]
    assert stored == [(FRUIT, Action.CREATE), (COLOUR, Action.DELETE)]


def test_a_write_is_recorded_on_disk_before_it_is_announced(world: MakeWorld) -> None:
    bot = world(live=[OLD], gate=HARDLY)
    recorded: dict[type[Event], list[str]] = {}
    bot.observer.disturbed_by = lambda event: recorded.setdefault(type(event), bot.recorded())
    bot.apply(desired_slot(FRUIT))
    assert recorded[WriteBegun] == ["run_started", "change_started"]
    assert recorded[ChangeStored][-1] == "change_applied"


def test_the_last_write_of_a_wave_requests_its_training(world: MakeWorld) -> None:
    bot = world(rollout=WAVE)
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR))
    (wave,) = bot.observer.of(WaveBegun)
    assert {each.slot_id for each in wave.changes} == {FRUIT, COLOUR}
    assert [each.trains for each in bot.observer.of(WriteBegun)] == [False, True]
    assert bot.observer.of(TrainingBegun) == []
    evaluated = [each.slot_id for each in bot.observer.of(EvaluationBegun)]
    assert sorted(evaluated) == sorted([FRUIT, COLOUR])


def test_training_that_is_not_part_of_a_write_is_announced(world: MakeWorld) -> None:
    bot = world(rollout=WAVE)
    bot.inject("PUT", FRUIT, answered(403))  # the last write, which requests the training
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR))
    trained = [each.slot_id for each in bot.observer.of(TrainingBegun)]
    assert trained == [COLOUR]


def test_a_write_with_an_unknown_outcome_is_announced_with_the_wait_before_its_read_back(
    world: MakeWorld,
) -> None:
    bot = world(live=[OLD], gate=HARDLY)
    bot.inject("PUT", FRUIT, lost_before, times=2)
    bot.apply(desired_slot(FRUIT))
    writes = (WriteBegun, WriteInDoubt, WriteRepeated, ChangeStored)
    assert [type(each) for each in bot.observer.heard if isinstance(each, writes)] == [
        WriteBegun,
        *(WriteInDoubt, WriteRepeated) * 2,
        ChangeStored,
    ]
    assert [each.seconds for each in bot.observer.of(WriteInDoubt)] == [1.0, 2.0]
    reasons = [each.reason for each in bot.observer.of(WriteInDoubt)]
    assert reasons == [each.reason for each in bot.observer.of(WriteRepeated)]


def test_a_write_that_is_not_repeated_is_not_announced_as_repeated(world: MakeWorld) -> None:
    bot = world(live=[OLD], limits=Limits(max_attempts=3))
    bot.inject("PUT", FRUIT, answered(503), times=3)
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "failed"}
    assert len(bot.observer.of(WriteInDoubt)) == 3
    assert len(bot.observer.of(WriteRepeated)) == 2


def test_each_repetition_of_a_training_is_announced(world: MakeWorld) -> None:
    bot = world(rollout=WAVE, limits=Limits(max_attempts=3))
    bot.inject("PUT", FRUIT, answered(403))
    lose = meanwhile(lambda: bot.inject("PUT", COLOUR, lost_before, times=3))
    bot.inject("PUT", COLOUR, lose)
    bot.apply(desired_slot(FRUIT), desired_slot(COLOUR))
    assert "could not be trained in 3 attempts" in bot.outcome(COLOUR).message
    assert len(bot.observer.of(WriteInDoubt)) == 2  # there is no wait after the last
    assert [each.slot_id for each in bot.observer.of(WriteRepeated)] == [COLOUR] * 2


def test_another_read_of_a_slot_that_still_looks_unchanged_is_announced(world: MakeWorld) -> None:
    bot = world(live=[OLD], gate=HARDLY, limits=Limits(max_attempts=1))
    bot.inject("PUT", FRUIT, lost_before)
    bot.apply(desired_slot(FRUIT))
    due = bot.observer.of(ReadBackDue)
    assert {each.slot_id for each in due} == {FRUIT}
    assert all(each.until <= each.deadline for each in due)


def test_another_request_for_a_baseline_is_announced(world: MakeWorld) -> None:
    bot = world(live=[OLD], gate=HARDLY)
    bot.inject("GET", "extraction", answered_text("<html>"))
    bot.apply(desired_slot(FRUIT))
    (repeated,) = bot.observer.of(BaselineRepeated)
    assert repeated.slot_id == FRUIT
    assert "not JSON" in repeated.reason
    assert repeated.seconds == bot.settings.gate.poll_interval_seconds
    (baseline,) = bot.observer.of(BaselineRead)
    first = bot.observer.of(Measured)[0]
    assert isinstance(first.reading, Measurement)
    assert first.reading.success_rate == baseline.baseline == 0.5
    assert first.min_success_rate is first.baseline is None


def test_a_watched_slot_is_announced_too(world: MakeWorld) -> None:
    bot = world(live=[OLD, document(COLOUR)], gate=HARDLY)
    bot.apply(desired_slot(FRUIT, gate={"watch": (COLOUR,)}), desired_slot(COLOUR))
    begun = {each.slot_id: each for each in bot.observer.of(EvaluationBegun)}
    assert [each.slot_id for each in bot.observer.of(BaselineBegun)] == [FRUIT, COLOUR]
    assert begun[FRUIT].min_success_rate == 0.4
    assert begun[COLOUR].min_success_rate is None
    assert begun[COLOUR].baseline == 1.0


def test_changes_left_open_by_an_earlier_run_are_announced_before_the_plan(
    world: MakeWorld,
) -> None:
    bot = world(live=[OLD], gate=HARDLY)
    cut_after_the_write(bot, FRUIT, desired_slot(FRUIT), desired_slot(SIZE))
    assert bot.observer.of(RunEnded) == []
    bot.observer.heard.clear()
    bot.apply(desired_slot(FRUIT), desired_slot(SIZE))
    assert kinds(bot.observer.heard)[:3] == [RunBegun, RecoveryBegun, TrainingBegun]
    assert bot.observer.of(RecoveryBegun) == [RecoveryBegun(slot_ids=(FRUIT,))]
    ended = [each.outcome.slot_id for each in bot.observer.of(ChangeEnded)]
    assert ended == [FRUIT, SIZE]
    assert [each.change.slot_id for each in bot.observer.of(ChangeBegun)] == [SIZE]


def test_a_run_with_nothing_to_do_announces_nothing(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT))
    assert kinds(bot.observer.heard) == []


def test_a_run_that_is_stopped_immediately_ends_with_the_known_outcomes(world: MakeWorld) -> None:
    bot = world(live=[OLD], gate=HARDLY)

    def stop(event: Event) -> None:
        if isinstance(event, ChangeStored):
            raise KeyboardInterrupt

    bot.observer.disturbed_by = stop
    report = bot.apply(desired_slot(FRUIT))
    assert bot.observer.heard[-1] == RunEnded(report=report)
    assert report.interrupted


def test_a_skipped_change_ends_without_having_begun(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.apply(desired_slot(FRUIT, "^never$"), desired_slot(COLOUR, after=[FRUIT]))
    assert [each.change.slot_id for each in bot.observer.of(ChangeBegun)] == [FRUIT]
    ended = {each.outcome.slot_id: each.outcome.status for each in bot.observer.of(ChangeEnded)}
    assert ended == {FRUIT: Status.ROLLED_BACK, COLOUR: Status.SKIPPED}


def test_the_end_of_a_wait_is_a_time_of_the_clock_in_every_event(world: MakeWorld) -> None:
    """The end of every wait minus its length is the present."""
    bot = world(live=[OLD], gate=HARDLY, limits=Limits(requests_per_minute=8))
    waits: dict[type[Wait], float] = {}

    def compare(event: Event) -> None:
        if isinstance(event, Wait):
            off = abs(event.until - event.seconds - bot.clock.monotonic())
            waits[type(event)] = max(off, waits.get(type(event), 0.0))

    bot.observer.disturbed_by = compare
    bot.inject("GET", "extraction", answered_text("<html>"))
    bot.inject("GET", FRUIT, answered(429, headers={"Retry-After": "3"}))
    bot.inject("PUT", FRUIT, lost_before)
    bot.apply(desired_slot(FRUIT))
    assert bot.statuses == {FRUIT: "verified"}
    heard = {RateLimited, RequestRepeated, BaselineRepeated, WriteInDoubt, EvaluationBegun}
    assert heard <= waits.keys()
    assert max(waits.values()) < 0.01


def test_an_event_can_be_pickled(world: MakeWorld) -> None:
    bot = world(live=[OLD, document(COLOUR)], gate=HARDLY, limits=Limits(requests_per_minute=9))
    bot.inject("PUT", FRUIT, lost_before)
    bot.apply(
        desired_slot(FRUIT),
        desired_slot(COLOUR, "^never$", after=[FRUIT]),
        desired_slot(SIZE, after=[COLOUR]),
    )
    assert len(kinds(bot.observer.heard)) > 20
    for event in bot.observer.heard:
        assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 - ours
        assert type(event).model_validate_json(event.model_dump_json()) == event


def measured(event: Measured) -> str:
    if not isinstance(event.reading, Measurement):
        return event.reading.reason
    rate, floor, before = (
        "none" if each is None else f"{each:.2f}"
        for each in (event.reading.success_rate, event.min_success_rate, event.baseline)
    )
    return f"rate {rate}, minimum {floor}, baseline {before}"


DOING: Mapping[type[Event], Callable[[Any], str]] = {
    BaselineBegun: lambda event: "baseline",
    WriteBegun: lambda event: "write, training" if event.trains else "write",
    WriteInDoubt: lambda event: f"in doubt, read in {event.seconds:g} s: {event.reason}",
    ReadBackDue: lambda event: f"read again in {event.seconds:g} s",
    TrainingBegun: lambda event: "training",
    EvaluationBegun: lambda event: f"settling {event.seconds:g} s",
    Measured: measured,
    RollbackBegun: lambda event: "rolling back",
}
"""What is being done to a slot from an event on."""


@dataclass
class Block:
    """A display of a run, made only from its events."""

    total: int = 0
    step: int = 0
    doing: dict[str, str] = field(default_factory=dict)
    waits_for: str = ""
    ends: dict[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many changes have not ended."""
        return self.total - len(self.ends)

    def notice(self, event: Event) -> None:
        if isinstance(event, Wait):
            self.times.append(event.until - event.seconds)
        if type(event) in DOING:
            self.doing[getattr(event, "slot_id", "")] = DOING[type(event)](event)
        elif isinstance(event, PlanBegun):
            self.total = len(event.changes)
        elif isinstance(event, ChangeBegun):
            self.step += 1
        elif isinstance(event, RateLimited):
            self.waits_for = f"{event.limit} requests a minute, {event.seconds:.0f} s"
        elif isinstance(event, ChangeEnded):
            self.ends[event.outcome.slot_id] = event.outcome.status.value
            self.doing.pop(event.outcome.slot_id, None)


def test_a_display_of_a_run_needs_only_its_events(world: MakeWorld) -> None:
    bot = world(live=[OLD, document(COLOUR)], gate=HARDLY, limits=Limits(requests_per_minute=9))
    block = Block()
    shown: list[tuple[int, int, dict[str, str], str]] = []

    def show(event: Event) -> None:
        block.notice(event)
        shown.append((block.step, block.left, dict(block.doing), block.waits_for))

    bot.observer.disturbed_by = show
    bot.apply(
        desired_slot(FRUIT),
        desired_slot(COLOUR, "^never$", after=[FRUIT]),
        desired_slot(SIZE, after=[COLOUR]),
    )
    states = [doing.get(FRUIT) for _, _, doing, _ in shown]
    assert [each for each in dict.fromkeys(states) if each] == [
        "baseline",
        "rate 0.50, minimum none, baseline none",
        "write, training",
        "settling 15 s",
        "rate 1.00, minimum 0.40, baseline 0.50",
    ]
    states = [doing.get(COLOUR) for _, _, doing, _ in shown]
    assert "rolling back" in states
    assert {step for step, *_ in shown} == {0, 1, 2}
    assert (block.total, block.left, block.doing) == (3, 0, {})
    assert block.ends == {FRUIT: "verified", COLOUR: "rolled_back", SIZE: "skipped"}
    assert block.waits_for.startswith("9 requests a minute, ")
    assert block.times[-1] - block.times[0] > 30
