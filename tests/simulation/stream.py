"""What a listener hears of a run fits together."""

from __future__ import annotations

from reconciler.model.event import (
    BaselineBegun,
    BaselineRead,
    ChangeBegun,
    ChangeEnded,
    ChangeStored,
    EvaluationBegun,
    Event,
    Measured,
    PlanBegun,
    ReadBackDue,
    RecoveryBegun,
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
from reconciler.model.outcome import Outcome, RunReport, Status
from tests.simulation.trace import Violation
from tests.support.clock import VirtualClock

_OF_A_CHANGE = (
    BaselineRead,
    WriteBegun,
    WriteInDoubt,
    WriteRepeated,
    ReadBackDue,
    TrainingBegun,
    ChangeStored,
    RollbackBegun,
)
"""What happens to a change in hand, and to no other."""
_FOLLOWS: dict[type[Event], type[Event]] = {
    ChangeStored: WriteBegun,
    WriteRepeated: WriteInDoubt,
    WaitingForMetrics: Measured,
    VerdictReached: Measured,
}
"""What must have happened to the same slot before."""
_ROUNDING_SECONDS = 0.002


class Stream:
    """The events of one process: what begins ends exactly once, what happens to a change happens
    while it is in hand, and a wait ends when it says."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.begin()

    def begin(self) -> None:
        """A new process, of which nothing was heard yet."""
        self._runs_begun = 0
        self._report: RunReport | None = None
        self._recovering: set[str] = set()
        self._planned: set[str] = set()
        self._in_hand: set[str] = set()
        self._ended: list[Outcome] = []
        self._happened: set[tuple[type[Event], str]] = set()

    def check(self, event: Event) -> None:
        """Raises Violation for what cannot come now."""
        if isinstance(event, Wait):
            self._check_wait(event)
        slot_id: str = getattr(event, "slot_id", "")
        if isinstance(event, _OF_A_CHANGE):
            self._require(slot_id in self._in_hand | self._recovering, event)
        if type(event) in _FOLLOWS:
            self._require((_FOLLOWS[type(event)], slot_id) in self._happened, event)
        if isinstance(event, EvaluationBegun):
            self._require(bool(self._in_hand or self._recovering), event)
            self._happened.discard((Measured, slot_id))
        if isinstance(event, Measured):
            begun = {(BaselineBegun, slot_id), (EvaluationBegun, slot_id)}
            self._require(bool(begun & self._happened), event)
        self._happened.add((type(event), slot_id))
        self._check_of_the_run(event)

    def check_end(self, report: RunReport | None) -> None:
        """The process has returned this report; None where it crashed."""
        if report is not None and self._runs_begun and report != self._report:
            raise Violation(8, f"a run ends with {self._report}, and its report is {report}")

    def _check_wait(self, event: Wait) -> None:
        now = self._clock.monotonic()
        self._require(event.seconds >= 0, event)
        self._require(abs(event.until - event.seconds - now) <= _ROUNDING_SECONDS, event)
        deadline: float = getattr(event, "deadline", event.until)
        self._require(isinstance(event, ReadBackDue) or event.until <= deadline, event)

    def _check_of_the_run(self, event: Event) -> None:
        if isinstance(event, RunBegun):
            self._runs_begun += 1
            self._require(self._runs_begun == 1, event)
        elif isinstance(event, RecoveryBegun):
            self._require(self._is_running and not self._planned, event)
            self._recovering = set(event.slot_ids)
        elif isinstance(event, PlanBegun):
            self._require(self._is_running and not self._planned, event)
            self._planned = {each.slot_id for each in event.changes}
            self._recovering = set()
            self._ended.clear()
        elif isinstance(event, WaveBegun):
            self._require({each.slot_id for each in event.changes} <= self._left, event)
        elif isinstance(event, ChangeBegun):
            self._require(event.change.slot_id in self._left - self._in_hand, event)
            self._in_hand.add(event.change.slot_id)
        elif isinstance(event, ChangeEnded):
            self._end(event)
        elif isinstance(event, RunEnded):
            self._end_run(event)

    @property
    def _is_running(self) -> bool:
        return self._runs_begun == 1 and self._report is None

    @property
    def _left(self) -> set[str]:
        """The planned changes that have not ended."""
        return self._planned - {each.slot_id for each in self._ended}

    def _end(self, event: ChangeEnded) -> None:
        outcome = event.outcome
        if outcome.recovered:
            self._require(outcome.slot_id in self._recovering, event)
            self._recovering.remove(outcome.slot_id)
            return
        self._require(outcome.slot_id in self._left, event)
        never_begun = outcome.slot_id not in self._in_hand
        self._require(not never_begun or not outcome.stands, event)
        self._require(not never_begun or outcome.status is not Status.ROLLED_BACK, event)
        self._in_hand.discard(outcome.slot_id)
        self._ended.append(outcome)

    def _end_run(self, event: RunEnded) -> None:
        self._require(self._is_running, event)
        self._report = event.report
        if event.report.ledger_hash is None:
            return  # it was cut off, with what was in hand
        self._require(not self._in_hand and not self._left, event)
        outcomes = [each for each in event.report.outcomes if not each.recovered]
        self._require(outcomes == self._ended, event)

    def _require(self, condition: bool, event: Event | Wait) -> None:
        if not condition:
            raise Violation(8, f"a listener hears {event!r}")
