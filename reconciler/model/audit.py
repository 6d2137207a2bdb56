"""What the ledger says about each run: when it was, who ran it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import groupby

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.endpoint import Kind
from reconciler.model.fleet_run import TargetStatus
from reconciler.model.ledger import Entry, counts_in, kind_in, text_in
from reconciler.model.outcome import Status

_WORST_FIRST = tuple(
    status.value
    for status in (
        Status.ROLLBACK_FAILED,
        Status.FAILED,
        Status.ROLLED_BACK,
        Status.SKIPPED,
        Status.INCONCLUSIVE,
        Status.UNJUDGED,
        Status.VERIFIED,
    )
)
_WORST_TARGETS_FIRST = tuple(
    status.value
    for status in (
        TargetStatus.REJECTED,
        TargetStatus.UNHEALTHY,
        TargetStatus.FAILED,
        TargetStatus.STALE,
        TargetStatus.HELD,
        TargetStatus.INTERRUPTED,
        TargetStatus.DIFFERS,
        TargetStatus.VERIFIED,
        TargetStatus.WAITING,
    )
)
_NOTHING = "nothing_changed"
_OF_FLEET = "fleet "
_BEGINNINGS = ("run_started", "fleet_started")


class RunState(str, Enum):
    """What became of a run.

    finished        it recorded its end
    running         it holds the ledger's lock
    unknown         it has no end, and it cannot be read which apply holds the lock
    never_finished  it has no end, and does not hold the lock
    """

    FINISHED = "finished"
    RUNNING = "running"
    UNKNOWN = "unknown"
    NEVER_FINISHED = "never_finished"


class RecordedRun(Frozen):
    """One run. `command` is what made it, None for an apply, and begins with `fleet` for a run of
    the fleet, which has no endpoint. `started` is an RFC 3339 time. `kind` is what `bot_id` is the
    id of. `summary` counts the outcomes by status, or what another command recorded by event, or a
    fleet's targets by theirs, zeros left out; it is empty for a run without an end, whose `seconds`
    are None."""

    run_id: str
    started: str
    state: RunState
    command: str | None = None
    actor: str | None = None
    commit: str | None = None
    reason: str | None = None
    origin: str | None = None
    bot_id: str | None = None
    kind: Kind = "bot"
    judged: bool = True
    summary: Mapping[str, int] = Field(default_factory=dict)
    seconds: float | None = None

    @property
    def outcome(self) -> str:
        """The worst that became of its changes, as a Status has it, or of a fleet's targets;
        `nothing_changed` if it made none, and its state if it is not finished."""
        if self.state is not RunState.FINISHED:
            return str(self.state.value)
        worst_first = _WORST_TARGETS_FIRST if self.is_of_fleet else _WORST_FIRST
        return next((each for each in worst_first if each in self.summary), _NOTHING)

    @property
    def is_of_fleet(self) -> bool:
        """Whether it is a run of the fleet, whose targets have runs of their own."""
        return self.command is not None and self.command.startswith(_OF_FLEET)

    @classmethod
    def of(cls, run_id: str, entries: Sequence[Entry], *, at_work: str | None) -> RecordedRun:
        """The run of these entries, of which there is at least one. `at_work` is what the lock says
        about the apply that holds it, "" if that cannot be read, and None if no apply holds it."""
        started = _first(entries, *_BEGINNINGS)
        finished = _first(entries, "run_finished", "fleet_finished")
        data = started.data if started is not None else {}
        target = data.get("target")
        endpoint = target if isinstance(target, dict) else {}
        return cls(
            run_id=run_id,
            started=entries[0].timestamp,
            state=run_state(run_id, is_finished=finished is not None, at_work=at_work),
            command=_command(started),
            actor=text_in(data, "actor"),
            commit=text_in(data, "commit"),
            reason=text_in(data, "reason"),
            origin=text_in(endpoint, "origin"),
            bot_id=text_in(endpoint, "bot_id"),
            kind=kind_in(data),
            judged=data.get("gate") is not False,
            summary=_summary(finished),
            seconds=(
                (finished.moment - entries[0].moment).total_seconds()
                if finished is not None
                else None
            ),
        )


def recorded_runs(entries: Iterable[Entry], *, at_work: str | None) -> tuple[RecordedRun, ...]:
    """The runs of these entries, in their order."""
    return tuple(
        RecordedRun.of(run_id, list(members), at_work=at_work)
        for run_id, members in groupby(entries, key=lambda entry: entry.run_id)
    )


def run_state(run_id: str, *, is_finished: bool, at_work: str | None) -> RunState:
    """What became of a run; `at_work` as in RecordedRun.of."""
    if is_finished:
        return RunState.FINISHED
    if at_work == "":
        return RunState.UNKNOWN
    if at_work is not None and f"run {run_id}," in f"{at_work},":
        return RunState.RUNNING
    return RunState.NEVER_FINISHED


def begins_run(entry: Entry) -> bool:
    """Whether this is the first line of a run, against a tenant or of the fleet."""
    return entry.event in _BEGINNINGS


def _first(entries: Iterable[Entry], *events: str) -> Entry | None:
    return next((entry for entry in entries if entry.event in events), None)


def _command(started: Entry | None) -> str | None:
    if started is None:
        return None
    if started.event == "fleet_started":
        return f"{_OF_FLEET}{text_in(started.data, 'action') or 'apply'}"
    return text_in(started.data, "command")


def _summary(finished: Entry | None) -> dict[str, int]:
    if finished is None:
        return {}
    is_of_fleet = finished.event == "fleet_finished"
    return counts_in(finished.data, "counts" if is_of_fleet else "summary")
