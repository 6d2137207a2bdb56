"""A forecast, with few requests, of how long the gates of a plan will wait."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from reconciler.model.endpoint import Endpoint
from reconciler.model.plan import Plan
from reconciler.model.settings import Rollout
from reconciler.model.slot import DesiredSlot
from reconciler.operations.plan import plan
from tests.support.faults import answered_text
from tests.support.world import COLOUR, FRUIT, ORIGIN, SIZE, World, desired_slot, document

GATE = {"settle_seconds": 0, "timeout_seconds": 5}


def changing(count: int) -> list[str]:
    return [f"slot_{number:02}" for number in range(count)]


def with_updates(folder: Path, count: int) -> World:
    """A world whose users mention none of these slots, so that none has metrics."""
    live = [document(slot_id, patterns=["^x$"]) for slot_id in changing(count)]
    return World(folder, live=live, gate=GATE)


def planned(bot: World, *desired: DesiredSlot) -> Plan:
    return plan(bot.project(*desired), bot.services)


def updated(bot: World, count: int) -> Plan:
    return planned(bot, *(desired_slot(slot_id, "^y$") for slot_id in changing(count)))


def forecast(made: Plan) -> str:
    (warning,) = made.warnings
    return warning


def test_only_a_sample_of_many_updates_is_measured_as_the_warning_says(tmp_path: Path) -> None:
    bot = with_updates(tmp_path, 37)
    measured = []
    for _ in range(2):
        before = len(bot.sandbox.requests)
        warning = forecast(updated(bot, 37))
        asked = [each for each in list(bot.sandbox.requests)[before:] if each.method == "GET"]
        assert len(asked) <= 1 + 5  # the listing's one page, and five more
        measured.append([each.path for each in asked if each.path.endswith("/extraction")])
    assert len(measured[0]) == 4
    assert measured[0] == measured[1]
    assert "No metrics yet for slot_00, slot_09, slot_18, slot_27. If there are none" in warning
    assert "at least 20 s in all" in warning
    assert "Of 37 gated updates, 4 were measured, and 4 of these had no metrics." in warning


def test_each_of_a_few_updates_is_measured(tmp_path: Path) -> None:
    warning = forecast(updated(with_updates(tmp_path, 4), 4))
    assert "No metrics yet for slot_00, slot_01, slot_02, slot_03. If there" in warning
    assert warning.endswith("its timeout, 20 s in all, and is inconclusive.")


@pytest.mark.parametrize(("batch", "minutes"), [("change", "15 min"), ("wave", "10 min")])
def test_the_gates_of_a_wave_wait_together(
    tmp_path: Path, batch: Literal["change", "wave"], minutes: str
) -> None:
    bot = World(
        tmp_path,
        rollout=Rollout(batch=batch),
        gate={"settle_seconds": 0, "timeout_seconds": 300},
    )
    made = planned(
        bot, desired_slot(FRUIT), desired_slot(COLOUR), desired_slot(SIZE, after=[COLOUR])
    )
    assert f"the gate waits until its timeout, {minutes} in all" in forecast(made)


def test_a_forecast_of_many_slots_stays_readable(tmp_path: Path) -> None:
    bot = World(tmp_path, gate={"settle_seconds": 15, "timeout_seconds": 300})
    warning = forecast(planned(bot, *(desired_slot(slot_id, "^x$") for slot_id in changing(50))))
    assert "No metrics yet for slot_00, " in warning
    assert ", slot_11 and 38 more. " in warning
    assert "until its timeout, 4.4 h in all" in warning


def test_slots_with_metrics_need_no_forecast(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT, patterns=["^apple$"])])
    assert planned(bot, desired_slot(FRUIT)).warnings == ()


def test_metrics_that_cannot_be_read_are_reported_as_such(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT, patterns=["^apple$"])])
    bot.inject("GET", f"{FRUIT}/extraction", answered_text("<html>"))
    assert "Metrics could not be read: " in forecast(planned(bot, desired_slot(FRUIT)))


def test_without_a_bot_nothing_is_measured_and_the_warning_says_what_to_do(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT, patterns=["^apple$"])])
    bot.endpoint = Endpoint(origin=ORIGIN)
    assert "only `apply --no-gate` can make this plan" in forecast(
        planned(bot, desired_slot(FRUIT))
    )
    assert not [each for each in bot.sandbox.requests if each.path.endswith("/extraction")]


def test_a_change_that_no_gate_judges_needs_no_forecast(tmp_path: Path) -> None:
    bot = World(tmp_path, gate={"enabled": False})
    assert planned(bot, desired_slot(FRUIT)).warnings == ()
