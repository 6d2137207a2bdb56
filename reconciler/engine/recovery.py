"""Recovering what an earlier run left open: after a crash, a power cut, an unreachable tenant.

Each intention is in the ledger before its write, so the ledger says what may have happened, and
the live slot says what did:

    a rollback was due           roll it back, without judging it again
    live is as intended          stored: train it if training is owed, and judge it by the
                                 baselines in the ledger; so too beside someone else's edit of
                                 fields that were not sent
    live is as before            not stored, so nothing happened; but if the tenant had
                                 acknowledged the write, someone else has undone it
    live is neither              someone else changed it: report that, and touch nothing

A slot that does not read as stored is first read again for a while, because reads may lag.

Several open changes were a wave. They are concluded together like one, and the members that were
already rolled back are judged with them. With --retry-failed, a rejected change that is still
live is judged again in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from reconciler.engine.attempt import Attempt
from reconciler.engine.conclusion import Conclusion
from reconciler.engine.cut_off import outcome_so_far
from reconciler.engine.mismatch import foreign_edit
from reconciler.engine.policy import RunPolicy
from reconciler.engine.reading import LAG_SECONDS, read_slot_until
from reconciler.model.change import Action, Change
from reconciler.model.gate import Verdict, VerdictResult
from reconciler.model.ledger import Entry, History, OpenChange, Stage
from reconciler.model.outcome import Outcome, Status
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Ports


class Diagnosis(str, Enum):
    """The outcome of the write that was left open."""

    STORED = "stored"
    NOT_STORED = "not_stored"
    FOREIGN = "foreign"


class Recovery:
    """The open changes of earlier runs, until each has an outcome."""

    def __init__(self, history: History, *, policy: RunPolicy, ports: Ports) -> None:
        self._open = tuple(history.open_changes.values())
        self._rolled_back = tuple(history.rolled_back.values())
        self._policy = policy
        self._ports = ports
        self._ended: list[tuple[OpenChange, Outcome]] = []
        self._attempts: list[tuple[OpenChange, Attempt]] = []

    @property
    def is_needed(self) -> bool:
        """Whether anything was left open."""
        return bool(self._open)

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcomes so far."""
        concluded = [(each, attempt.outcome) for each, attempt in self._attempts if attempt.outcome]
        return [_recovered(outcome, each) for each, outcome in (*self._ended, *concluded)]

    def outcomes_so_far(self, entries: Sequence[Entry]) -> list[Outcome]:
        """What this run's entries say of each change, if the run was cut off."""
        ended = {outcome.slot_id: outcome for outcome in self.outcomes}
        return [
            ended.get(each.slot_id)
            or _recovered(
                outcome_so_far(
                    each.slot_id,
                    each.action,
                    [entry for entry in entries if entry.data.get("slot_id") == each.slot_id],
                ),
                each,
            )
            for each in self._open
        ]

    def carry_out(self) -> None:
        """Conclude each open change, and record how.

        Raises LedgerError, and TenantError if the tenant does not answer: the rest stays open.
        """
        deadline = self._ports.clock.monotonic() + LAG_SECONDS
        for open_change in self._open:
            self._look_at(open_change, deadline=deadline)
        with self._ports.clock.shielded():
            self._conclude()

    def _look_at(self, open_change: OpenChange, *, deadline: float) -> None:
        attempt = self._attempt(open_change, verdict=_rejection(open_change))
        change = attempt.change
        live = read_slot_until(
            lambda live: _diagnose(attempt, live, stage=open_change.stage) is Diagnosis.STORED,
            open_change.slot_id,
            ports=self._ports,
            deadline=deadline,
        )
        diagnosis = _diagnose(attempt, live, stage=open_change.stage)
        self._ports.ledger.append(
            "change_recovered",
            slot_id=change.slot_id,
            outcome=diagnosis.value,
            of_run=open_change.run_id,
        )
        if diagnosis is Diagnosis.STORED:
            if live is not None and attempt.made.is_beside(live):
                attempt.adopt(live)
            self._attempts.append((open_change, attempt))
        else:
            self._ended.append((open_change, _not_ours(attempt, live, diagnosis=diagnosis)))

    def _attempt(self, open_change: OpenChange, *, verdict: Verdict | None = None) -> Attempt:
        raw = open_change.before
        before = self._ports.tenant.revive(raw) if raw is not None else None
        return Attempt(
            _change(open_change, before=before),
            before=before,
            baselines=open_change.baselines,
            policy=self._policy,
            ports=self._ports,
            verdict=verdict,
            stored=open_change.stored,
        )

    def _conclude(self) -> None:
        conclusion = Conclusion(
            (attempt for _, attempt in self._attempts),
            back=map(self._attempt, self._rolled_back),
            ports=self._ports,
            max_attempts=self._policy.max_attempts,
        )
        written = [pair for pair in self._attempts if pair[0].action is not Action.DELETE]
        rejected = [attempt for _, attempt in written if attempt.verdict is not None]
        for attempt in rejected:
            attempt.halt_if_asked()
        if rejected:
            conclusion.roll_back(rejected)
        standing = [pair for pair in self._attempts if pair[1] not in rejected]
        if not all(each.trained for each, attempt in standing if attempt.wants_training):
            conclusion.train()
        conclusion.finish()


def _recovered(outcome: Outcome, open_change: OpenChange) -> Outcome:
    how = "judged again after" if open_change.again else "left open by"
    message = f"{how} run {open_change.run_id}: {outcome.message}"
    return outcome.model_copy(update={"recovered": True, "message": message})


def _change(open_change: OpenChange, *, before: LiveSlot | None) -> Change:
    after = open_change.after
    return Change(
        slot_id=open_change.slot_id,
        name=(after.name if after else None) or open_change.slot_id,
        action=open_change.action,
        wave=0,
        before=canonical(before),
        after=after,
        trigger_retrain=open_change.trigger_retrain,
        managed=open_change.managed,
    )


def _diagnose(attempt: Attempt, live: LiveSlot | None, *, stage: Stage) -> Diagnosis:
    now = canonical(live)
    if attempt.made.is_stored_in(live):
        return Diagnosis.STORED
    if now not in (attempt.change.before, attempt.made.former):
        return Diagnosis.FOREIGN
    return {
        Stage.STARTED: Diagnosis.NOT_STORED,
        # The tenant had acknowledged it, so someone has undone it since.
        Stage.APPLIED: Diagnosis.FOREIGN,
        # It may be rolled back already, but only another write can prove that.
        Stage.REJECTED: Diagnosis.STORED,
    }[stage]


def _rejection(open_change: OpenChange) -> Verdict | None:
    if open_change.stage is not Stage.REJECTED:
        return None
    return Verdict(
        result=VerdictResult.FAILED,
        stands=False,
        reason=open_change.reason,
        success_rate=open_change.success_rate,
        baseline=open_change.baselines.get(open_change.slot_id),
    )


def _not_ours(attempt: Attempt, live: LiveSlot | None, *, diagnosis: Diagnosis) -> Outcome:
    change, made = attempt.change, attempt.made
    status, message = Status.SKIPPED, "it was never stored"
    if diagnosis is Diagnosis.FOREIGN:
        status = Status.FAILED
        message = foreign_edit(
            change.slot_id, former=made.former, ours=made.expected, live=canonical(live)
        ).message
    return Outcome(
        slot_id=change.slot_id, action=Action(change.action), status=status, message=message
    )
