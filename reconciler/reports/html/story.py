"""The events of a run → what happened to each change, and when.

A change of a wave is in progress together with the others, so an event belongs to every change that
its slot concerns: the slot's own, and those of the slots that watch it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import singledispatchmethod

from reconciler.model.change import Change
from reconciler.model.event import (
    ChangeBegun,
    ChangeEnded,
    EvaluationBegun,
    Event,
    Measured,
    PlanBegun,
    RecoveryBegun,
    RollbackBegun,
    RunBegun,
    VerdictReached,
)
from reconciler.model.gate import Measurement, Verdict
from reconciler.model.noticed import Noticed
from reconciler.model.outcome import Outcome


@dataclass(frozen=True)
class Reading:
    """One measurement, `seconds` after its evaluation began; the rate is a fraction, and None if
    there was none for this `reason`."""

    seconds: float
    rate: float | None
    samples: int | None = None
    reason: str = ""


@dataclass
class Judged:
    """A slot under judgement: what was measured, and the verdict, if there was one.

    `settling` is the wait before the first measurement, in seconds. `minimum` is None if the drop
    alone counts.
    """

    slot_id: str
    begun: datetime
    settling: float
    baseline: float | None
    minimum: float | None
    readings: list[Reading] = field(default_factory=list)
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Phase:
    """What was being done, and since when: `write`, `settle`, `measure`, `roll back` or `end`."""

    name: str
    since: datetime


@dataclass
class Story:
    """What happened to one change, in order. `outcome` is None if it never ended. What happened in
    an earlier run to a change that is `recovered` is not in it."""

    slot_id: str
    recovered: bool = False
    phases: list[Phase] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    outcome: Outcome | None = None


@dataclass
class RunStory:
    """A whole run: the changes of its plan, and their stories, in the order in which they began."""

    begun: datetime | None = None
    ended: datetime | None = None
    changes: tuple[Change, ...] = ()
    stories: list[Story] = field(default_factory=list)

    def of(self, outcome: Outcome) -> Story:
        """The story of the change with this outcome; an empty one if it never began."""
        for story in self.stories:
            if (story.slot_id, story.recovered) == (outcome.slot_id, outcome.recovered):
                return story
        return Story(outcome.slot_id, recovered=outcome.recovered)


def told(noticed: Iterable[Noticed], *, watched: Mapping[str, Sequence[str]]) -> RunStory:
    """The story of a run; `watched` are the other slots that judge each slot's change."""
    teller = _Teller(watched)
    for each in noticed:
        teller.take(each.event, each.at)
    return teller.run


class _Teller:
    def __init__(self, watched: Mapping[str, Sequence[str]]) -> None:
        self.run = RunStory()
        self._watched = watched

    def take(self, event: Event, at: datetime) -> None:
        """Take the next event."""
        if self.run.begun is not None:
            self.run.ended = at
        self._take(event, at)

    @singledispatchmethod
    def _take(self, event: Event, at: datetime) -> None:
        """No other event is part of the story."""

    @_take.register
    def _(self, _event: RunBegun, at: datetime) -> None:
        self.run.begun = self.run.ended = at

    @_take.register
    def _(self, event: PlanBegun, _at: datetime) -> None:
        self.run.changes = event.changes

    @_take.register
    def _(self, event: RecoveryBegun, _at: datetime) -> None:
        self.run.stories.extend(Story(slot_id, recovered=True) for slot_id in event.slot_ids)

    @_take.register
    def _(self, event: ChangeBegun, at: datetime) -> None:
        self.run.stories.append(Story(event.change.slot_id, phases=[Phase("write", at)]))

    @_take.register
    def _(self, event: EvaluationBegun, at: datetime) -> None:
        for story in self._concerned(event.slot_id):
            if any(phase.name == "roll back" for phase in story.phases):
                continue  # its metrics only have to answer again
            story.judged.append(
                Judged(
                    slot_id=event.slot_id,
                    begun=at,
                    settling=event.seconds,
                    baseline=event.baseline,
                    minimum=event.min_success_rate,
                )
            )
            if event.slot_id == story.slot_id:
                settled = at + timedelta(seconds=event.seconds)
                story.phases += [Phase("settle", at), Phase("measure", settled)]

    @_take.register
    def _(self, event: Measured, at: datetime) -> None:
        for story in self._concerned(event.slot_id):
            judged = _open(story, event.slot_id)
            if judged is not None:
                judged.readings.append(_reading(event, seconds=(at - judged.begun).total_seconds()))

    @_take.register
    def _(self, event: VerdictReached, _at: datetime) -> None:
        for story in self._concerned(event.slot_id):
            judged = _open(story, event.slot_id)
            if judged is not None:
                judged.verdict = event.verdict

    @_take.register
    def _(self, event: RollbackBegun, at: datetime) -> None:
        for story in self._in_progress(event.slot_id):
            story.phases.append(Phase("roll back", at))

    @_take.register
    def _(self, event: ChangeEnded, at: datetime) -> None:
        for story in self._in_progress(event.outcome.slot_id):
            story.outcome = event.outcome
            story.phases.append(Phase("end", at))

    def _in_progress(self, slot_id: str) -> list[Story]:
        return [
            story
            for story in self.run.stories
            if story.outcome is None and story.slot_id == slot_id
        ]

    def _concerned(self, slot_id: str) -> list[Story]:
        """The stories of the changes in progress that a measurement of this slot judges."""
        return [
            story
            for story in self.run.stories
            if story.outcome is None
            and (story.slot_id == slot_id or slot_id in self._watched.get(story.slot_id, ()))
        ]


def _open(story: Story, slot_id: str) -> Judged | None:
    """The evaluation of this slot that has no verdict yet."""
    of_slot = [each for each in story.judged if each.slot_id == slot_id and each.verdict is None]
    return of_slot[0] if of_slot else None


def _reading(event: Measured, *, seconds: float) -> Reading:
    reading = event.reading
    if isinstance(reading, Measurement):
        return Reading(seconds=seconds, rate=reading.success_rate, samples=reading.sample_count)
    return Reading(seconds=seconds, rate=None, reason=reading.reason)
