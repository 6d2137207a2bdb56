from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ConfigurationError
from reconciler.model.drift import SlotHealth
from reconciler.model.gate import VerdictResult
from reconciler.model.slot import DesiredSlot
from reconciler.operations.health import health_of
from reconciler.ports import Permission
from tests.support.faults import answered
from tests.support.world import COLOUR, FRUIT, ORIGIN, SIZE, World, desired_slot, document


def health(bot: World, *desired: DesiredSlot) -> dict[str, SlotHealth]:
    made = bot.plan(*desired)
    with bot.connect(bot.project(), permission=Permission.READ) as connection:
        return health_of(
            bot.project(*desired),
            connection.endpoint,
            made,
            tenant=connection.tenant,
            clock=bot.clock,
            observer=bot.observer,
        )


def test_each_live_slot_with_a_gate_is_measured_against_its_own_minimum(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT, patterns=["^apple$"]), document(COLOUR)])
    found = health(bot, desired_slot(FRUIT, gate={"min_success_rate": 0.6}), desired_slot(COLOUR))
    assert found.keys() == {FRUIT, COLOUR}
    assert found[FRUIT].result is VerdictResult.FAILED
    assert (found[FRUIT].min_success_rate, found[FRUIT].success_rate) == (0.6, 0.5)
    assert found[COLOUR].result is VerdictResult.PASSED
    assert found[COLOUR].min_success_rate == bot.settings.gate.min_success_rate


def test_slots_that_are_missing_absent_or_without_a_gate_are_left_out(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT), document(COLOUR)])
    desired = (
        desired_slot(FRUIT, gate={"enabled": False}),
        desired_slot(COLOUR, absent=True),
        desired_slot(SIZE),
    )
    assert health(bot, *desired) == {}


def test_a_slot_without_numbers_is_reported_as_not_measured(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)])
    bot.inject("GET", "extraction", answered(404))
    found = health(bot, desired_slot(FRUIT))[FRUIT]
    assert (found.result, found.measured) == (VerdictResult.INCONCLUSIVE, False)
    assert found.success_rate is None
    assert found.reason


def test_without_a_bot_there_are_no_metrics(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)])
    made = bot.plan(desired_slot(FRUIT))
    with bot.connect(bot.project(), permission=Permission.READ) as connection:
        endpoint = connection.endpoint.model_copy(update={"bot_id": None})
        assert endpoint.origin == ORIGIN
        with pytest.raises(ConfigurationError, match="COGNIGY_BOT_ID"):
            health_of(
                bot.project(desired_slot(FRUIT)),
                endpoint,
                made,
                tenant=connection.tenant,
                clock=bot.clock,
                observer=bot.observer,
            )
