"""The current metrics of slots, compared with their gates."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.engine.health import check_health, without_metrics
from reconciler.model.event import Measured, VerdictReached
from reconciler.model.gate import (
    Measurement,
    Metric,
    PlaybookPolicy,
    Reading,
    SlotGate,
    Verdict,
)
from reconciler.model.project import Project
from reconciler.model.state import DesiredState
from reconciler.ports import Permission
from tests.support.clock import VirtualClock
from tests.support.faults import answered, answered_text
from tests.support.recorder import Recorder
from tests.support.world import COLOUR, FRUIT, SIZE, World, desired_slot, document

MakeWorld = Callable[..., World]


def health(bot: World, desired: DesiredState) -> dict[str, Verdict]:
    with bot.tenant(Permission.READ) as tenant:
        return check_health(
            desired,
            gates=Project(desired, bot.settings, api=COGNIGY_V1).gates,
            tenant=tenant,
            clock=bot.clock,
            observer=bot.observer,
        )


def test_each_slot_is_measured_once_against_its_own_minimum(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT, patterns=["^apple$"]), document(COLOUR), document(SIZE)])
    desired = DesiredState(
        [
            desired_slot(FRUIT),
            desired_slot(COLOUR),
            desired_slot(SIZE, gate={"min_success_rate": 0.99}),
        ]
    )
    bot.inject("GET", f"{SIZE}/extraction", answered_text("<html>"))
    begun = bot.clock.monotonic()
    verdicts = health(bot, desired)
    assert {slot_id: each.result.value for slot_id, each in verdicts.items()} == {
        FRUIT: "failed",
        COLOUR: "passed",
        SIZE: "inconclusive",
    }
    assert bot.clock.monotonic() == begun  # there was no wait
    assert "within" not in verdicts[SIZE].reason
    assert bot.writes == []
    assert [each.slot_id for each in bot.observer.of(Measured)] == [FRUIT, COLOUR, SIZE]
    assert bot.observer.of(VerdictReached) == []  # no change is judged


def test_a_pause_that_the_tenant_asks_for_is_respected(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("GET", "extraction", answered(429, headers={"Retry-After": "60"}))
    desired = DesiredState([desired_slot(FRUIT)])
    verdicts = health(bot, desired)
    assert verdicts[FRUIT].result.value == "passed"


def test_slots_without_metrics_are_found(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT), document("slot_unheard")])
    desired = DesiredState([desired_slot(FRUIT), desired_slot("slot_unheard")])
    with bot.tenant(Permission.READ) as tenant:
        found = without_metrics(
            desired, gates=Project(desired, bot.settings, api=COGNIGY_V1).gates, tenant=tenant
        )
    assert found == (("slot_unheard",), "")


def test_an_unavailable_tenant_is_not_asked_for_every_slot(world: MakeWorld) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR)])
    desired = DesiredState([desired_slot(FRUIT), desired_slot(COLOUR)])
    bot.inject("GET", "extraction", answered(403), times=99)
    with bot.tenant(Permission.READ) as tenant:
        found, reason = without_metrics(
            desired, gates=Project(desired, bot.settings, api=COGNIGY_V1).gates, tenant=tenant
        )
    assert found == ()
    assert "403" in reason
    assert len([r for r in bot.transport.sent if r.url.path.endswith("extraction")]) == 1


def test_a_suite_is_run_once_for_all_its_slots_and_takes_its_time() -> None:
    class Suites:
        def __init__(self) -> None:
            self.asked: list[Metric] = []

        def await_turn(self) -> None:
            """There is always room."""

        def measure(self, metric: Metric, *, until: float) -> Reading:
            assert until == math.inf
            self.asked.append(metric)
            return Measurement(success_rate=1.0)

    gate = SlotGate(policy=PlaybookPolicy(flow="f", playbooks=("p",), timeout_seconds=600))
    suites: Any = Suites()
    verdicts = check_health(
        ["a", "b"],
        gates={"a": gate, "b": gate},
        tenant=suites,
        clock=VirtualClock(),
        observer=Recorder(),
    )
    assert [each.result.value for each in verdicts.values()] == ["passed", "passed"]
    (asked,) = suites.asked
    assert asked.timeout_seconds == 600
