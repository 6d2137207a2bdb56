"""A run: changes that an earlier run left open are recovered first, then a plan is carried out in
batches.

A batch is one change, or with `rollout.batch: wave` the creations and updates of a wave. It is
begun only when everything that it depends on stands. The run ends at the first change that does
not stand, once its batch is concluded, and reports the remaining changes as skipped. A change
that the gate rejected in an earlier run is skipped, and so is everything that depends on it or on a
slot that is live although rejected, while the rest proceeds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from reconciler.engine.batch import Batch
from reconciler.engine.cut_off import cut_off_report, outcome_so_far, since_begun
from reconciler.engine.policy import RunPolicy
from reconciler.engine.recovery import Recovery
from reconciler.engine.snapshot import take_snapshot
from reconciler.errors import (
    DefectError,
    Interrupted,
    ReconcilerError,
    Refusal,
    message_of,
)
from reconciler.model.change import Action, Change
from reconciler.model.event import (
    ChangeEnded,
    PlanBegun,
    RecoveryBegun,
    RunBegun,
    Warned,
    WaveBegun,
)
from reconciler.model.gate import Rejection
from reconciler.model.ledger import Entry, History
from reconciler.model.listed import listed
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.plan import ApprovedPlan
from reconciler.planning.history import replay
from reconciler.ports import Ports

logger = logging.getLogger(__name__)

_NOT_BEGUN = "interrupted before it was begun"


class Run:
    """One run: what an earlier one left open, then a plan, then the report.

    A run with nothing to do leaves no trace in the ledger. `origin` says who runs this, from
    which commit and why, for the ledger.
    """

    def __init__(
        self, run_id: str, *, policy: RunPolicy, ports: Ports, origin: Mapping[str, Any]
    ) -> None:
        self._run_id = run_id
        self._policy = policy
        self._ports = ports
        self._origin = origin
        self._changes: tuple[Change, ...] = ()
        self._rejected: Mapping[str, Rejection] = {}
        self._blocked: Mapping[str, Rejection] = {}
        self._skipped: set[str] = set()
        self._recovery: Recovery | None = None
        self._outcomes: list[Outcome] = []
        self._snapshot: str | None = None
        self._begun_at: float | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything is recorded."""
        return self._begun_at is not None

    @property
    def has_written(self) -> bool:
        """Whether any change was begun."""
        return any(outcome.status is not Status.SKIPPED for outcome in self._all)

    @property
    def _recovered(self) -> list[Outcome]:
        return self._recovery.outcomes if self._recovery else []

    @property
    def _all(self) -> list[Outcome]:
        return [*self._recovered, *self._outcomes]

    def recover(self, history: History) -> bool:
        """Recover what earlier runs left open; returns whether the plan may follow.

        It may not if someone else's edit was met, or if something could not be rolled back. Raises
        what ends the run early.
        """
        self._recovery = Recovery(history, policy=self._policy, ports=self._ports)
        if self._recovery.is_needed:
            self._begin(digest=None)
            self._ports.observer.notice(RecoveryBegun(slot_ids=tuple(history.open_changes)))
        try:
            with _defects_as_errors():
                self._recovery.carry_out()
        finally:
            for outcome in self._recovered:
                self._ports.observer.notice(ChangeEnded(outcome=outcome))
        return not any(
            outcome.status in (Status.FAILED, Status.ROLLBACK_FAILED) for outcome in self._recovered
        )

    def carry_out(self, approved: ApprovedPlan) -> None:
        """Make the plan's changes, except those that it skips.

        Raises what ends the run early: Interrupted, LedgerError, a refusal, a TenantError.
        """
        self._changes = approved.plan.changes
        self._rejected = approved.plan.rejected_changes
        self._blocked = approved.plan.blocked
        with _defects_as_errors():
            self._begin(digest=approved.plan.digest)
            self._ports.observer.notice(
                PlanBegun(changes=self._changes, estimated_seconds=approved.plan.estimated_seconds)
            )
            for changes in _batches(self._changes, self._policy.rollout.batch):
                self._carry_out_together(self._without_rejected(changes))
                if any(_stopped(outcome) for outcome in self._outcomes):
                    break
            # An interrupt during the last change is still an interrupt.
            self._ports.clock.sleep(0)

    def finish(self, error: ReconcilerError | None = None) -> RunReport:
        """Report everything that was not begun as skipped, and close the run.

        `error` is what ended it early. A ledger that fails now is reported as the error too.
        """
        self._skip_the_rest(error)
        unclosed = self._close()
        error = error or unclosed
        interrupted = isinstance(error, Interrupted)
        return RunReport(
            run_id=self._run_id,
            endpoint=self._policy.endpoint,
            outcomes=tuple(self._all),
            error=error.message if error and not interrupted else None,
            hint=error.hint if error else "",
            refused=isinstance(error, Refusal) and not self.has_written,
            interrupted=interrupted,
            snapshot=self._snapshot,
            ledger_hash=self._ports.ledger.last_hash or None,
            seconds=self._seconds,
        )

    def cut_off(self, lines: Iterable[Entry | None]) -> RunReport:
        """Report what the ledger's lines say, if a second interrupt stopped the run at any moment.
        Sends and records nothing."""
        entries = [line for line in lines if line is not None]
        own = [entry for entry in entries if entry.run_id == self._run_id]
        ended = {outcome.slot_id: outcome for outcome in self._outcomes}
        recovered = self._recovery.outcomes_so_far(own) if self._recovery else []
        planned = [ended.get(each.slot_id) or self._so_far(each, own) for each in self._changes]
        return cut_off_report(
            self._run_id,
            outcomes=(*recovered, *planned),
            still_open=replay(entries, endpoint=self._policy.endpoint).open_changes.keys(),
            endpoint=self._policy.endpoint,
        ).model_copy(update={"seconds": self._seconds, "snapshot": self._snapshot})

    @property
    def _seconds(self) -> float | None:
        return None if self._begun_at is None else self._ports.clock.monotonic() - self._begun_at

    def _begin(self, *, digest: str | None) -> None:
        if self.has_begun:
            return
        self._ports.ledger.append(
            "run_started",
            target=self._policy.endpoint.model_dump(),
            kind=self._policy.endpoint.kind,
            digest=digest,
            gate=self._policy.judged,
            protected=sorted(self._policy.protected),
            unprotected=sorted(self._policy.unprotected),
            **self._origin,
        )
        self._begun_at = self._ports.clock.monotonic()
        self._ports.observer.notice(RunBegun(run_id=self._run_id, endpoint=self._policy.endpoint))

    def _close(self) -> ReconcilerError | None:
        """Close the webhook, and the run in the ledger."""
        failures = self._ports.notifier.close()
        if not self.has_begun:
            return None
        summary = RunReport(run_id=None, outcomes=tuple(self._all)).summary()
        try:
            for failure in failures:
                self._ports.observer.notice(Warned(message=f"webhook: {failure}"))
                self._ports.ledger.append("webhook_failed", reason=failure)
            self._ports.ledger.append("run_finished", summary=summary)
        except ReconcilerError as error:
            return error
        return None

    def _carry_out_together(self, changes: Sequence[Change]) -> None:
        if not changes:
            return
        self._require_snapshot()
        if len(changes) > 1:
            self._ports.observer.notice(WaveBegun(changes=tuple(changes)))
        batch = Batch(changes, policy=self._policy, ports=self._ports)
        stopped = batch.carry_out()
        self._end_all(batch.outcomes)
        if stopped is None:
            return
        if self.has_written and not batch.has_begun and not isinstance(stopped, Interrupted):
            self._end(_failed(batch.in_hand, message_of(stopped)))
        raise stopped

    def _require_snapshot(self) -> None:
        """Before the first change, take a snapshot if one is asked for. Raises NoSnapshotError."""
        if self._policy.snapshot.before_apply and self._snapshot is None:
            self._snapshot = take_snapshot(
                self._run_id, settings=self._policy.snapshot, ports=self._ports
            )

    def _without_rejected(self, changes: Iterable[Change]) -> list[Change]:
        """The changes that can be made; the others end as skipped."""
        due = []
        for change in changes:
            skipped = self._skip_for_rejection(change)
            if skipped is None:
                due.append(change)
            else:
                self._end(skipped)
        return due

    def _skip_for_rejection(self, change: Change) -> Outcome | None:
        rejection = self._rejected.get(change.slot_id)
        blocker = self._blocked.get(change.slot_id)
        if rejection is not None:
            message = (
                f"rejected in run {rejection.run_id} ({rejection.reason}); change "
                "it, or use --retry-failed"
            )
        elif blocker is not None:
            message = (
                f"it depends on {blocker.slot_id}, which is live although rejected in run "
                f"{blocker.run_id} ({blocker.reason}); change that slot, or use --retry-failed"
            )
        else:
            blocking = sorted(self._skipped.intersection(change.depends_on))
            if not blocking:
                return None
            message = f"it depends on {listed(blocking)}, which was skipped"
        self._skipped.add(change.slot_id)
        is_gate_stopped = rejection is not None or blocker is not None
        return _skipped(change, message, rejection=rejection, gate_stopped=is_gate_stopped)

    def _so_far(self, change: Change, entries: Sequence[Entry]) -> Outcome:
        """What is known of a change of the plan that has no outcome yet."""
        begun = since_begun(change.slot_id, entries)
        if not begun:
            return _skipped(change, _NOT_BEGUN)
        return outcome_so_far(change.slot_id, change.action, begun)

    def _skip_the_rest(self, error: ReconcilerError | None) -> None:
        ended = {outcome.slot_id for outcome in self._outcomes}
        if isinstance(error, Interrupted):
            reason = _NOT_BEGUN
        else:
            failed = next((o.slot_id for o in self._outcomes if _stopped(o)), None)
            reason = f"not begun: the run ended at {failed}" if failed else "not begun"
        for change in self._changes:
            if change.slot_id not in ended:
                self._end(_skipped(change, reason))

    def _end_all(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self._end(outcome)

    def _end(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._ports.observer.notice(ChangeEnded(outcome=outcome))


def _batches(changes: Iterable[Change], batch: str) -> Iterator[list[Change]]:
    """The changes in groups that are concluded together; deletions are separate, because nothing
    about them is measured."""
    groups = groupby(changes, key=lambda change: (change.wave, change.action is Action.DELETE))
    for (_, are_deletions), members in groups:
        if batch == "wave" and not are_deletions:
            yield list(members)
        else:
            yield from ([change] for change in members)


@contextmanager
def _defects_as_errors() -> Iterator[None]:
    """The error to report for a defect, because the applied changes must still be reported."""
    try:
        yield
    except ReconcilerError:
        raise
    except Exception as defect:
        logger.debug("A defect:", exc_info=True)
        raise DefectError(defect) from defect


def _stopped(outcome: Outcome) -> bool:
    return not outcome.stands and outcome.status is not Status.SKIPPED


def _failed(change: Change, message: str) -> Outcome:
    return Outcome(
        slot_id=change.slot_id, action=change.action, status=Status.FAILED, message=message
    )


def _skipped(
    change: Change, message: str, *, rejection: Rejection | None = None, gate_stopped: bool = False
) -> Outcome:
    return Outcome(
        slot_id=change.slot_id,
        action=change.action,
        status=Status.SKIPPED,
        success_rate=rejection.success_rate if rejection else None,
        baseline=rejection.baseline if rejection else None,
        message=message,
        gate_stopped=gate_stopped,
    )
