"""Trainings that end badly, in a run of version 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model.event import ChangeStored, RollbackBegun
from reconciler.model.settings import Rollout
from reconciler.sandbox.v2.settings import ALWAYS
from tests.operations.v2.test_changes import BATCHES, GOOD
from tests.support.filler_world import ALIKE, CITY, FillerWorld, desired_slot
from tests.support.shop import CUSTOMER, FLOW, ORDER, PLAYBOOK, desired, filler

FILES = (desired_slot(ORDER, regex=ALIKE[ORDER]), desired_slot(CUSTOMER), desired_slot(CITY))
UNTRAINABLE: dict[str, Any] = {"untrainable": "[0-9]{4}", "fail_reason": "Too many sentences."}


@BATCHES
def test_a_change_that_cannot_be_trained_is_rolled_back_and_quarantined(
    tmp_path: Path, batch: Any
) -> None:
    bot = FillerWorld(tmp_path, *GOOD, rollout=Rollout(batch=batch), **UNTRAINABLE)
    report = bot.apply(*FILES)
    assert bot.statuses == {ORDER: "rolled_back"}
    assert report.exit_code == 3
    assert "Too many sentences." in bot.outcome(ORDER).message
    assert bot.regex(ORDER) == r"/[A-Z]{2}-\d{4}/"
    # The first locale's fails and is not asked for again; then both of the rollback.
    assert len(bot.sent("POST", "/intents/train")) == 3
    assert bot.is_trained
    assert bot.sandbox.console.pass_rate(PLAYBOOK, FLOW) == 1.0
    before = len(bot.work)
    assert bot.apply(*FILES).exit_code == 3
    assert bot.statuses == {ORDER: "skipped"}
    assert bot.work[before:] == []
    assert list(bot.history.rejected)


def test_a_wave_that_cannot_be_trained_is_rolled_back(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, rollout=Rollout(batch="wave"), **UNTRAINABLE)
    bot.apply(*FILES[:2], desired_slot(CITY, regex=ALIKE[CITY]))
    assert bot.statuses == {ORDER: "rolled_back", CITY: "rolled_back"}
    assert bot.is_trained
    assert bot.regex(CITY) == "/Berlin|Paris/"


@pytest.mark.parametrize(
    ("sandbox", "why"),
    [({"cancelled_trainings": 1}, "cancelled"), ({"failed_trainings": 1}, "NLU")],
)
def test_a_training_that_does_not_end_well_rejects_the_change(
    tmp_path: Path, sandbox: dict[str, Any], why: str
) -> None:
    bot = FillerWorld(tmp_path, *GOOD, **sandbox)
    report = bot.apply(*FILES)
    assert bot.statuses == {ORDER: "rolled_back"}
    assert report.exit_code == 3
    assert why in bot.outcome(ORDER).message
    assert bot.regex(ORDER) == r"/[A-Z]{2}-\d{4}/"
    assert bot.is_trained


def test_a_training_that_takes_too_long_rejects_the_change(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, train={"timeout_seconds": 100}, training_seconds=150.0)
    bot.when(RollbackBegun, lambda: bot.sandbox.configure(training_seconds=2.0))
    report = bot.apply(*FILES)
    assert bot.statuses == {ORDER: "rolled_back"}
    assert report.exit_code == 3
    assert "after 100 s" in bot.outcome(ORDER).message
    assert bot.regex(ORDER) == r"/[A-Z]{2}-\d{4}/"
    assert bot.is_trained


def test_a_rollback_that_cannot_be_trained_fails(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, failed_trainings=ALWAYS)
    report = bot.apply(*FILES)
    assert bot.statuses == {ORDER: "rollback_failed"}
    assert report.exit_code == 3
    assert bot.regex(ORDER) == r"/[A-Z]{2}-\d{4}/"


def test_a_rollback_whose_training_takes_too_long_is_finished_by_the_next_run(
    tmp_path: Path,
) -> None:
    bot = FillerWorld(tmp_path, *GOOD, train={"timeout_seconds": 100}, training_seconds=150.0)
    report = bot.apply(*FILES)
    assert bot.statuses == {ORDER: "rollback_failed"}
    assert "holds it as open" in bot.outcome(ORDER).message
    assert report.exit_code == 3
    assert list(bot.history.open_changes) == [ORDER]
    bot.sandbox.configure(training_seconds=2.0)
    bot.apply(*FILES)
    recovered, skipped = bot.report.outcomes
    assert (recovered.status.value, skipped.status.value) == ("rolled_back", "skipped")
    assert bot.history.open_changes == {}
    assert bot.regex(ORDER) == r"/[A-Z]{2}-\d{4}/"
    assert bot.is_trained


def test_a_deletion_that_cannot_be_trained_is_reported_and_stays(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, filler("extra"), failed_trainings=ALWAYS)
    bot.apply(
        desired_slot(ORDER),
        desired_slot(CUSTOMER),
        desired_slot(CITY),
        desired("extra", absent=True),
    )
    assert bot.statuses == {"extra": "failed"}
    assert "deleted, but the project cannot be trained" in bot.outcome("extra").message
    assert bot.names() == [ORDER, CUSTOMER, CITY]


def test_a_training_that_a_colleague_began_is_waited_for(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, second_training_refused=True, training_seconds=20.0)
    flow = bot.flows[0]["_id"]
    train = f"/flows/{flow}/intents/train"
    bot.when(ChangeStored, lambda: bot.ask("POST", train, {"mode": "full"}))
    bot.apply(*FILES)
    assert bot.statuses == {ORDER: "verified"}
    assert bot.is_trained
