"""One job of a worker, in a thread: from the task to its result in the table.

begin ── somebody else has the job, or a result is there ──> nothing
  │   ── the run is halted, or has no controller ─────────> not begun
  │   ── too many workers were lost with it ──────────────> failed
  v
carry out ── the tenant is held ──> wait, carry out again
  │       ── this worker stops ───> put the job back, which does not count
  v
store the result, if the job is still this attempt's
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from procrastinate.jobs import Job

from reconciler.adapters.dispatch.procrastinate.codec import SOURCE, Codec, failed
from reconciler.adapters.dispatch.procrastinate.duty import Duty, Pace
from reconciler.adapters.dispatch.procrastinate.sessions import PatientSession
from reconciler.adapters.postgres import UnreachableError
from reconciler.adapters.stopping import Stop
from reconciler.errors import Interrupted, LedgerError, ReconcilerError
from reconciler.model.access import FleetDatabase
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from reconciler.ports import Clock

ResultT = TypeVar("ResultT")

logger = logging.getLogger(__name__)

READING = frozenset({FleetAction.PLAN, FleetAction.DRIFT})
"""The actions that change nothing, and go on without a controller."""
_OURS = """
select from procrastinate_jobs
where id = %(job)s and worker_id = %(worker)s and attempts = %(attempts)s and status = 'doing'
"""
_BEGIN = f"""
select exists ({_OURS}),
       exists (select from reconciler_fleet.result
               where run_id = %(run_id)s and target = %(target)s and action = %(action)s),
       (select by from reconciler_fleet.halt where run_id = %(run_id)s)
"""  # noqa: S608 - both are constants here
_STORE = f"""
insert into reconciler_fleet.result (run_id, target, action, pool, attempts, document)
select %(run_id)s, %(target)s, %(action)s, %(pool)s, %(attempts)s + 1, %(document)s
where exists ({_OURS} for share)
on conflict (run_id, target, action) do nothing
"""
_PUT_BACKS = "put_backs"
_NOTE = f"""
update procrastinate_jobs set args = args || jsonb_build_object('{_PUT_BACKS}', %(put_backs)s::int)
where id = %(job)s and worker_id = %(worker)s and attempts = %(attempts)s and status = 'doing'
"""  # noqa: S608 - a constant
_A_LONG_TIME_SECONDS = 86_400.0
_A_MOMENT_SECONDS = 10.0
_WRONG_QUEUE = "Only jobs that plan belong in its queue."
_NOT_LED = "The controller of this run is not running any more."
_LOGS = "Look at the logs of the workers: one may have run out of memory."


class PutBack(Exception):
    """The job has to be done by another worker, or later."""


class _Superfluous(Exception):
    """The job is another worker's now, or its result is there."""


@dataclass(frozen=True)
class _Hand:
    stop: Stop
    is_aborted: Callable[[], bool]


@dataclass(frozen=True)
class _Attempt:
    """`put_backs` is how many of the attempts before it were given back in good order."""

    job: Job
    task: Task
    put_backs: int

    @property
    def lost(self) -> int:
        """How many workers have begun it before, and were not heard of again."""
        return self.job.attempts - self.put_backs

    @property
    def values(self) -> dict[str, Any]:
        """For the statements."""
        return {
            "job": self.job.id,
            "worker": self.job.worker_id,
            "attempts": self.job.attempts,
            "run_id": self.task.run_id,
            "target": self.task.target,
            "action": self.task.action.value,
            "pool": self.task.pool,
        }


