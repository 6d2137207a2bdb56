"""Rolling back rejected changes: never over someone else's edit, and confirmed by reading.

The write is always sent, whatever a read shows: reads may lag, and a slot that reads as it was
before may still be the rejected one. A rollback is confirmed when the slot reads back as it was in
every managed field, and its metrics answer again if they did before; their values are not judged.
Several slots are trained once, after the last: until then the bot holds some of what was rejected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler.engine.gate import Evaluation
from reconciler.engine.judging import judge
from reconciler.engine.mismatch import differing, foreign_edit
from reconciler.engine.reading import look_closely_until, read_slot_until
from reconciler.engine.training import train, trained_together
from reconciler.engine.write import Write, carry_out
from reconciler.errors import (
    ForeignEditError,
    NotStoredAsSentError,
    ReconcilerError,
    TenantError,
    UnavailableError,
)
from reconciler.model.gate import GatePolicy, VerdictResult
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Ports


def roll_back(
    made: Sequence[Write], *, ports: Ports, max_attempts: int
) -> Mapping[str, ReconcilerError]:
    """Undo these writes if the live slots are still what they stored.

    Returns, by slot id, why a slot is not fully rolled back: a ForeignEditError or a TenantError.
    Raises LedgerError.
    """
    restoring = _Restoring(ports=ports, max_attempts=max_attempts)
    # Deletions first, because they cannot train.
    ordered = sorted(made, key=lambda write: write.before is not None)
    for number, write in enumerate(ordered, start=1):
        restoring.restore(write, trains=number == len(ordered))
    restoring.train()
    return restoring.errors


class _Restoring:
    """The slots restored so far, and whether the bot is trained on them."""

    def __init__(self, *, ports: Ports, max_attempts: int) -> None:
        self._ports = ports
        self._max_attempts = max_attempts
        self._untrained: dict[str, Write] = {}
        self.errors: dict[str, ReconcilerError] = {}

    def restore(self, made: Write, *, trains: bool) -> None:
        """Roll one back, unless someone else has changed it."""
        with_writes = self._ports.tenant.trains_with_writes
        trains = trains and made.before is not None and with_writes
        try:
            live = self._replaceable(made)
            made = made.beside(live.content if live else None)
            back = Write(
                slot_id=made.slot_id,
                before=live,
                after=made.before.content if made.before else None,
                train=trains,
                undoes=made,
            )
            restored = self._carry_out(back)
        except (ForeignEditError, TenantError) as error:
            self.errors[made.slot_id] = error
            return
        if trains:
            self._untrained.clear()
        elif back.after is not None or not with_writes:
            self._untrained[made.slot_id] = _trainable(restored, undone=made)

    def train(self) -> None:
        """Train the bot if the last write did not, through any slot that is still as we left it."""
        for together in trained_together(self._untrained.values(), lambda back: back):
            self._train(together)

    def _train(self, together: list[Write]) -> None:
        while together:
            back = together[-1]
            try:
                train(back, ports=self._ports, max_attempts=self._max_attempts)
            except ForeignEditError as error:
                self.errors[back.slot_id] = error
                together.pop()
            except TenantError as error:
                self.errors.update(dict.fromkeys((each.slot_id for each in together), error))
                return
            else:
                return

    def _replaceable(self, made: Write) -> LiveSlot | None:
        """The live slot, if it has what we wrote or is as it was before. Raises ForeignEditError
        otherwise."""

        def is_ours(live: LiveSlot | None) -> bool:
            return made.is_stored_in(live) or canonical(live) == made.former

        live = look_closely_until(is_ours, made.slot_id, ports=self._ports)
        if not is_ours(live):
            raise foreign_edit(
                made.slot_id, former=made.former, ours=made.expected, live=canonical(live)
            )
        return live

    def _carry_out(self, write: Write) -> Write:
        """The write as the tenant made it. If it stored other values, such as a field that cannot
        be unset again, that is an error, but the bot must be trained on the rest of them."""
        answered = carry_out(write, ports=self._ports, max_attempts=self._max_attempts)
        if answered is not None and write.beside(answered) is not write:
            return write.beside(answered)
        if answered is not None and answered.canonical() != write.expected:
            self.errors[write.slot_id] = NotStoredAsSentError(
                f"{write.slot_id} was rolled back, but the tenant stored other values: "
                f"{differing(sent=write.after, stored=answered)}.",
                hint="Compare it with its former content: reconciler audit show.",
            )
            return replace(write, after=answered)
        restored = canonical(
            read_slot_until(
                lambda live: canonical(live) == write.expected, write.slot_id, ports=self._ports
            )
        )
        if restored == write.expected:
            return write
        if restored in write.replaceable:
            raise UnavailableError(
                f"{write.slot_id} was rolled back, but still reads back as what was rejected.",
                hint="Run apply again later.",
            )
        raise ForeignEditError(
            f"{write.slot_id} was rolled back, but reads back as something else.",
            hint="Find out who changes it.",
        )


def _trainable(back: Write, *, undone: Write) -> Write:
    """The same, such that it can be trained on: of a creation that is gone already, because an
    earlier run was cut off after it had deleted it, only what was created says where it was."""
    created = undone.after
    if back.before is not None or back.after is not None or created is None:
        return back
    return replace(back, before=LiveSlot(slot_id=back.slot_id, content=created))


def await_metrics(policies: Mapping[str, GatePolicy], *, ports: Ports) -> Mapping[str, str]:
    """Wait until the metrics of these slots answer again. Returns, by slot id, why a slot's
    metrics did not answer before its gate's timeout."""
    lenient = {"min_samples": 0, "consecutive_passes": 1}
    at = ports.clock.monotonic()
    evaluations = {
        slot_id: Evaluation.begin(
            slot_id,
            policy=policy.model_copy(update=lenient),
            baseline=None,
            at=at,
            watched_only=True,
        )
        for slot_id, policy in policies.items()
    }
    verdicts = dict(
        judge(evaluations, tenant=ports.tenant, clock=ports.clock, observer=ports.observer)
    )
    return {
        slot_id: verdict.reason
        for slot_id, verdict in verdicts.items()
        if verdict.result is not VerdictResult.PASSED
    }
