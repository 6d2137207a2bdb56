"""What a run of the fleet says while it goes on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import click
import pytest

from reconciler.cli.log import choose_log_format
from reconciler.cli.progress.fleet import FleetNarration, TargetLines
from reconciler.cli.progress.log import Log
from reconciler.cli.progress.shown import Shown
from reconciler.model.event import Warned
from reconciler.model.fleet_event import (
    FleetBegun,
    FleetEvent,
    RolloutHalted,
    StepBaking,
    StepBegun,
    StepEnded,
    StepJudging,
    TargetBegun,
    TargetEnded,
    TargetsWithdrawn,
)
from reconciler.model.fleet_run import FleetAction, Halt, TargetResult, TargetStatus
from tests.support.clock import VirtualClock
from tests.support.fleet_chain import result

APPLY = FleetAction.APPLY
NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
BEGUN = FleetBegun(run_id="run_1", action=APPLY, targets=500, steps=3)
STEP = StepBegun(step=2, targets=120, ended=20, failed=1, max_failures=5)


def begun(*names: str) -> list[FleetEvent]:
    return [TargetBegun(target=each, step=2, action=APPLY) for each in names]


def ended(name: str, status: TargetStatus = TargetStatus.VERIFIED, **fields: Any) -> TargetEnded:
    return TargetEnded(result=result(name, status, **fields), step=2)


class Scene:
    """A narration under a clock that the test moves, of which every result is worth a line."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.narration = FleetNarration(self.clock, lambda _result: True)
        self.said: list[str] = []

    def take(self, *events: FleetEvent, seconds: float = 0) -> None:
        for event in events:
            lines = self.narration.take(event, now=self.clock.monotonic())
            self.said.extend(map(click.unstyle, lines))
        self.clock.advance(seconds)

    @property
    def block(self) -> list[str]:
        return list(self.narration.block(now=self.clock.monotonic(), at=NOON))

    @property
    def stopping(self) -> str:
        return "\n".join(self.narration.stopping(now=self.clock.monotonic()))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_step_has_a_line_and_each_target_in_hand_with_its_time(scene: Scene) -> None:
    scene.take(BEGUN, STEP, *begun("a/live"), seconds=70)
    scene.take(*begun("b/live"), seconds=5)
    assert scene.block == [
        "step 2 of 3: 20 of 120 targets, 1 failed (5 allowed)",
        "    a/live, 75 s",
        "    b/live, 5 s",
        "    2 in hand, 75 s so far",
    ]


def test_only_the_ten_that_are_longest_in_hand_are_named(scene: Scene) -> None:
    scene.take(BEGUN, STEP, *begun(*(f"t-{number:03}/live" for number in range(200))))
    names = [line.strip() for line in scene.block if "/live" in line]
    assert names == [f"t-{number:03}/live, 0 s" for number in range(10)]
    assert scene.block[-2:] == [
        "    and 190 others in hand",
        "    200 in hand, 0 s so far",
    ]


def test_a_target_that_ends_is_counted_and_no_longer_in_hand(scene: Scene) -> None:
    scene.take(BEGUN, STEP, *begun("a/live", "b/live"))
    scene.take(ended("a/live"), ended("b/live", TargetStatus.REJECTED))
    assert scene.block == [
        "step 2 of 3: 22 of 120 targets, 2 failed (5 allowed)",
        "    1 verified, 1 rejected; 0 s so far",
    ]


def test_a_target_that_was_withdrawn_is_no_longer_in_hand(scene: Scene) -> None:
    scene.take(BEGUN, STEP, *begun("a/live", "b/live"), TargetsWithdrawn(targets=("b/live",)))
    assert scene.block[1:] == ["    a/live, 0 s", "    1 in hand, 0 s so far"]


def test_a_target_that_was_not_begun_after_all_is_not_counted(scene: Scene) -> None:
    scene.take(BEGUN, STEP, *begun("a/live"), ended("a/live", TargetStatus.NOT_BEGUN))
    assert scene.block[0] == "step 2 of 3: 20 of 120 targets, 1 failed (5 allowed)"
    assert scene.block[1:] == ["    0 s so far"]


def test_a_target_that_was_interrupted_has_neither_ended_nor_failed(scene: Scene) -> None:
    scene.take(BEGUN, STEP, *begun("a/live"), ended("a/live", TargetStatus.INTERRUPTED))
    assert scene.block == [
        "step 2 of 3: 20 of 120 targets, 1 failed (5 allowed)",
        "    1 interrupted; 0 s so far",
    ]


def test_a_step_bakes_and_is_judged_and_is_over(scene: Scene) -> None:
    scene.take(BEGUN, STEP, StepBaking(step=2, until=NOON + timedelta(hours=1)))
    assert scene.block[0].startswith("step 2 of 3: bakes until 2026-03-02 13:00 UTC, 1 failed")
    scene.take(StepJudging(step=2, targets=2))
    scene.take(ended("a/live", TargetStatus.IN_SYNC, action=FleetAction.CHECK))
    scene.take(ended("b/live", TargetStatus.UNHEALTHY, action=FleetAction.CHECK))
    assert scene.block[0] == "step 2 of 3: measured 2 of 2 targets, 2 failed (5 allowed)"
    scene.take(StepEnded(step=2, failed=2))
    assert scene.block == ["    0 s so far"]


