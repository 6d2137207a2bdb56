"""One change, from its baseline to its end.

    planned ── baseline ── is live still as planned? ── no ──> StalePlanError, nothing written
                                  │ yes
                           change_started            on disk before anything goes out
                                  │
                                write ── refused ────────────> failed
                                  │   ── outcome unknown ────> failed, left open in the ledger
                                  │   ── cannot be trained ──> rejected
                           change_applied
                                  │
               no gate ───────────┼──────────────────────────> unjudged
               a deletion ────────┼──────────────────────────> verified, once read back
                                 gate ── passed ─────────────> verified
                                  │   ── inconclusive, and may stand ──> inconclusive
                               rejected
                                  │   ── on_failure: halt ───> failed
                           rollback_started
                                  │   ── somebody else wrote, or it cannot be ──> rollback_failed
                               rolled_back

An interrupt ends the waiting before `change_started`, and none after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.engine.baseline import read_baselines
from reconciler.engine.gate import judge_together
from reconciler.engine.rollback import await_metrics, put_back
from reconciler.engine.write import Write, carry_out
from reconciler.errors import (
    ForeignEditError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ReconcilerError,
    RequestRejectedError,
    RetrainingFailedError,
    StalePlanError,
    TenantError,
    UnsupportedError,
)
from reconciler.model.change import Action, Change
from reconciler.model.gate import SlotGate, Verdict, VerdictResult
from reconciler.model.ledger import change_identity
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Target
from reconciler.model.settings import Rollout
from reconciler.model.slot import LiveSlot, SlotContent
from reconciler.ports import Ports

EVENT_OF_ACTION = {
    Action.CREATE: "slot_created",
    Action.UPDATE: "slot_updated",
    Action.DELETE: "slot_deleted",
}

NO_USE_TO_REPEAT = (
    ForeignEditError,
    NotFoundError,
    PermissionDeniedError,
    RequestRejectedError,
    RetrainingFailedError,
    UnsupportedError,
)
"""What ends a rollback for good; anything else may pass."""


@dataclass(frozen=True)
class Rules:
    """By what a run judges and acts.

    `judged` is False with --no-gate. `protected` are the slots whose files protect them, and
    `unprotected` those that an earlier run knew as protected and whose files no longer do.
    """

    target: Target
    gates: Mapping[str, SlotGate]
    rollout: Rollout
    max_attempts: int
    judged: bool
    protected: frozenset[str] = frozenset()
    unprotected: frozenset[str] = frozenset()

    def gate_of(self, change: Change) -> SlotGate | None:
        """The gate that judges this change, or None where none does."""
        gate = self.gates.get(change.slot_id, SlotGate())
        if not self.judged or not gate.policy.enabled:
            return None
        if change.action is Action.DELETE or not change.trigger_retrain:
            return None
        return gate


def make_change(change: Change, *, rules: Rules, ports: Ports) -> Outcome:
    """Carry a change out, to its end.

    Before anything is written this may raise StalePlanError, Interrupted, LedgerError and
    TenantError; after that only LedgerError, which leaves the change open.
    """
    gate = rules.gate_of(change)
    baselines = _baselines(change, gate, rules=rules, ports=ports)
    before = _require_as_planned(change, ports=ports)
    with ports.clock.shielded():
        attempt = _Attempt(
            change, gate=gate, before=before, baselines=baselines, rules=rules, ports=ports
        )
        return attempt.run()


def resume_change(
    change: Change,
    *,
    before: LiveSlot | None,
    baselines: Mapping[str, float],
    rejected: Verdict | None,
    rules: Rules,
    ports: Ports,
) -> Outcome:
    """Bring a change to its end that an earlier run stored and left: judge it by the baselines of
    then, or, where the gate had `rejected` it already, put it back. Raises LedgerError."""
    with ports.clock.shielded():
        attempt = _Attempt(
            change,
            gate=rules.gate_of(change),
            before=before,
            baselines=baselines,
            rules=rules,
            ports=ports,
        )
        attempt.stored_at = ports.clock.monotonic()
        return attempt.put_back_or_leave(rejected) if rejected else attempt.settle()


def _baselines(
    change: Change, gate: SlotGate | None, *, rules: Rules, ports: Ports
) -> dict[str, float]:
    if gate is None:
        return {}
    own = () if change.action is Action.CREATE else (change.slot_id,)
    found = read_baselines(
        (*own, *gate.watch), policy=gate.policy, max_attempts=rules.max_attempts, ports=ports
    )
    ports.observer.baseline_read(change, found.get(change.slot_id))
    return found


def _require_as_planned(change: Change, *, ports: Ports) -> LiveSlot | None:
    """The live slot just before the write. Raises StalePlanError where it is another one.

    Without ETags, what is stored between this read and the write is overwritten.
    """
    expects_none = change.action is Action.CREATE
    tenant = ports.tenant
    live = (
        tenant.expect_absent(change.slot_id) if expects_none else tenant.read_slot(change.slot_id)
    )
    if (live.canonical if live else None) != change.before:
        if live is None:
            what = "is gone"
        else:
            what = "is there already" if expects_none else "is not as it was when planned"
        raise StalePlanError(
            f"The live slot {change.slot_id} {what}: somebody else changed it.",
            hint="Plan again, and review what changed.",
        )
    return live


@dataclass
class _Attempt:
    """One change in hand: from `change_started` on, everything is recorded."""

    change: Change
    gate: SlotGate | None
    before: LiveSlot | None
    baselines: Mapping[str, float]
    rules: Rules
    ports: Ports
    stored_at: float = field(default=0.0, init=False)

    def run(self) -> Outcome:
        change, ledger = self.change, self.ports.ledger
        ledger.append(
            "change_started",
            slot_id=change.slot_id,
            action=change.action.value,
            before=dict(self.before.raw) if self.before else None,
            after=change.after.model_dump(mode="json") if change.after else None,
            baseline=self.baselines.get(change.slot_id),
            baselines=dict(self.baselines),
            trigger_retrain=change.trigger_retrain,
            identity=change_identity(self.rules.target, slot_id=change.slot_id, after=change.after),
        )
        begun = self.ports.clock.monotonic()
        try:
            carry_out(self._write(), ports=self.ports, max_attempts=self.rules.max_attempts)
        except OutcomeUnknownError as error:
            return self._outcome(Status.FAILED, f"{error.message} {error.hint}")
        except RetrainingFailedError as error:
            self._applied(begun, success=False)
            return self._rejected(self._failed_verdict(error.message))
        except ReconcilerError as error:
            ledger.append("change_failed", slot_id=change.slot_id, reason=error.message)
            return self._outcome(Status.FAILED, error.message)
        self._applied(begun, success=True)
        return self.settle()

    def _write(self) -> Write:
        return Write(
            slot_id=self.change.slot_id,
            before=self.before,
            after=self.change.after,
            retrain=self.change.trigger_retrain and self.change.after is not None,
        )

    def _applied(self, begun: float, *, success: bool) -> None:
        """Record the vendor guide's audit keys, and tell the webhook."""
        change = self.change
        self.stored_at = self.ports.clock.monotonic()
        self.ports.ledger.append(
            "change_applied",
            slot_id=change.slot_id,
            action="PUT" if change.after else "DELETE",
            success=success,
            latency_ms=round((self.stored_at - begun) * 1000),
            fill_strategy=change.after.fill_strategy if change.after else None,
            pattern_count=len(change.after.patterns) if change.after else 0,
            retrain_triggered=change.trigger_retrain and change.after is not None,
        )
        self.ports.observer.change_stored(change)
        self._notify(EVENT_OF_ACTION[change.action], content=change.after)

    def settle(self) -> Outcome:
        """Find out whether a stored change stands, and see to it that it does not if it should
        not."""
        if self.change.action is Action.DELETE:
            return self._confirm_deletion()
        if self.gate is None:
            reason = (
                "no gate was asked for"
                if self.change.trigger_retrain
                else "trigger_retrain is false, so nothing measurable changed"
            )
            self.ports.ledger.append(
                "gate_inconclusive",
                slot_id=self.change.slot_id,
                reason=reason,
                stands=True,
                unjudged=True,
            )
            return self._outcome(Status.UNJUDGED, reason)
        verdict = judge_together(
            self.change.slot_id,
            gate=self.gate,
            baselines=self.baselines,
            at=self.stored_at,
            tenant=self.ports.tenant,
            clock=self.ports.clock,
            observer=self.ports.observer,
        )
        if not verdict.stands:
            return self._rejected(verdict)
        self._record(verdict)
        passed = verdict.result is VerdictResult.PASSED
        status = Status.VERIFIED if passed else Status.INCONCLUSIVE
        return self._outcome(status, verdict.reason, verdict=verdict)

    def _confirm_deletion(self) -> Outcome:
        slot_id = self.change.slot_id
        try:
            gone = self.ports.tenant.read_slot(slot_id) is None
        except TenantError as error:
            return self._outcome(
                Status.FAILED, f"It was deleted, but reading back failed: {error.message}"
            )
        if gone:
            self.ports.ledger.append("gate_passed", slot_id=slot_id, reason="read back as gone")
            return self._outcome(Status.VERIFIED, "read back as gone")
        reason = "the tenant accepted the deletion, but the slot is still there"
        self.ports.ledger.append("change_failed", slot_id=slot_id, reason=reason)
        return self._outcome(Status.FAILED, reason)

    def _failed_verdict(self, reason: str) -> Verdict:
        return Verdict(
            result=VerdictResult.FAILED,
            stands=False,
            reason=reason,
            baseline=self.baselines.get(self.change.slot_id),
        )

    def _record(self, verdict: Verdict) -> None:
        self.ports.ledger.append(
            f"gate_{verdict.result.value}",
            slot_id=self.change.slot_id,
            reason=verdict.reason,
            success_rate=verdict.success_rate,
            baseline=verdict.baseline,
            stands=verdict.stands,
        )

    def _rejected(self, verdict: Verdict) -> Outcome:
        self._record(verdict)
        self._notify("gate_failed", content=self.change.after)
        return self.put_back_or_leave(verdict)

    def put_back_or_leave(self, verdict: Verdict) -> Outcome:
        """What `rollout.on_failure` says of a rejected change."""
        if self.rules.rollout.on_failure == "halt":
            reason = f"{verdict.reason}; left in place (on_failure: halt)"
            self.ports.ledger.append("change_failed", slot_id=self.change.slot_id, reason=reason)
            return self._outcome(Status.FAILED, reason, verdict=verdict)
        return self._roll_back(verdict)

    def _roll_back(self, verdict: Verdict) -> Outcome:
        slot_id = self.change.slot_id
        self.ports.ledger.append("rollback_started", slot_id=slot_id)
        self.ports.observer.rollback_begun(self.change)
        try:
            put_back(self._write(), ports=self.ports, max_attempts=self.rules.max_attempts)
        except (ForeignEditError, TenantError) as error:
            return self._rollback_failed(verdict, error)
        silent = ""
        if self.gate is not None and slot_id in self.baselines:
            silent = await_metrics(slot_id, policy=self.gate.policy, ports=self.ports)
        note = (
            f"put back, but its metrics have not answered since ({silent})"
            if silent
            else "put back"
        )
        self.ports.ledger.append("change_rolled_back", slot_id=slot_id, note=note)
        former = self.before.content if self.before else None
        self._notify("slot_rolled_back", content=former)
        return self._outcome(Status.ROLLED_BACK, f"{verdict.reason}; {note}", verdict=verdict)

    def _rollback_failed(self, verdict: Verdict, error: ReconcilerError) -> Outcome:
        """Closed where trying again is no use; otherwise the ledger holds it as open."""
        still_open = " (the ledger holds it as open)"
        if isinstance(error, NO_USE_TO_REPEAT):
            still_open = ""
            self.ports.ledger.append(
                "rollback_failed", slot_id=self.change.slot_id, reason=error.message
            )
        failed = f"it could not be put back{still_open}: {error.message}"
        if isinstance(error, RetrainingFailedError):
            failed = (
                "the former slot is stored again, but cannot be trained, so that the model may "
                f"still be the rejected one. {error.message}"
            )
        message = f"{verdict.reason}; {failed}"
        return self._outcome(Status.ROLLBACK_FAILED, message, verdict=verdict)

    def _notify(self, event: str, *, content: SlotContent | None) -> None:
        self.ports.notifier.notify(
            event,
            slot_id=self.change.slot_id,
            content=content,
            retrain=self.change.trigger_retrain,
        )

    def _outcome(self, status: Status, message: str, *, verdict: Verdict | None = None) -> Outcome:
        return Outcome(
            slot_id=self.change.slot_id,
            action=self.change.action,
            status=status,
            success_rate=verdict.success_rate if verdict else None,
            baseline=self.baselines.get(self.change.slot_id),
            message=message,
            gate_stopped=verdict is not None and not verdict.stands,
        )
