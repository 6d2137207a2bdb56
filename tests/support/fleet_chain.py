"""Writes the chain of a fleet as a controller does, under a virtual clock, without a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from reconciler.model.base import rfc3339
from reconciler.model.endpoint import Endpoint
from reconciler.model.fleet_history import FleetHistory, FleetRun, PlannedStep, RecordedStep
from reconciler.model.fleet_run import FleetAction, Halt, TargetResult, TargetStatus
from reconciler.model.ledger import Entry
from reconciler.planning import fleet_chain
from reconciler.planning.fleet_chain import (
    FLEET_FINISHED,
    FLEET_STARTED,
    finished_data,
    started_data,
)
from reconciler.planning.fleet_history import fleet_history
from reconciler.ports import Clock, Ledger

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
BUNDLE = f"sha256:{'b' * 64}"


def result(
    name: str,
    status: TargetStatus = TargetStatus.VERIFIED,
    *,
    action: FleetAction = FleetAction.APPLY,
    **fields: Any,
) -> TargetResult:
    """How a target ended, in a tenant of its own."""
    tenant = name.partition("/")[0]
    endpoint = Endpoint(origin=f"https://{tenant}.cognigy.com", bot_id="bot_1")
    return TargetResult(name=name, action=action, status=status, endpoint=endpoint, **fields)


def begin_run(
    ledger: Ledger, clock: Clock, run_id: str = "run_1", steps: Sequence[PlannedStep] = ()
) -> None:
    """Record the beginning of an apply to two targets."""
    run = FleetRun(
        run_id=run_id,
        started_at=clock.now(),
        action=FleetAction.APPLY,
        bundle=BUNDLE,
        targets=2,
        steps=tuple(RecordedStep(planned=each) for each in steps),
    )
    ledger.append(FLEET_STARTED, **started_data(run))


def finish_run(ledger: Ledger) -> None:
    """Record its end, complete."""
    ledger.append(FLEET_FINISHED, **finished_data(is_complete=True, counts={}))


class Chain:
    """The lines so far; each is a second after the one before it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.now = BEGUN
        self._run_id = ""

    @property
    def history(self) -> FleetHistory:
        return fleet_history(self.entries)

    @property
    def last(self) -> FleetRun:
        last = self.history.last
        assert last is not None
        return last

    def start(self, run_id: str, *steps: PlannedStep, **fields: Any) -> None:
        self._run_id = run_id
        run = FleetRun(
            run_id=run_id,
            started_at=self.now,
            steps=tuple(RecordedStep(planned=each) for each in steps),
            **{
                "action": FleetAction.APPLY,
                "bundle": BUNDLE,
                "targets": sum(each.targets for each in steps),
                **fields,
            },
        )
        self.append(fleet_chain.FLEET_STARTED, **fleet_chain.started_data(run))

    def end(self, ended: TargetResult, *, step: int = 1) -> None:
        self.append(fleet_chain.TARGET_ENDED, **fleet_chain.target_data(ended, step=step))

    def end_step(self, step: int, *, failed: int = 0, bakes: timedelta | None = None) -> None:
        until = None if bakes is None else self.now + bakes
        data = fleet_chain.step_ended_data(step, failed=failed, baked_until=until)
        self.append(fleet_chain.STEP_ENDED, **data)

    def judge(self, step: int, *, failed: int = 0) -> None:
        data = fleet_chain.step_judged_data(step, failed=failed)
        self.append(fleet_chain.STEP_JUDGED, **data)

    def halt(self, halt: Halt, *quarantined: str) -> None:
        data = fleet_chain.halted_data(halt, quarantined=quarantined)
        self.append(fleet_chain.HALTED, **data)

    def finish(self, *, is_complete: bool = True) -> None:
        data = fleet_chain.finished_data(is_complete=is_complete, counts=self.last.counts)
        self.append(fleet_chain.FLEET_FINISHED, **data)

    def append(self, event: str, **data: Any) -> None:
        self.entries.append(
            Entry(
                timestamp=rfc3339(self.now),
                run_id=self._run_id,
                seq=len(self.entries) + 1,
                event=event,
                prev_hash="",
                hash="",
                data=data,
            )
        )
        self.now += timedelta(seconds=1)
