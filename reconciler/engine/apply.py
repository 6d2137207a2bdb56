"""A plan, change by change.

A change is begun only when everything that it depends on stands. The run ends at the first
change that does not stand; what was still to come is skipped, and said so. A change that the gate
rejected in an earlier run is skipped with all that depends on it, while the rest proceeds.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from reconciler.engine.change import Rules, make_change
from reconciler.errors import DefectError, Interrupted, ReconcilerError, Refusal
from reconciler.model.change import Change
from reconciler.model.ledger import Rejection
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.plan import ApprovedPlan
from reconciler.ports import Ports

logger = logging.getLogger(__name__)


def apply(
    approved: ApprovedPlan,
    *,
    run_id: str,
    rules: Rules,
    ports: Ports,
    rejections: Mapping[str, Rejection],
    origin: Mapping[str, Any],
) -> RunReport:
    """Carry the plan out, and report on every change of it.

    `rejections` are the planned changes that are not to be tried again, by slot id; `origin`
    says who runs this from which commit and why, for the ledger. Raises nothing that a
    ReconcilerError can tell: an error is part of the report.
    """
    run = _Run(approved, rules=rules, ports=ports, rejections=rejections)
    error: ReconcilerError | None = None
    try:
        ports.ledger.append(
            "run_started",
            target=approved.plan.target.model_dump(),
            digest=approved.plan.digest,
            tool_version=approved.plan.tool_version,
            gate=rules.judged,
            protected=sorted(rules.protected),
            unprotected=sorted(rules.unprotected),
            **origin,
        )
        run.carry_out()
    except ReconcilerError as caught:
        error = caught
    except Exception as defect:
        logger.debug("A defect:", exc_info=True)
        error = DefectError(defect)
    run.skip_the_rest(error)
    unfinished = _finish(run, ports=ports)
    return _report(run, run_id=run_id, error=error or unfinished, ports=ports)


def _finish(run: _Run, *, ports: Ports) -> ReconcilerError | None:
    """Let the webhook end, and close the run in the ledger; a ledger that fails is an error."""
    failures = ports.notifier.close()
    try:
        for failure in failures:
            ports.observer.warned(f"webhook: {failure}")
            ports.ledger.append("webhook_failed", reason=failure)
        ports.ledger.append("run_finished", summary=_counted(run))
    except ReconcilerError as error:
        return error
    return None


def _counted(run: _Run) -> dict[str, int]:
    return RunReport(run_id="", outcomes=tuple(run.outcomes)).summary()


def _report(run: _Run, *, run_id: str, error: ReconcilerError | None, ports: Ports) -> RunReport:
    interrupted = isinstance(error, Interrupted)
    return RunReport(
        run_id=run_id,
        outcomes=tuple(run.outcomes),
        error=error.message if error and not interrupted else None,
        hint=error.hint if error else "",
        refused=isinstance(error, Refusal) and not run.has_written,
        interrupted=interrupted,
        ledger_hash=ports.ledger.last_hash,
    )


class _Run:
    """The changes of one run: those that have ended, and those still to come."""

    def __init__(
        self,
        approved: ApprovedPlan,
        *,
        rules: Rules,
        ports: Ports,
        rejections: Mapping[str, Rejection],
    ) -> None:
        self._changes = approved.plan.changes
        self._rules = rules
        self._ports = ports
        self._rejections = rejections
        self._skipped: set[str] = set()
        self.outcomes: list[Outcome] = []

    @property
    def has_written(self) -> bool:
        """Whether any change was begun."""
        return any(outcome.status is not Status.SKIPPED for outcome in self.outcomes)

    def carry_out(self) -> None:
        """Raises what ends the run early: Interrupted, LedgerError, a refusal, a TenantError."""
        for position, change in enumerate(self._changes, start=1):
            outcome = self._skip_for_rejection(change)
            if outcome is None:
                self._ports.observer.change_begun(
                    change, position=position, total=len(self._changes)
                )
                outcome = self._make(change)
            self._end(outcome)
            if _stopped(outcome):
                break
        # An interrupt that came during the last change is still an interrupt.
        self._ports.clock.sleep(0)

    def _make(self, change: Change) -> Outcome:
        begun = self._ports.ledger.last_hash
        try:
            return make_change(change, rules=self._rules, ports=self._ports)
        except Exception as error:
            message = error.message if isinstance(error, ReconcilerError) else str(error)
            if self._ports.ledger.last_hash != begun:
                self._end(_failed(change, f"{message} The ledger holds it as open."))
            elif not isinstance(error, Interrupted) and self.has_written:
                self._end(_failed(change, message))
            raise

    def _skip_for_rejection(self, change: Change) -> Outcome | None:
        rejection = self._rejections.get(change.slot_id)
        if rejection is not None:
            message = (
                f"rejected by the gate in run {rejection.run_id} ({rejection.reason}); change "
                "it, or use --retry-failed"
            )
        else:
            blocking = sorted(self._skipped.intersection(change.depends_on))
            if not blocking:
                return None
            message = f"it depends on {', '.join(blocking)}, which was skipped"
        self._skipped.add(change.slot_id)
        return _skipped(change, message, rejection=rejection)

    def skip_the_rest(self, error: ReconcilerError | None) -> None:
        """Say of everything that was not begun that it was not, and why."""
        ended = {outcome.slot_id for outcome in self.outcomes}
        if isinstance(error, Interrupted):
            reason = "interrupted before it was begun"
        elif self.has_written:
            failed = next((o.slot_id for o in self.outcomes if _stopped(o)), None)
            reason = f"not begun: the run ended at {failed}" if failed else "not begun"
        else:
            reason = "not begun"
        for change in self._changes:
            if change.slot_id not in ended:
                self._end(_skipped(change, reason, rejection=None))

    def _end(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._ports.observer.change_ended(outcome)


def _stopped(outcome: Outcome) -> bool:
    return not outcome.stands and outcome.status is not Status.SKIPPED


def _failed(change: Change, message: str) -> Outcome:
    return Outcome(
        slot_id=change.slot_id, action=change.action, status=Status.FAILED, message=message
    )


def _skipped(change: Change, message: str, *, rejection: Rejection | None) -> Outcome:
    return Outcome(
        slot_id=change.slot_id,
        action=change.action,
        status=Status.SKIPPED,
        success_rate=rejection.success_rate if rejection else None,
        baseline=rejection.baseline if rejection else None,
        message=message,
        gate_stopped=rejection is not None,
    )