class Attempts:
    """The jobs that this worker has in hand."""

    def __init__(self, database: FleetDatabase, *, codec: Codec, duty: Duty, pace: Pace) -> None:
        self._database = database
        self._codec = codec
        self._duty = duty
        self._pace = pace
        self._in_hand: dict[int, _Hand] = {}

    @property
    def in_hand(self) -> frozenset[int]:
        """The ids of the jobs in hand."""
        return frozenset(self._in_hand)

    def end_early(self, *, all_of: Stop | None) -> None:
        """Have those in hand end early whose controller wants that; and all, if this worker stops,
        as `all_of` says."""
        for hand in list(self._in_hand.values()):
            if (all_of is not None or hand.is_aborted()) and not hand.stop.is_asked:
                hand.stop.ask()
            if all_of is not None and all_of.is_at_once and not hand.stop.is_at_once:
                hand.stop.ask()

    def work(
        self, job: Job, document: Mapping[str, Any], *, is_aborted: Callable[[], bool]
    ) -> None:
        """Do the job. `is_aborted` says whether the controller wants it to end early. Raises
        PutBack, and LedgerError if the result cannot be stored."""
        if job.id is None:
            raise ValueError("a job that was fetched has an id")
        try:
            task = self._codec.read_task(document, SOURCE)
        except ReconcilerError as error:  # the controller misses the job, and says so
            logger.warning("%s", error.message)
            return
        hand = _Hand(Stop(), is_aborted)
        attempt = _Attempt(job, task, put_backs=_put_backs(document))
        self._in_hand[job.id] = hand
        try:
            self._attempt(attempt, hand)
        except _Superfluous:
            logger.debug("Job %s is another worker's now, or done.", job.id)
        except (PutBack, Interrupted, UnreachableError):
            self._note_put_back(attempt)
            raise PutBack from None
        finally:
            del self._in_hand[job.id]

    def _attempt(self, attempt: _Attempt, hand: _Hand) -> None:
        clock = self._duty.clock_of(hand.stop)
        result = self._refused(attempt, clock)
        if result is None:
            result = self._carried_out(attempt.task, hand.stop, clock)
            result = result.model_copy(update={"attempts": attempt.job.attempts + 1})
            if result.status is TargetStatus.INTERRUPTED and not hand.is_aborted():
                raise PutBack
        values = {**attempt.values, "document": self._codec.write_result(result)}
        with closing(self._session(clock)) as session:
            session.run(lambda connection: connection.execute(_STORE, values))

    def _note_put_back(self, attempt: _Attempt) -> None:
        """Note that this attempt ends in good order. If the queue is away, it counts like that of a
        worker that died, because nobody is told of either."""
        values = {**attempt.values, "put_backs": attempt.put_backs + 1}
        clock = self._duty.clock_of(Stop())
        session = PatientSession(self._database, clock=clock, seconds=_A_MOMENT_SECONDS)
        try:
            with closing(session):
                session.run(lambda connection: connection.execute(_NOTE, values))
        except LedgerError as error:
            logger.info("Job %s counts as lost: %s", attempt.job.id, error.message)

    def _refused(self, attempt: _Attempt, clock: Clock) -> TargetResult | None:
        """The result of a task that must not be begun; None if it may be. Raises _Superfluous, and
        LedgerError."""
        task, lost = attempt.task, attempt.lost
        session = self._session(clock)
        with closing(session):
            ((is_ours, is_done, halted_by),) = session.run(
                lambda connection: connection.execute(_BEGIN, attempt.values).fetchall()
            )
            is_led = task.action in READING or session.patiently(
                lambda: self._duty.is_led(task.fence)
            )
        if not is_ours or is_done:
            raise _Superfluous
        if task.action not in self._duty.only:
            return _failed(task, "This worker only plans.", hint=_WRONG_QUEUE)
        if lost >= self._pace.most_lost:
            return _failed(
                task, f"{lost} workers have begun this target, and none ended it.", hint=_LOGS
            )
        if halted_by is not None:
            return _not_begun(task, f"{halted_by} asked to halt this run.")
        return None if is_led else _not_begun(task, _NOT_LED)

    def _session(self, clock: Clock) -> PatientSession:
        return PatientSession(self._database, clock=clock, seconds=_A_LONG_TIME_SECONDS)

    def _carried_out(self, task: Task, stop: Stop, clock: Clock) -> TargetResult:
        """The result. The observer gets it too, and one of its own if the job is put back without
        a result. Raises Interrupted and UnreachableError."""
        self._duty.observer.begun(task)
        try:
            result = self._worked_on(task, stop, clock)
        except (Interrupted, UnreachableError) as error:
            self._duty.observer.ended(_interrupted(task, error))
            raise
        self._duty.observer.ended(result)
        return result

    def _worked_on(self, task: Task, stop: Stop, clock: Clock) -> TargetResult:
        until = clock.monotonic() + self._pace.held
        while True:
            result = self._duty.carry_out(task, stop)
            if result.status is not TargetStatus.HELD or clock.monotonic() >= until:
                return result
            clock.sleep(self._pace.held_pause)


def _put_backs(document: Mapping[str, Any]) -> int:
    number = document.get(_PUT_BACKS)
    return number if isinstance(number, int) else 0


def _not_begun(task: Task, reason: str) -> TargetResult:
    return TargetResult(
        name=task.target, action=task.action, status=TargetStatus.NOT_BEGUN, error=reason
    )


def _interrupted(task: Task, error: ReconcilerError) -> TargetResult:
    return TargetResult(
        name=task.target,
        action=task.action,
        status=TargetStatus.INTERRUPTED,
        exit_code=error.exit_code,
        error=error.message,
    )


def _failed(task: Task, error: str, *, hint: str) -> TargetResult:
    return failed(task.target, task.action, error=error, hint=hint)
