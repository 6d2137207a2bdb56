"""What a command is doing at this moment, folded from its events: an immutable value that can be
drawn at any moment, by any thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
    Paused,
    PlanBegun,
    RateLimited,
    ReadBackDue,
    RequestAnswered,
    RequestRepeated,
    RequestSent,
    RollbackBegun,
    RunBegun,
    RunEnded,
    SnapshotBegun,
    SnapshotTaken,
    TrainingBegun,
    VerdictReached,
    WaitingForMetrics,
    WaveBegun,
    WriteBegun,
    WriteInDoubt,
)
from reconciler.model.gate import Measurement
from reconciler.model.outcome import Status
from reconciler.reports.numbers import rate


@dataclass(frozen=True)
class Timed:
    """Something that is awaited, for at most `seconds`, until `until`, a time of
    Clock.monotonic; None if nobody knows how long it takes."""

    text: str
    since: float
    until: float | None = None


@dataclass(frozen=True)
class Work:
    """A change in progress: what is being done to it, and the last rate that was read."""

    slot_id: str
    action: Action
    doing: Timed
    rates: str = ""
    is_stored: bool = False
    deadline: float | None = None
    """When its gate times out, a time of Clock.monotonic; None before it is judged."""


@dataclass(frozen=True)
class View:
    """What is going on. Of the `planned` changes, by slot id, `begun` have begun; `ended` counts
    those that have ended, by their status. `work` are the changes in progress, by slot id, and
    `wait` is what the next request waits for. `snapshot` is the one that is being taken. Without a
    plan, `unmeasured` are the slots whose metrics are still to be read, the next one first, and
    `measured` counts the others."""

    started: float
    begun: int = 0
    ended: Mapping[Status, int] = field(default_factory=Counter)
    work: Mapping[str, Work] = field(default_factory=dict)
    planned: Mapping[str, Action] = field(default_factory=dict)
    unmeasured: tuple[str, ...] = ()
    measured: int = 0
    snapshot: Timed | None = None
    wait: Timed | None = None
    request: Timed | None = None
    planned_at: float | None = None
    estimated_seconds: float | None = None

    @property
    def total(self) -> int:
        """How many changes are planned."""
        return len(self.planned)

    @property
    def left(self) -> int:
        """How many changes have not ended yet."""
        return max(self.total - sum(self.ended.values()), 0)

    @property
    def current(self) -> Work | None:
        """The change that something happened to last."""
        return [*self.work.values()][-1] if self.work else None

    def remaining(self, now: float) -> float | None:
        """Seconds until the last change ends, if all take as long as those that have ended; before
        the first one has, as the plan estimates. None if neither is known, or time is over."""
        if self.planned_at is None:
            return None
        spent = now - self.planned_at
        done = sum(self.ended.values())
        if done:
            return spent / done * self.left
        if self.estimated_seconds is None or spent >= self.estimated_seconds:
            return None
        return self.estimated_seconds - spent


def after(view: View, event: Event, *, now: float) -> View:
    """The view after this event, which happened at `now`, a time of Clock.monotonic."""
    seen = view
    if not isinstance(event, (RateLimited, Paused, RequestRepeated)):
        seen = replace(view, wait=None)
    follow = _FOLLOWERS.get(type(event))
    return follow(seen, event, now) if follow else seen


def _planned(view: View, event: PlanBegun, now: float) -> View:
    planned = {each.slot_id: each.action for each in event.changes}
    return replace(
        view,
        planned=planned,
        begun=0,
        ended=Counter(),
        planned_at=now,
        estimated_seconds=event.estimated_seconds,
    )


def _snapshot(view: View, event: SnapshotBegun, now: float) -> View:
    return replace(view, snapshot=Timed(f"taking the snapshot {event.name}", now))


def _snapshot_taken(view: View, _event: SnapshotTaken, _now: float) -> View:
    return replace(view, snapshot=None)


def _limited(view: View, event: RateLimited, now: float) -> View:
    text = f"the rate limit of {event.limit} requests a minute"
    return replace(view, wait=Timed(text, since=now, until=event.until))


def _paused(view: View, event: Paused, now: float) -> View:
    return replace(view, wait=Timed("a pause that the tenant asked for", now, event.until))


def _repeated(view: View, event: RequestRepeated, now: float) -> View:
    text = f"attempt {event.attempt} of {event.attempts} ({event.reason.rstrip('.')})"
    return replace(view, wait=Timed(text, now, event.until))


def _sent(view: View, event: RequestSent, now: float) -> View:
    return replace(view, request=Timed(f"{event.method} {event.path}", now))


def _answered(view: View, _event: RequestAnswered, _now: float) -> View:
    return replace(view, request=None)


def _begun(view: View, event: ChangeBegun, now: float) -> View:
    change = event.change
    known = view.work.get(change.slot_id)
    work = known or Work(change.slot_id, change.action, Timed("beginning", now))
    return replace(
        view,
        begun=view.begun + 1,
        work={**view.work, change.slot_id: replace(work, action=change.action)},
    )


def _doing(view: View, slot_id: str, doing: Timed, **fields: Any) -> View:
    """The view in which this is being done to a slot, if its change is in progress."""
    work = view.work.get(slot_id)
    if work is None:
        return view
    others = {key: each for key, each in view.work.items() if key != slot_id}
    return replace(view, work={**others, slot_id: replace(work, doing=doing, **fields)})


def _wave(view: View, event: WaveBegun, now: float) -> View:
    work = {
        each.slot_id: Work(each.slot_id, each.action, Timed("waiting for its turn", now))
        for each in event.changes
    }
    return replace(view, work=work)


def _baseline(view: View, event: BaselineBegun | BaselineRepeated, now: float) -> View:
    until = event.until if isinstance(event, BaselineRepeated) else None
    doing = Timed("reading its baseline", now, until)
    action = view.planned.get(event.slot_id)
    if action is None or event.slot_id in view.work:
        return _doing(view, event.slot_id, doing)
    return replace(view, work={**view.work, event.slot_id: Work(event.slot_id, action, doing)})


def _baseline_read(view: View, event: BaselineRead, now: float) -> View:
    known = f"baseline {rate(event.baseline)}" if event.baseline is not None else "no baseline"
    return _doing(view, event.slot_id, Timed("baseline read", now), rates=known)


def _writing(view: View, event: WriteBegun, now: float) -> View:
    verb = "deleting" if event.action is Action.DELETE else "writing"
    return _doing(view, event.slot_id, Timed(verb, now))


def _in_doubt(view: View, event: WriteInDoubt, now: float) -> View:
    return _doing(view, event.slot_id, Timed("unknown whether it was stored", now, event.until))


def _reading_back(view: View, event: ReadBackDue, now: float) -> View:
    return _doing(view, event.slot_id, Timed("reading it back", now, event.until))


def _stored(view: View, event: ChangeStored, now: float) -> View:
    verb = "deleted" if event.action is Action.DELETE else "stored"
    return _doing(view, event.slot_id, Timed(verb, now), is_stored=True)


def _training(view: View, event: TrainingBegun, now: float) -> View:
    return _doing(view, event.slot_id, Timed("training", now))


def _evaluating(view: View, event: EvaluationBegun, now: float) -> View:
    if not view.planned and event.slot_id not in view.work:
        begun = view if view.unmeasured else replace(view, measured=0)
        return replace(begun, unmeasured=(*view.unmeasured, event.slot_id))
    doing = Timed("settling", now, event.until) if event.seconds else Timed("measuring", now)
    return _doing(view, event.slot_id, doing, deadline=event.deadline)


def _measured(view: View, event: Measured, now: float) -> View:
    if event.slot_id in view.unmeasured:
        left = tuple(each for each in view.unmeasured if each != event.slot_id)
        view = replace(view, unmeasured=left, measured=view.measured + 1)
    if not isinstance(event.reading, Measurement):
        return view
    parts = [rate(event.reading.success_rate)]
    if event.min_success_rate is not None:
        parts.append(f"minimum {rate(event.min_success_rate)}")
    if event.baseline is not None:
        parts.append(f"baseline {rate(event.baseline)}")
    return _doing(view, event.slot_id, Timed("measuring", now), rates=", ".join(parts))


def _waiting(view: View, event: WaitingForMetrics, now: float) -> View:
    doing = Timed(f"measuring: {event.reason}", now, event.until)
    return _doing(view, event.slot_id, doing, deadline=event.deadline)


def _judged(view: View, event: VerdictReached, now: float) -> View:
    return _doing(view, event.slot_id, Timed(event.verdict.result.value, now), deadline=None)


def _rolling_back(view: View, event: RollbackBegun, now: float) -> View:
    return _doing(view, event.slot_id, Timed("rolling back", now))


def _ended(view: View, event: ChangeEnded, _now: float) -> View:
    ended = Counter(view.ended)
    ended[event.outcome.status] += 1
    work = {key: each for key, each in view.work.items() if key != event.outcome.slot_id}
    return replace(view, ended=ended, work=work)


def _over(view: View, _event: RunEnded, _now: float) -> View:
    return replace(view, work={}, planned={}, snapshot=None)


def _run(view: View, _event: RunBegun, now: float) -> View:
    return replace(view, started=now)


_FOLLOWERS: Mapping[type, Callable[[View, Any, float], View]] = {
    RunBegun: _run,
    PlanBegun: _planned,
    SnapshotBegun: _snapshot,
    SnapshotTaken: _snapshot_taken,
    WaveBegun: _wave,
    RateLimited: _limited,
    Paused: _paused,
    RequestRepeated: _repeated,
    RequestSent: _sent,
    RequestAnswered: _answered,
    ChangeBegun: _begun,
    BaselineBegun: _baseline,
    BaselineRepeated: _baseline,
    BaselineRead: _baseline_read,
    WriteBegun: _writing,
    WriteInDoubt: _in_doubt,
    ReadBackDue: _reading_back,
    ChangeStored: _stored,
    TrainingBegun: _training,
    EvaluationBegun: _evaluating,
    Measured: _measured,
    WaitingForMetrics: _waiting,
    VerdictReached: _judged,
    RollbackBegun: _rolling_back,
    ChangeEnded: _ended,
    RunEnded: _over,
}
