"""What the gate rejects is rolled back, trained, and said so: by a run of version 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.formats.outcome import outcome_json
from reconciler.model.event import VerdictReached
from reconciler.model.gate import FailedAssert
from reconciler.model.settings import Rollout
from tests.operations.v2.test_changes import BATCHES, GOOD, alike
from tests.support.filler_world import ALIKE, BAD, CITY, STEPS, FillerWorld, desired_slot
from tests.support.shop import CUSTOMER, FLOW, ORDER, PLAYBOOK, filler, step

FAILED = FailedAssert(
    playbook=PLAYBOOK,
    step=3,
    text="To Berlin",
    kind="assertContext",
    expected='{"city": "Berlin"}',
    actual="{}",
    keys=(CITY,),
)


@BATCHES
def test_a_bad_change_is_rolled_back_by_patch_and_trained(tmp_path: Path, batch: Any) -> None:
    bot = FillerWorld(tmp_path, *GOOD, rollout=Rollout(batch=batch))
    former = bot.filler(CITY)
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    report = bot.apply(*files)
    assert report.exit_code == 3
    assert bot.work == ["run", "PATCH", "train", "run", "PATCH", "train", "run"]
    assert bot.sent("PATCH")[-1].body == {"type": "regex", "regex": "/Berlin|Paris/"}
    assert bot.filler(CITY)["_id"] == former["_id"]
    assert bot.regex(CITY) == former["regex"]
    assert bot.is_trained
    assert bot.sandbox.console.pass_rate(PLAYBOOK, FLOW) == 1.0


def test_the_asserts_that_failed_are_in_the_report_the_ledger_and_the_json(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    report = bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    outcome = bot.outcome(CITY)
    assert (outcome.status.value, outcome.baseline) == ("rolled_back", 1.0)
    assert outcome.success_rate == pytest.approx(3 / 4)
    assert outcome.failed_asserts == (FAILED,)
    assert str(FAILED) in outcome.message
    (line,) = [each.data for each in bot.entries if each.event == "gate_failed"]
    assert line["failed_asserts"] == [FAILED.model_dump(mode="json")]
    (said,) = json.loads(outcome_json(report))["outcomes"]
    assert said["failed_asserts"] == [FAILED.model_dump(mode="json")]
    assert [each for each, _ in bot.messages.sent] == [
        "slot_updated",
        "gate_failed",
        "slot_rolled_back",
    ]


def test_what_was_rejected_is_not_tried_again_until_asked(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    bot.apply(*files)
    done = len(bot.work)
    bot.apply(*files)
    assert bot.statuses == {CITY: "skipped"}
    assert bot.work[done:] == []
    bot.apply(*files, retry=True)
    assert bot.statuses == {CITY: "rolled_back"}


def test_a_bad_creation_is_deleted_again(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2])
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    assert bot.statuses == {CITY: "rolled_back"}
    assert bot.work == ["run", "POST", "train", "run", "DELETE", "train", "run"]
    assert bot.names() == [ORDER, CUSTOMER]
    assert bot.is_trained


def test_a_wave_rolls_back_the_slot_alone_that_the_asserts_name(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, rollout=Rollout(batch="wave"))
    files = (
        desired_slot(ORDER, regex=ALIKE[ORDER]),
        desired_slot(CUSTOMER),
        desired_slot(CITY, regex=BAD),
    )
    bot.apply(*files)
    assert bot.statuses == {ORDER: "verified", CITY: "rolled_back"}
    assert bot.outcome(ORDER).success_rate == 1.0
    assert bot.outcome(ORDER).failed_asserts == ()
    assert bot.regex(ORDER) == ALIKE[ORDER]
    assert bot.regex(CITY) == "/Berlin|Paris/"
    assert bot.work == ["run", "PATCH", "PATCH", "train", "run", "PATCH", "train", "run"]
    assert bot.is_trained


def test_a_wave_in_which_nobody_is_accused_is_rolled_back(tmp_path: Path) -> None:
    thanks = step("Bye", {"type": "assertText", "params": {"text": "Thanks to Berlin"}})
    replies = [{"when": [CITY], "text": "Thanks to {{city}}"}]
    bot = FillerWorld(
        tmp_path,
        steps=(*STEPS, thanks),
        bot={"flows": [{"name": FLOW, "slotfillers": list(GOOD), "replies": replies}]},
        rollout=Rollout(batch="wave"),
    )
    # It finds Berlin, and then something else in the last step.
    worse = desired_slot(CITY, regex="/Berlin|Paris|Bye/")
    bot.apply(desired_slot(ORDER, regex=ALIKE[ORDER]), desired_slot(CUSTOMER), worse)
    assert bot.statuses == {ORDER: "rolled_back", CITY: "rolled_back"}
    assert bot.regex(ORDER) != ALIKE[ORDER]
    assert bot.is_trained
    assert bot.sandbox.console.pass_rate(PLAYBOOK, FLOW) == 1.0


def test_a_wave_that_still_fails_without_the_accused_is_rolled_back(tmp_path: Path) -> None:
    answered = {"type": "assertText", "params": {"text": "AB-1234"}}
    replies = [{"when": [ORDER], "text": "{{order}}"}]
    bot = FillerWorld(
        tmp_path,
        steps=(*STEPS, step("Bye", answered)),
        bot={"flows": [{"name": FLOW, "slotfillers": list(GOOD), "replies": replies}]},
        rollout=Rollout(batch="wave"),
    )
    spoils_the_answer = desired_slot(ORDER, regex="/[A-Z]{2}-[0-9]{4}|Bye/")
    bot.apply(spoils_the_answer, desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    assert bot.statuses == {ORDER: "rolled_back", CITY: "rolled_back"}
    assert [each.kind for each in bot.outcome(ORDER).failed_asserts] == ["assertText"]
    assert bot.is_trained
    assert bot.sandbox.console.pass_rate(PLAYBOOK, FLOW) == 1.0


@BATCHES
def test_on_failure_halt_leaves_it_in_place(tmp_path: Path, batch: Any) -> None:
    bot = FillerWorld(tmp_path, *GOOD, rollout=Rollout(batch=batch, on_failure="halt"))
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    assert bot.statuses == {CITY: "failed"}
    assert bot.report.exit_code == 3
    assert bot.regex(CITY) == BAD


@pytest.mark.parametrize("empty_text", ["kept", "unset"])
def test_a_field_is_unset_again(tmp_path: Path, empty_text: Any) -> None:
    bot = FillerWorld(tmp_path, *GOOD, empty_text=empty_text)
    bot.apply(
        desired_slot(ORDER),
        desired_slot(CUSTOMER),
        desired_slot(CITY, regex=BAD, result_location="x"),
    )
    assert bot.statuses == {CITY: "rolled_back"}
    assert not bot.filler(CITY).get("resultLocation")


def test_a_field_that_cannot_be_unset_again_is_reported(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, empty_text="ignored")
    bot.apply(
        desired_slot(ORDER),
        desired_slot(CUSTOMER),
        desired_slot(CITY, regex=BAD, result_location="x"),
    )
    outcome = bot.outcome(CITY)
    assert outcome.status.value == "rollback_failed"
    assert 'result_location is "x"' in outcome.message
    assert bot.history.open_changes == {}
    # The rest is as it was, and the bot must not go on with what was rejected.
    assert bot.regex(CITY) == "/Berlin|Paris/"
    assert bot.is_trained


@BATCHES
def test_a_field_that_cannot_be_unset_is_reported_once_and_not_tried_again(
    tmp_path: Path, batch: Any
) -> None:
    bot = FillerWorld(
        tmp_path,
        *GOOD[:2],
        filler(CITY, regex="/Berlin|Paris/", resultLocation="x"),
        rollout=Rollout(batch=batch),
        empty_text="ignored",
    )
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, result_location=""))
    bot.apply(*files)
    outcome = bot.outcome(CITY)
    assert outcome.status.value == "failed"
    assert "The tenant does not unset result_location." in outcome.message
    done = bot.work
    bot.apply(*files)
    assert bot.statuses == {CITY: "skipped"}
    assert "The tenant does not unset result_location." in bot.outcome(CITY).message
    assert bot.work == done
    bot.apply(*files, retry=True)
    assert bot.statuses == {CITY: "failed"}


def test_a_flaky_baseline_does_not_reject_a_good_change(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, flaky_runs=1)
    bot.apply(*alike(ORDER))
    assert bot.statuses == {ORDER: "verified"}


def test_a_third_hand_is_not_overwritten_by_a_rollback(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    theirs = "/Rome/"
    bot.when(VerdictReached, lambda: bot.edit(CITY, regex=theirs))
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    assert bot.statuses == {CITY: "rollback_failed"}
    assert bot.regex(CITY) == theirs
    assert bot.history.open_changes == {}
