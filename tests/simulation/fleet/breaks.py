"""Mistakes that the invariants must find, each with the number of one that it breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reconciler.adapters.ledger.postgres.writing import PostgresLedger
from reconciler.model.endpoint import Endpoint
from reconciler.model.fleet_run import FleetReport, TargetResult, TargetStatus, Task
from reconciler.model.ledger import History
from reconciler.operations import apply as applying
from reconciler.operations.fleet.target import TargetWork
from reconciler.planning.rollout import policy
from reconciler.planning.rollout.progress import Progress
from tests.simulation.fleet.database import Cursor, Database, EventRow
from tests.simulation.fleet.machines import Machines
from tests.simulation.fleet.tenants import SECRET

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]


def a_task_has_a_bug(patch: Patch) -> None:
    def broken(_work: TargetWork, _task: Task) -> TargetResult:
        raise KeyError("a bug")

    patch.setattr(TargetWork, "_done", broken)


def the_lease_is_not_checked_before_a_write(patch: Patch) -> None:
    patch.setattr(PostgresLedger, "require", lambda _ledger, _seconds: None)


def nothing_is_recovered(patch: Patch) -> None:
    patch.setattr(applying, "recoverable", lambda _history, _claims: History())


def the_database_takes_any_line(patch: Patch) -> None:
    """Neither the fence nor the chain is checked."""

    def append(database: Database, *, chain: str, seq: int, fence: int, **row: str) -> Cursor:
        rows = database.tables.events.setdefault(chain, [])
        rows.append(EventRow(seq=seq, fence=fence, **row))
        return Cursor(rowcount=1)

    patch.setattr(Database, "_append", append)
    the_lease_is_not_checked_before_a_write(patch)


def a_hash_is_recorded_wrong(patch: Patch) -> None:
    done = TargetWork._done

    def wrong(work: TargetWork, task: Task) -> TargetResult:
        return done(work, task).model_copy(update={"ledger_hash": "0" * 64})

    patch.setattr(TargetWork, "_done", wrong)


def a_step_is_not_judged(patch: Patch) -> None:
    patch.setattr(Progress, "is_done", Progress.has_ended)


def a_bake_is_not_waited_for(patch: Patch) -> None:
    patch.setattr(Progress, "baked_until", None)


def failures_never_halt(patch: Patch) -> None:
    patch.setattr(Progress, "has_tripped", False)


def nothing_is_handed_over(patch: Patch) -> None:
    def forget(ledger: PostgresLedger, _requests: Any) -> None:
        ledger.requests = ()

    patch.setattr(PostgresLedger, "hand_over", forget)


def each_bot_has_its_own_lock(patch: Patch) -> None:
    def chain_of(endpoint: Endpoint) -> str:
        return f"{endpoint.origin} {endpoint.bot_id}"

    patch.setattr(Machines, "chain_of", staticmethod(chain_of))


def what_failed_is_not_begun_again(patch: Patch) -> None:
    kept = frozenset(TargetStatus) - {TargetStatus.WAITING, TargetStatus.NOT_BEGUN}
    patch.setattr(policy, "KEPT", kept)


def a_target_is_said_to_be_in_sync(patch: Patch) -> None:
    def idle(_work: TargetWork, task: Task) -> TargetResult:
        return TargetResult(name=task.target, action=task.action, status=TargetStatus.IN_SYNC)

    patch.setattr(TargetWork, "_done", idle)


def a_secret_is_told(patch: Patch) -> None:
    done = TargetWork._done

    def telling(work: TargetWork, task: Task) -> TargetResult:
        return done(work, task).model_copy(update={"hint": f"I used {SECRET}."})

    patch.setattr(TargetWork, "_done", telling)


def every_report_is_good(patch: Patch) -> None:
    patch.setattr(FleetReport, "exit_code", property(lambda _report: 0))


BREAKS: Mapping[Break, int] = {
    a_task_has_a_bug: 0,
    the_lease_is_not_checked_before_a_write: 1,
    nothing_is_recovered: 2,
    the_database_takes_any_line: 3,
    a_hash_is_recorded_wrong: 3,
    a_step_is_not_judged: 4,
    a_bake_is_not_waited_for: 4,
    failures_never_halt: 4,
    nothing_is_handed_over: 5,
    each_bot_has_its_own_lock: 5,
    what_failed_is_not_begun_again: 4,
    a_target_is_said_to_be_in_sync: 6,
    a_secret_is_told: 7,
    every_report_is_good: 8,
}
