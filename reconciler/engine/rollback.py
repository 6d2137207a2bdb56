"""Putting rejected changes back: never over a third hand, and confirmed by reading.

Confirmed means that the slot reads back as it was in all five modelled fields, and that its
metrics answer again where they did before; what they say is not judged. Several are trained
once, with the last: until then the bot holds some of what was rejected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler.engine.gate import Watch
from reconciler.engine.judging import judge
from reconciler.engine.write import Write, carry_out, foreign_edit, train
from reconciler.errors import ForeignEditError, ReconcilerError, TenantError
from reconciler.model.gate import GatePolicy, VerdictResult
from reconciler.model.slot import LiveSlot
from reconciler.ports import Observer, Ports


def put_back(
    made: Sequence[Write], *, ports: Ports, max_attempts: int
) -> Mapping[str, ReconcilerError]:
    """Undo these writes, as far as the live slots are still what they stored.

    Returns why each of the others, by slot id, is not wholly back: a ForeignEditError, or a
    TenantError. Raises LedgerError.
    """
    restoring = _Restoring(ports=ports, max_attempts=max_attempts)
    for write in made:
        restoring.look_at(write)
    restoring.carry_out()
    return restoring.errors


class _Restoring:
    """What is to be restored, and what has been; training is owed from the first of these on."""

    def __init__(self, *, ports: Ports, max_attempts: int) -> None:
        self._ports = ports
        self._max_attempts = max_attempts
        self._due: list[Write] = []
        self._untrained: list[Write] = []
        self.errors: dict[str, ReconcilerError] = {}

    def look_at(self, made: Write) -> None:
        try:
            live = self._ports.tenant.read_slot(made.slot_id)
        except TenantError as error:
            self.errors[made.slot_id] = error
            return
        back = _reverse(made, live)
        found = live.canonical if live else None
        if found == made.former:
            if back.after is not None:  # as far as we know nobody has trained it
                self._untrained.append(back)
        elif found == made.wanted:
            self._due.append(back)
        else:
            self.errors[made.slot_id] = foreign_edit(
                made.slot_id, former=made.former, wanted=made.wanted, found=found
            )

    def carry_out(self) -> None:
        # Deletions first, for they cannot train.
        self._due.sort(key=lambda write: write.after is not None)
        for number, write in enumerate(self._due, start=1):
            trains = number == len(self._due) and write.after is not None
            try:
                self._restore(replace(write, retrain=trains))
            except (ForeignEditError, TenantError) as error:
                self.errors[write.slot_id] = error
                continue
            if trains:
                self._untrained.clear()
            elif write.after is not None:
                self._untrained.append(write)
        if self._untrained:
            self._train()

    def _restore(self, write: Write) -> None:
        carry_out(write, ports=self._ports, max_attempts=self._max_attempts)
        restored = self._ports.tenant.read_slot(write.slot_id)
        if (restored.canonical if restored else None) != write.wanted:
            raise ForeignEditError(
                f"{write.slot_id} was put back, but reads back as something else.",
                hint="Find out who changes it.",
            )

    def _train(self) -> None:
        """The training that the last one did not bring."""
        last = self._untrained[-1]
        try:
            if last.after is not None:
                train(last.slot_id, last.after, ports=self._ports, max_attempts=self._max_attempts)
        except (ForeignEditError, TenantError) as error:
            self.errors.update((write.slot_id, error) for write in self._untrained)


def _reverse(made: Write, live: LiveSlot | None) -> Write:
    return Write(
        slot_id=made.slot_id,
        before=live,
        after=made.before.content if made.before else None,
        retrain=False,
    )


def await_metrics(policies: Mapping[str, GatePolicy], *, ports: Ports) -> Mapping[str, str]:
    """Wait until the metrics of these slots answer again; why not, by slot id, where they do
    not before their gate's timeout."""
    lenient = {"min_success_rate": 0.0, "min_samples": 0, "consecutive_passes": 1}
    at = ports.clock.monotonic()
    watches = {
        slot_id: Watch.begin(
            slot_id, policy=policy.model_copy(update=lenient), baseline=None, at=at
        )
        for slot_id, policy in policies.items()
    }
    verdicts = judge(watches, tenant=ports.tenant, clock=ports.clock, observer=Observer())
    return {
        slot_id: verdict.reason
        for slot_id, verdict in verdicts.items()
        if verdict.result is not VerdictResult.PASSED
    }