def test_a_plan_has_one_line_without_steps(scene: Scene) -> None:
    scene.take(
        FleetBegun(run_id=None, action=FleetAction.PLAN, targets=3),
        StepBegun(step=1, targets=3),
        TargetEnded(result=result("a/live", TargetStatus.DIFFERS, action=FleetAction.PLAN), step=1),
    )
    assert scene.block == ["planning: 1 of 3 targets", "    1 with differences; 0 s so far"]
    assert scene.said == ["planning: 3 targets", "differs a/live"]


def test_a_rollout_in_one_step_does_not_number_it(scene: Scene) -> None:
    halt = Halt(step=1, reason="1 failed, 0 allowed")
    scene.take(
        BEGUN.model_copy(update={"steps": 1}),
        StepBegun(step=1, targets=3),
        StepBaking(step=1, until=NOON),
        StepEnded(step=1),
        RolloutHalted(halt=halt),
    )
    assert scene.said == [
        "run run_1: 500 targets",
        "the only step bakes until 2026-03-02 12:00 UTC",
        "halted in the only step: 1 failed, 0 allowed",
    ]


def test_the_heartbeat_has_no_targets(scene: Scene) -> None:
    scene.take(BEGUN, STEP, *begun("a/live"))
    assert scene.narration.heartbeat(now=scene.clock.monotonic(), at=NOON) == (
        "step 2 of 3: 20 of 120 targets, 1 failed (5 allowed); 1 in hand, 0 s so far"
    )


def test_the_record_says_what_happened(scene: Scene) -> None:
    halt = Halt(step=2, reason="6 failed, 5 allowed")
    scene.take(
        BEGUN.model_copy(update={"continues": "run_0"}),
        STEP,
        ended("a/live", seconds=61.2, summary={"update": 1}),
        ended("b/live", TargetStatus.FAILED, error="no network\n  more", hint="Mend it."),
        StepBaking(step=2, until=NOON),
        StepJudging(step=2, targets=119),
        StepEnded(step=2, failed=1),
        RolloutHalted(halt=halt, in_hand=7),
    )
    assert scene.said == [
        "run run_1: 500 targets, going on with run_0",
        "step 2 of 3 begins: 120 targets",
        "verified a/live, 61 s: 1 to update",
        "failed b/live: no network more",
        "step 2 of 3 bakes until 2026-03-02 12:00 UTC",
        "step 2 of 3 has baked; measuring 119 targets",
        "step 2 of 3 has ended, 1 failed",
        "halted in step 2 of 3: 6 failed, 5 allowed; waiting for 7 in hand",
    ]


def test_only_what_is_worth_a_line_stays(scene: Scene) -> None:
    def failed(result: TargetResult) -> bool:
        return result.has_failed

    narration = FleetNarration(scene.clock, failed)
    assert not narration.take(ended("a/live"), now=0.0)
    assert narration.take(ended("b/live", TargetStatus.FAILED), now=0.0)


def test_foreign_text_is_escaped(scene: Scene) -> None:
    evil = "\x1b[2J\r::error::"
    scene.take(BEGUN, STEP, *begun(evil))
    assert "\x1b" not in "".join(scene.block)
    scene.take(ended(f"a{evil}", TargetStatus.FAILED, error=evil))
    assert "\x1b" not in scene.said[-1]


def test_a_first_interrupt_is_answered_with_what_is_in_hand(scene: Scene) -> None:
    scene.take(BEGUN, STEP)
    assert scene.stopping == "Stopping. Press again to stop immediately."
    scene.take(*begun("a/live", "b/live"))
    assert scene.stopping.startswith("Stopping. 2 targets in hand: each finishes its change")
    plan = Scene()
    plan.take(FleetBegun(run_id=None, action=FleetAction.PLAN, targets=3), *begun("a/live"))
    assert plan.stopping.startswith("Stopping after 1 target.")


def test_each_target_has_its_own_line_where_nothing_can_be_replaced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = VirtualClock()
    narration = FleetNarration(clock, lambda _result: True)
    shown: Shown[FleetEvent] = Shown(clock, TargetLines(clock, heartbeat_seconds=15), narration)
    for number in range(5):
        shown.notice(ended(f"t-{number}/live"))
    shown.notice(Warned(message="mind the gap"))
    clock.advance(2)
    shown.tick()
    shown.close()
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "/live" in line] == [
        f"09:00:00Z verified t-{number}/live" for number in range(5)
    ]
    assert lines.count("Warning: mind the gap") == 1


def test_a_log_names_the_event_of_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    clock = VirtualClock()
    narration = FleetNarration(clock, lambda _result: True)
    shown: Shown[FleetEvent] = Shown(clock, Log(clock, heartbeat_seconds=15), narration)
    choose_log_format("json")
    try:
        shown.notice(BEGUN)
        shown.notice(STEP)
        shown.notice(ended("a/live"))
    finally:
        choose_log_format("text")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["message"]) for line in lines] == [
        ("fleet_begun", "run run_1: 500 targets"),
        ("step_begun", "step 2 of 3 begins: 120 targets"),
        ("target_ended", "verified a/live"),
    ]
