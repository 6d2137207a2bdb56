"""Differences, their causes, the slots' metrics, and notifications."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ConfigurationError
from reconciler.model.change import Cause
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Measured, VerdictReached
from reconciler.model.gate import VerdictResult
from reconciler.operations.drift import DriftRequest, drift
from tests.support.world import COLOUR, FRUIT, ORIGIN, SIZE, World, desired_slot, document

MEASURED = DriftRequest(metrics=True)


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return World(tmp_path, live=[document(FRUIT), document(COLOUR)])


def test_nothing_is_notified_if_there_is_no_drift(bot: World) -> None:
    report = drift(bot.project(desired_slot(FRUIT), desired_slot(COLOUR)), bot.services)
    assert (report.changes, report.metrics, report.exit_code) == ((), None, 0)
    assert bot.messages.sent == []


def test_an_apply_that_is_running_is_reported_with_the_drift(bot: World) -> None:
    desired = bot.project(desired_slot(FRUIT, "^pear$"))
    with bot.open_store().open("run_1"):
        report = drift(desired, bot.services)
    assert report.at_work is not None
    assert "run run_1" in report.at_work
    (warning,) = bot.observer.warnings
    assert "run run_1" in warning
    assert "may show as drift" in warning
    assert drift(desired, bot.services).at_work is None


def test_the_ledger_distinguishes_an_edit_in_the_tenant_from_a_file_not_applied_yet(
    bot: World,
) -> None:
    bot.apply(
        desired_slot(FRUIT, "^pear$", "^apple$"),
        desired_slot(COLOUR, "^blue$", "^red$"),
        judged=False,
    )
    bot.sandbox.edit(FRUIT, fillStrategy="fuzzy")
    desired = (desired_slot(FRUIT, "^pear$", "^apple$"), desired_slot(COLOUR), desired_slot(SIZE))
    report = drift(bot.project(*desired), bot.services)
    assert report.causes == {
        FRUIT: Cause.CHANGED_IN_TENANT,
        COLOUR: Cause.NOT_APPLIED,
    }
    assert {each.slot_id for each in report.changes} == {FRUIT, COLOUR, SIZE}
    assert report.exit_code == 2


def test_each_difference_is_notified_and_a_failed_notification_is_a_warning(bot: World) -> None:
    bot.messages.failures.append("500")
    drift(bot.project(desired_slot(FRUIT, "^apple$"), desired_slot(COLOUR)), bot.services)
    assert bot.messages.sent == [("drift_detected", FRUIT)]
    assert bot.observer.warnings == ["webhook: 500"]


def test_every_live_managed_slot_is_measured_against_its_own_gate(bot: World) -> None:
    desired = (
        desired_slot(FRUIT),
        desired_slot(COLOUR, gate={"min_success_rate": 1.0, "max_drop": 0.0}),
        desired_slot(SIZE),
    )
    report = drift(bot.project(*desired), bot.services, MEASURED)
    assert report.metrics is not None
    assert report.metrics.keys() == {FRUIT, COLOUR}
    assert report.metrics[FRUIT].result is VerdictResult.PASSED
    assert report.metrics[FRUIT].success_rate is not None
    assert report.metrics[COLOUR].min_success_rate == 1.0


def test_each_reading_is_announced_but_no_verdict(bot: World) -> None:
    drift(bot.project(desired_slot(FRUIT), desired_slot(COLOUR)), bot.services, MEASURED)
    assert {each.slot_id for each in bot.observer.of(Measured)} == {FRUIT, COLOUR}
    assert bot.observer.of(VerdictReached) == []


def test_a_slot_without_a_gate_is_not_measured(bot: World) -> None:
    desired = (desired_slot(FRUIT, gate={"enabled": False}), desired_slot(COLOUR))
    report = drift(bot.project(*desired), bot.services, MEASURED)
    assert report.metrics is not None
    assert report.metrics.keys() == {COLOUR}


def test_metrics_need_a_bot(bot: World) -> None:
    bot.endpoint = Endpoint(origin=ORIGIN)
    with pytest.raises(ConfigurationError, match="COGNIGY_BOT_ID is missing"):
        drift(bot.project(desired_slot(FRUIT)), bot.services, MEASURED)
