"""Changes that are made and judged together: a single one, or those of a wave.

    the baselines of all
            │
    is live still as planned? ── no ──> StalePlanError
            │ yes                                        for each change in turn; no more of them
    change_started                                       after a failure or an interrupt
            │
    stored, the last one with the training of all
            │
    concluded, as `conclusion` draws it

None of the changes depends on another. An interrupt ends the storing, but not the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.engine.attempt import Attempt
from reconciler.engine.baseline import Baselines
from reconciler.engine.conclusion import Conclusion
from reconciler.engine.policy import RunPolicy
from reconciler.engine.reading import Check
from reconciler.errors import ReconcilerError, RetrainingFailedError, message_of
from reconciler.model.change import Change
from reconciler.model.event import BaselineRead, ChangeBegun
from reconciler.model.outcome import Outcome
from reconciler.ports import Ports


class Batch:
    """Changes in progress. `in_hand` is the last one that was checked."""

    def __init__(self, changes: Sequence[Change], *, policy: RunPolicy, ports: Ports) -> None:
        # Changes without training go first, so that the last write can train for all.
        self._changes = sorted(changes, key=lambda change: change.trigger_retrain)
        self._policy = policy
        self._ports = ports
        self._attempts: list[Attempt] = []
        self._trained = False
        self._untrainable = ""
        self.in_hand = self._changes[0]

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcomes of the changes that were begun."""
        return [attempt.outcome for attempt in self._attempts if attempt.outcome is not None]

    def carry_out(self) -> Exception | None:
        """Make the changes, and bring each that was begun to its end.

        Returns what ended the run early, if anything did: a StalePlanError, TenantError or
        Interrupted, which kept `in_hand` from being begun; or a LedgerError or a defect, after
        which everything without an outcome is left open.
        """
        try:
            stopped = self._store_all()
            with self._ports.clock.shielded():
                self._conclude()
        except Exception as error:  # noqa: BLE001 - the run reports what it has done, then raises it
            self._leave_open(error)
            return error
        return stopped

    @property
    def has_begun(self) -> bool:
        """Whether the change `in_hand` was begun."""
        return any(attempt.change is self.in_hand for attempt in self._attempts)

    def _store_all(self) -> ReconcilerError | None:
        """Store one after the other; returns the error that prevented the next one, `in_hand`."""
        baselines = Baselines(ports=self._ports, max_attempts=self._policy.max_attempts)
        check = Check(ports=self._ports)
        try:
            rates = {
                change.slot_id: baselines.of(change, self._policy.gate_of(change))
                for change in self._changes
            }
        except ReconcilerError as error:
            return error
        for number, change in enumerate(self._changes):
            self.in_hand = change
            try:
                before = check.live(self._changes[number:])
            except ReconcilerError as error:
                return error
            attempt = Attempt(
                change,
                before=before,
                baselines=rates[change.slot_id],
                policy=self._policy,
                ports=self._ports,
            )
            with self._ports.clock.shielded():
                self._store(attempt, is_last=number == len(self._changes) - 1)
            if attempt.outcome is not None:
                break
        return None

    def _store(self, attempt: Attempt, *, is_last: bool) -> None:
        self._ports.observer.notice(ChangeBegun(change=attempt.change))
        if attempt.gate is not None:
            self._ports.observer.notice(
                BaselineRead(slot_id=attempt.slot_id, baseline=attempt.baseline)
            )
        attempt.begin()
        self._attempts.append(attempt)
        train = is_last and attempt.wants_training and self._ports.tenant.trains_with_writes
        try:
            attempt.store(train=train)
        except RetrainingFailedError as error:
            self._untrainable = error.message
        else:
            self._trained = train and attempt.outcome is None

    def _conclude(self) -> None:
        conclusion = Conclusion(
            (attempt for attempt in self._attempts if attempt.outcome is None),
            back=(),
            ports=self._ports,
            max_attempts=self._policy.max_attempts,
        )
        if self._untrainable:
            conclusion.reject_untrainable(self._untrainable)
        elif not self._trained:
            conclusion.train()
        conclusion.finish()

    def _leave_open(self, error: Exception) -> None:
        for attempt in self._attempts:
            if attempt.outcome is None:
                attempt.leave_open(f"{message_of(error)} The ledger holds it as open.")
