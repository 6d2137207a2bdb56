"""Putting a rejected change back: never over a third hand, and confirmed by reading.

Confirmed means that the slot reads back as it was in all five modelled fields, and that its
metrics answer again where they did before; what they say is not judged.
"""

from __future__ import annotations

from reconciler.engine.gate import Watch, judge
from reconciler.engine.write import Write, carry_out, foreign_edit
from reconciler.errors import ForeignEditError
from reconciler.model.gate import GatePolicy, VerdictResult
from reconciler.ports import Observer, Ports


def put_back(made: Write, *, ports: Ports, max_attempts: int) -> None:
    """Undo a write, if the live slot is still what it stored; one that is as before stays.

    Raises ForeignEditError where it is not, and the TenantError of a write that fails.
    """
    live = ports.tenant.read_slot(made.slot_id)
    found = live.canonical if live else None
    if found == made.former:
        return
    if found != made.wanted:
        raise foreign_edit(made.slot_id, former=made.former, wanted=made.wanted, found=found)
    restoring = Write(
        slot_id=made.slot_id,
        before=live,
        after=made.before.content if made.before else None,
        retrain=made.before is not None,
    )
    carry_out(restoring, ports=ports, max_attempts=max_attempts)
    restored = ports.tenant.read_slot(made.slot_id)
    if (restored.canonical if restored else None) != restoring.wanted:
        raise ForeignEditError(
            f"{made.slot_id} was put back, but reads back as something else.",
            hint="Find out who changes it.",
        )


def await_metrics(slot_id: str, *, policy: GatePolicy, ports: Ports) -> str:
    """Wait until the slot's metrics answer again; "" if they do, or why they have not."""
    answers = policy.model_copy(
        update={"min_success_rate": 0.0, "min_samples": 0, "consecutive_passes": 1}
    )
    watch = Watch.begin(answers, baseline=None, at=ports.clock.monotonic())
    verdict = judge({slot_id: watch}, tenant=ports.tenant, clock=ports.clock, observer=Observer())[
        slot_id
    ]
    return "" if verdict.result is VerdictResult.PASSED else verdict.reason
