"""How long an apply will take."""

from __future__ import annotations

from typing import Any

from reconciler.model.change import Action, Change
from reconciler.model.gate import GatePolicy
from reconciler.model.settings import Limits, Rollout, Settings, Snapshot
from reconciler.planning.estimate import estimated_seconds

GATE = GatePolicy(settle_seconds=15, poll_interval_seconds=5, consecutive_passes=3)


def changes(number: int, *, waves: int = 1) -> list[Change]:
    return [
        Change(slot_id=f"slot_{each}", name="x", action=Action.UPDATE, wave=each % waves)
        for each in range(number)
    ]


def seconds(
    *planned: Change,
    gate: GatePolicy | None = GATE,
    trains_with_writes: bool = True,
    **settings: Any,
) -> float:
    return estimated_seconds(
        planned,
        settings=Settings(**settings),
        policy_of=lambda _change: gate,
        trains_with_writes=trains_with_writes,
    )


def test_each_gated_change_settles_and_is_measured_as_often_as_it_must_pass() -> None:
    one = seconds(*changes(1))
    assert one == 25 + 4 * 0.3
    assert seconds(*changes(4)) == 4 * one


def test_the_changes_of_a_wave_settle_together() -> None:
    wave = seconds(*changes(10, waves=2), rollout=Rollout(batch="wave"))
    assert 2 * 25 < wave < 2 * 25 + 15


def test_a_training_of_its_own_is_counted_once_for_what_is_judged_together() -> None:
    own = seconds(*changes(3), trains_with_writes=False)
    assert own == seconds(*changes(3)) + 3 * 30
    wave = Rollout(batch="wave")
    together = seconds(*changes(3), rollout=wave, trains_with_writes=False)
    assert together == seconds(*changes(3), rollout=wave) + 30


def test_a_snapshot_is_counted_once_and_not_where_there_is_nothing_to_do() -> None:
    snapshot = Snapshot(before_apply=True)
    assert seconds(*changes(3), snapshot=snapshot) == seconds(*changes(3)) + 30
    assert seconds(snapshot=snapshot) == 0


def test_the_rate_limit_stretches_what_would_be_quicker() -> None:
    slow = Limits(requests_per_minute=10)
    assert seconds(*changes(50), gate=None, limits=slow) == 60 * 19
    assert seconds(*changes(50), gate=None) < 120


def test_nothing_takes_no_time() -> None:
    assert seconds() == 0
