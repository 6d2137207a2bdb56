"""Breaks of invariant 5: a change is live without a true verdict."""

from __future__ import annotations

from typing import Any

import reconciler.engine.attempt
import reconciler.engine.conclusion
import reconciler.engine.recovery
import reconciler.engine.rollback
import reconciler.engine.write
from reconciler.engine.policy import RunPolicy
from reconciler.engine.write import Write
from reconciler.errors import OutcomeUnknownError, UnavailableError
from reconciler.model.content import SlotContent
from reconciler.model.gate import Verdict, VerdictResult
from reconciler.model.ledger import OpenChange
from reconciler.model.slot import LiveSlot
from reconciler.ports import Ports
from tests.simulation.breaks.patching import Break, CanShow, Patch
from tests.simulation.faults import Fault

carry_out = reconciler.engine.write.carry_out
LOSING = {Fault.TIMEOUT_AFTER, Fault.DROPPED_AFTER, Fault.HALF_SENT, Fault.ERROR_AFTER}
"""Faults that lose the response to a write."""


def a_contradicting_read_counts_at_once(patch: Patch) -> None:
    def once(_is_expected: Any, *, look: Any, **_rest: Any) -> LiveSlot | None:
        return look()  # type: ignore[no-any-return]  # a look is a look

    patch.setattr("reconciler.engine.reading.read_until", once)


def recovery_judges_nothing(patch: Patch) -> None:
    def close(self: Any) -> None:
        for _, attempt in self._attempts:
            attempt.stand(Verdict(result=VerdictResult.PASSED, stands=True, reason=""))

    patch.setattr(reconciler.engine.recovery.Recovery, "_conclude", close)


def recovery_does_not_train(patch: Patch) -> None:
    patch.setattr(OpenChange, "trained", property(lambda _self: True), raising=False)


def a_wave_is_not_trained(patch: Patch) -> None:
    store = reconciler.engine.attempt.Attempt.store

    def untrained(self: Any, *, train: bool) -> None:
        store(self, train=train and self.policy.rollout.batch == "change")

    patch.setattr(reconciler.engine.attempt.Attempt, "store", untrained)
    patch.setattr(reconciler.engine.conclusion.Conclusion, "train", lambda _self: None)


def recovery_treats_everything_as_not_stored(patch: Patch) -> None:
    def not_stored(*_args: Any, **_rest: Any) -> Any:
        return reconciler.engine.recovery.Diagnosis.NOT_STORED

    patch.setattr(reconciler.engine.recovery, "_diagnose", not_stored)


def a_rejected_change_is_reported_as_verified(patch: Patch) -> None:
    def verified(self: Any, _verdict: Any) -> None:
        self.stand(Verdict(result=VerdictResult.PASSED, stands=True, reason=""))

    patch.setattr(reconciler.engine.attempt.Attempt, "reject", verified)


def a_rollback_restores_nothing(patch: Patch) -> None:
    patch.setattr(reconciler.engine.conclusion, "roll_back", lambda *_args, **_rest: {})


def an_unknown_outcome_counts_as_a_failure(patch: Patch) -> None:
    def certain(write: Write, *, ports: Ports, max_attempts: int) -> SlotContent | None:
        try:
            return carry_out(write, ports=ports, max_attempts=max_attempts)
        except OutcomeUnknownError as error:
            raise UnavailableError(error.message) from error

    patch.setattr(reconciler.engine.attempt, "carry_out", certain)


def every_change_is_unjudged(patch: Patch) -> None:
    patch.setattr(RunPolicy, "gate_of", lambda _self, _change: None)


BREAKS: dict[Break, int] = {
    a_contradicting_read_counts_at_once: 5,
    recovery_judges_nothing: 5,
    recovery_does_not_train: 5,
    a_wave_is_not_trained: 5,
    recovery_treats_everything_as_not_stored: 5,
    a_rejected_change_is_reported_as_verified: 5,
    a_rollback_restores_nothing: 5,
    an_unknown_outcome_counts_as_a_failure: 5,
    every_change_is_unjudged: 5,
}

CAN_SHOW: dict[Break, CanShow] = {
    an_unknown_outcome_counts_as_a_failure: lambda seed: bool(LOSING & seed.odds.keys()),
}
