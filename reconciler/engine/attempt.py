"""One change in progress: from `change_started` on, each step is recorded before the next.

    change_started                         on disk before anything is sent
          │
        write ─┬─ refused, or a foreign edit ──────────> failed
          │    ├─ accepted, but not stored ────────────> failed, and not tried again
          │    └─ outcome unknown ─────────────────────> failed, left open in the ledger
          │
    change_applied ── its retraining failed ──────────────────────────────────┐
          │                                                                   │
          ├─ a deletion, read back ─┬─ gone ───────────> verified             │
          │                         ├─ still there ────> failed               │
          │                         └─ unreadable ─────> failed, left open    │
          │                                                                   │
       trained, by its own write or the batch's                               │
          │    ├─ a foreign edit ──────────────────────> failed               │
          │    ├─ unknown ─────────────────────────────> failed, left open    │
          │    └─ cannot be trained ──────────────────────────────────────────┤
          │                                                                   │
       judged ─┬─ may stand ───────────────────────────> verified,            │
          │    │                                         or inconclusive      │
          │    ├─ no gate ─────────────────────────────> unjudged             │
          │    └─ may not, or is rolled back with others that may not ────────┤
          │                                                                   │
       rejected <─────────────────────────────────────────────────────────────┘
          │    └─ on_failure: halt ────────────────────> failed, left in place
          │
    rollback_started ─┬─ former slot live again ───────> rolled_back
                      ├─ cannot be, for good ──────────> rollback_failed
                      └─ may be later ─────────────────> rollback_failed, left open

A change that is left open has no outcome in the ledger: the next run recovers it. `conclusion`
decides which changes may stand, and `write` determines the outcome of a write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.engine.mismatch import differing, edited
from reconciler.engine.policy import RunPolicy
from reconciler.engine.reading import read_slot_until
from reconciler.engine.training import train
from reconciler.engine.write import Write, carry_out
from reconciler.errors import (
    ForeignEditError,
    NotFoundError,
    NotStoredAsSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ReconcilerError,
    RequestRejectedError,
    RetrainingFailedError,
    TenantError,
    TrainingTimeoutError,
    UnsupportedError,
)
from reconciler.model.change import Action, Change
from reconciler.model.content import SlotContent
from reconciler.model.event import ChangeStored, RollbackBegun, Warned
from reconciler.model.gate import SlotGate, Verdict, VerdictResult
from reconciler.model.ledger import change_identity
from reconciler.model.outcome import Outcome, Status
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Ports

EVENT_OF_ACTION = {
    Action.CREATE: "slot_created",
    Action.UPDATE: "slot_updated",
    Action.DELETE: "slot_deleted",
}

FINAL_ERRORS = (
    ForeignEditError,
    NotFoundError,
    NotStoredAsSentError,
    PermissionDeniedError,
    RequestRejectedError,
    RetrainingFailedError,
    UnsupportedError,
)
"""Errors that end a rollback for good; any other may be temporary, as is a training that takes too
long."""


@dataclass(eq=False)
class Attempt:
    """A change, the live slot that it replaces, and the rates by which it is judged.

    `stored` is the slot in the tenant's response, None if there was none in it.
    `outcome` is None until the change has ended, or is left open in the ledger.
    """

    change: Change
    before: LiveSlot | None
    baselines: Mapping[str, float]
    policy: RunPolicy
    ports: Ports
    verdict: Verdict | None = None
    stored: SlotContent | None = None
    outcome: Outcome | None = field(default=None, init=False)

    @property
    def slot_id(self) -> str:
        """The slot that is changed."""
        return self.change.slot_id

    @property
    def gate(self) -> SlotGate | None:
        """The gate that judges it, or None if no gate does."""
        return self.policy.gate_of(self.change)

    @property
    def baseline(self) -> float | None:
        """The slot's own success rate before the change."""
        return self.baselines.get(self.slot_id)

    @property
    def wants_training(self) -> bool:
        """Whether the bot is to be trained on what this changes. Where training comes with a
        write, a deletion brings none."""
        is_deletion = self.change.after is None
        return self.change.trigger_retrain and not (
            is_deletion and self.ports.tenant.trains_with_writes
        )

    @property
    def rolls_back(self) -> bool:
        """Whether it is rolled back if it is rejected, rather than left in place."""
        return self.policy.rollout.rolls_back

    @property
    def live(self) -> SlotContent | None:
        """What is live once the change is stored; None for a deletion."""
        return self.stored or self.change.after

    def begin(self) -> None:
        """Record the intention. Raises LedgerError, before anything is sent."""
        change = self.change
        self.ports.ledger.append(
            "change_started",
            slot_id=change.slot_id,
            action=change.action.value,
            before=dict(self.before.raw) if self.before else None,
            after=change.after.as_json() if change.after else None,
            baseline=self.baseline,
            baselines=dict(self.baselines),
            trigger_retrain=change.trigger_retrain,
            identity=change_identity(
                self.policy.endpoint,
                slot_id=change.slot_id,
                after=change.after,
                managed=change.managed,
            ),
            **({"managed": list(change.managed)} if change.managed is not None else {}),
            **self.policy.shared_identity_of(change.slot_id),
        )

    def store(self, *, train: bool) -> None:
        """Make the write. If that fails, the attempt ends.

        Raises LedgerError, and RetrainingFailedError if it is stored but cannot be trained.
        """
        begun = self.ports.clock.monotonic()
        try:
            self.stored = carry_out(
                Write(self.slot_id, before=self.before, after=self.change.after, train=train),
                ports=self.ports,
                max_attempts=self.policy.max_attempts,
            )
        except OutcomeUnknownError as error:
            self.leave_open(f"{error.message} {error.hint}")
        except NotStoredAsSentError as error:
            self.fail(f"{error.message} {error.hint}", rejected=True)
        except RetrainingFailedError:
            self._stored(begun, success=False, train=train)
            raise
        except ReconcilerError as error:
            self.fail(error.message)
        else:
            self._stored(begun, success=True, train=train)

    def train(self) -> None:
        """Train the bot on what is stored.

        Raises LedgerError, RetrainingFailedError, ForeignEditError and other TenantErrors.
        """
        begun = self.ports.clock.monotonic()
        answered = train(self.made, ports=self.ports, max_attempts=self.policy.max_attempts)
        self.stored = answered or self.stored
        self._applied(begun, success=True, train=True)

    @property
    def made(self) -> Write:
        """The write that a rollback undoes."""
        sent = Write(self.slot_id, before=self.before, after=self.change.after, train=False)
        beside = sent.beside(self.stored)
        return replace(sent, after=self.live) if beside is sent else beside

    def adopt(self, live: LiveSlot) -> None:
        """Take what is live as what this stored, next to someone else's edit of other fields."""
        self.stored = live.content
        self._warn_if_altered()

    def _stored(self, begun: float, *, success: bool, train: bool) -> None:
        self._applied(begun, success=success, train=train)
        self.ports.observer.notice(ChangeStored(slot_id=self.slot_id, action=self.change.action))
        self._warn_if_altered()
        self._notify(EVENT_OF_ACTION[self.change.action], content=self.change.after)

    def _warn_if_altered(self) -> None:
        if self._altered:
            self.ports.observer.notice(Warned(message=f"{self.slot_id}: {self._altered}"))

    def _applied(self, begun: float, *, success: bool, train: bool) -> None:
        """Record the vendor guide's audit keys."""
        after = self.change.after
        self.ports.ledger.append(
            "change_applied",
            slot_id=self.slot_id,
            action=self.policy.methods[self.change.action],
            success=success,
            latency_ms=round((self.ports.clock.monotonic() - begun) * 1000),
            fill_strategy=after.fill_strategy if after else None,
            pattern_count=len(after.patterns) if after else 0,
            retrain_triggered=train,
            stored=self.stored.as_json() if self.stored else None,
        )

    @property
    def _altered(self) -> str:
        """How the stored slot differs from what was sent; "" if it does not."""
        values = differing(sent=self.change.after, stored=self.stored)
        if not values:
            return ""
        if self.made.former != canonical(self.before):
            edits = edited(before=self.before, after=self.made.before)
            return f"someone else edited it at the same moment, and that edit stays ({edits})"
        return (
            f"the tenant stored other values than it was sent ({values}); every plan will show "
            "this change again until the file says the same"
        )

    def confirm_deletion(self) -> None:
        """Read back that the slot is gone: deletions are not gated."""
        try:
            live = read_slot_until(lambda live: live is None, self.slot_id, ports=self.ports)
        except TenantError as error:
            self.leave_open(f"It was deleted, but reading it back failed: {error.message}")
            return
        if live is None:
            self.ports.ledger.append(
                "gate_passed", slot_id=self.slot_id, reason="read back as gone"
            )
            self._end(Status.VERIFIED, "read back as gone")
        else:
            self.fail("the tenant accepted the deletion, but the slot is still there")

    def stand(self, verdict: Verdict | None) -> None:
        """Close it as standing, by this verdict; without one, as unjudged."""
        self.verdict = verdict
        if verdict is not None:
            self._record(verdict)
            passed = verdict.result is VerdictResult.PASSED
            self._end(Status.VERIFIED if passed else Status.INCONCLUSIVE, verdict.reason)
            return
        reason = (
            "no gate was asked for"
            if self.change.trigger_retrain
            else "trigger_retrain is false, so nothing measurable changed"
        )
        self.ports.ledger.append(
            "gate_inconclusive", slot_id=self.slot_id, reason=reason, stands=True, unjudged=True
        )
        self._end(Status.UNJUDGED, reason)

    def reject(self, verdict: Verdict) -> None:
        """Record that it must not stand; `on_failure: halt` closes it at once."""
        self.verdict = verdict
        self._record(verdict)
        self._notify("gate_failed", content=self.change.after)
        self.halt_if_asked()

    def halt_if_asked(self) -> None:
        """Close a rejected change and leave it in place, with `on_failure: halt`."""
        if not self.rolls_back:
            self.fail(f"{self._reason}; left in place (on_failure: halt)")

    def go_with(self, others: str, *, measured: Verdict | None) -> None:
        """Roll it back with those others, although its own gate did not reject it."""
        verdict = measured or Verdict(
            result=VerdictResult.INCONCLUSIVE, stands=False, reason="", baseline=self.baseline
        )
        reason = f"in the same wave as {others}, which failed when judged again"
        self.verdict = verdict.model_copy(update={"stands": False, "reason": reason})

    def begin_rollback(self) -> None:
        """Record that its rollback begins."""
        self.ports.ledger.append("rollback_started", slot_id=self.slot_id, reason=self._reason)
        self.ports.observer.notice(RollbackBegun(slot_id=self.slot_id))

    def rolled_back(self, silent: str | None) -> None:
        """The former slot is live again; `silent` says why its metrics do not answer, if any."""
        note = (
            f"rolled back, but its metrics have not answered since ({silent})"
            if silent
            else "rolled back"
        )
        self.ports.ledger.append("change_rolled_back", slot_id=self.slot_id, note=note)
        self._notify("slot_rolled_back", content=self.before.content if self.before else None)
        self._end(Status.ROLLED_BACK, f"{self._reason}; {note}")

    def rollback_failed(self, error: ReconcilerError) -> None:
        """Close it if trying again is useless; otherwise the ledger holds it as open."""
        still_open = " (the ledger holds it as open)"
        if isinstance(error, FINAL_ERRORS) and not isinstance(error, TrainingTimeoutError):
            still_open = ""
            self.ports.ledger.append("rollback_failed", slot_id=self.slot_id, reason=error.message)
        failed = f"it could not be rolled back{still_open}: {error.message}"
        if isinstance(error, RetrainingFailedError):
            failed = (
                "the former slot is stored again but cannot be trained, so the model may still "
                f"be the rejected one{still_open}. {error.message}"
            )
        self._end(Status.ROLLBACK_FAILED, f"{self._reason}; {failed}")

    def fail(self, reason: str, *, rejected: bool = False) -> None:
        """Close it as not standing, without rolling it back. If it is `rejected`, later runs do not
        try it again."""
        found = {"rejected": True} if rejected else {}
        self.ports.ledger.append("change_failed", slot_id=self.slot_id, reason=reason, **found)
        self._end(Status.FAILED, reason)

    def leave_open(self, message: str) -> None:
        """End it for this run; the ledger has the next one recover it."""
        self._end(Status.FAILED, message)

    @property
    def _reason(self) -> str:
        return self.verdict.reason if self.verdict else ""

    def _record(self, verdict: Verdict) -> None:
        self.ports.ledger.append(
            f"gate_{verdict.result.value}",
            slot_id=self.slot_id,
            reason=verdict.reason,
            success_rate=verdict.success_rate,
            baseline=verdict.baseline,
            min_success_rate=self.gate.policy.min_success_rate if self.gate else None,
            stands=verdict.stands,
            **self._bake(verdict),
            **_failed_asserts(verdict),
        )

    def _bake(self, verdict: Verdict) -> dict[str, float]:
        """For the ledger: how long a change that stands is on probation; nothing if it is not."""
        hours = self.gate.policy.hours_on_probation if self.gate and verdict.stands else 0
        return {"bake_hours": hours} if hours else {}

    def _notify(self, event: str, *, content: SlotContent | None) -> None:
        self.ports.notifier.notify(
            event, slot_id=self.slot_id, content=content, retrain=self.change.trigger_retrain
        )

    def _end(self, status: Status, message: str) -> None:
        verdict = self.verdict
        self.outcome = Outcome(
            slot_id=self.slot_id,
            action=self.change.action,
            status=status,
            success_rate=verdict.success_rate if verdict else None,
            baseline=self.baseline,
            message=message,
            gate_stopped=verdict is not None and not verdict.stands,
            failed_asserts=verdict.failed_asserts if verdict else (),
        )


def _failed_asserts(verdict: Verdict) -> dict[str, Any]:
    """For the ledger: nothing where the gate has no asserts."""
    failed = [each.model_dump(mode="json") for each in verdict.failed_asserts]
    return {"failed_asserts": failed} if failed else {}
