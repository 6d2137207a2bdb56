"""What becomes of a plan over version 2: every change is made, trained, judged and gone after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model.settings import Rollout
from tests.support.faults import answered, lost_after, lost_before, stored_then
from tests.support.filler_world import ALIKE, CITY, FillerWorld, desired_slot
from tests.support.shop import CUSTOMER, ORDER, desired, filler

GOOD = (filler(ORDER), filler(CUSTOMER), filler(CITY, regex="/Berlin|Paris/"))
BATCHES = pytest.mark.parametrize("batch", ["change", "wave"])


def alike(*slot_ids: str) -> tuple[Any, ...]:
    """Files that change the regexes of these, and no others."""
    return tuple(
        desired_slot(each, regex=ALIKE[each]) if each in slot_ids else desired_slot(each)
        for each in (ORDER, CUSTOMER, CITY)
    )


def test_a_new_filler_is_created_trained_and_judged(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2])
    files = alike()
    bot.apply(*files)
    outcome = bot.outcome(CITY)
    assert (outcome.status.value, outcome.success_rate) == ("verified", 1.0)
    assert bot.work == ["run", "POST", "train", "run"]
    assert (outcome.baseline or 0.0) < 1.0  # its own assert failed before
    assert bot.is_trained
    assert bot.plan(*files).changes == ()


def test_new_fillers_that_one_playbook_asserts_are_created_one_by_one(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:1])
    files = alike()
    bot.apply(*files)
    assert bot.statuses == {CUSTOMER: "verified", CITY: "verified"}
    rates = [(each.baseline, each.success_rate) for each in bot.report.outcomes]
    assert rates == [(0.5, 0.75), (0.75, 1.0)]  # each raises it, the second to the minimum
    assert bot.plan(*files).changes == ()


def test_one_change_costs_a_run_a_patch_a_training_and_a_run(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    files = alike(ORDER)
    assert bot.apply(*files).exit_code == 0
    assert bot.work == ["run", "PATCH", "train", "run"]
    (patch,) = bot.sent("PATCH")
    assert patch.body == {"type": "regex", "regex": ALIKE[ORDER]}
    assert bot.recorded() == [
        "run_started",
        "change_started",
        "change_applied",
        "change_applied",
        "gate_passed",
        "run_finished",
    ]
    applied = [each.data for each in bot.entries if each.event == "change_applied"]
    assert {each["action"] for each in applied} == {"PATCH"}
    assert {each["pattern_count"] for each in applied} == {1}
    assert [each["retrain_triggered"] for each in applied] == [False, True]
    assert bot.plan(*files).changes == ()


def test_several_changes_of_one_suite_cost_one_run_more_than_there_are(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    files = alike(ORDER, CUSTOMER, CITY)
    assert set(bot.apply(*files).summary().items()) >= {("verified", 3)}
    assert bot.work == ["run", *(["PATCH", "train", "run"] * 3)]
    assert bot.plan(*files).changes == ()


def test_a_wave_is_trained_and_judged_once(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, rollout=Rollout(batch="wave"))
    files = alike(ORDER, CUSTOMER, CITY)
    assert set(bot.apply(*files).summary().items()) >= {("verified", 3)}
    assert bot.work == ["run", "PATCH", "PATCH", "PATCH", "train", "run"]
    assert bot.plan(*files).changes == ()


def test_a_filler_is_deleted_trained_and_read_back_without_a_run(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, filler("extra"))
    files = (*alike(), desired("extra", absent=True))
    bot.apply(*files)
    assert bot.outcome("extra").message == "read back as gone"
    assert bot.work == ["DELETE", "train"]
    assert bot.names() == [ORDER, CUSTOMER, CITY]
    assert bot.is_trained
    assert bot.plan(*files).changes == ()


def test_a_deletion_needs_no_playbook(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, filler("extra"), gate={"playbooks": ()})
    assert bot.apply(*alike(), desired("extra", absent=True)).exit_code == 0
    assert bot.names() == [ORDER, CUSTOMER, CITY]


@BATCHES
def test_creations_changes_and_deletions_go_together(tmp_path: Path, batch: Any) -> None:
    bot = FillerWorld(tmp_path, GOOD[0], GOOD[1], filler("extra"), rollout=Rollout(batch=batch))
    files = (*alike(ORDER), desired("extra", absent=True))
    bot.apply(*files)
    assert bot.statuses == {ORDER: "verified", CITY: "verified", "extra": "verified"}
    assert bot.names() == [ORDER, CUSTOMER, CITY]
    assert bot.is_trained
    assert bot.plan(*files).changes == ()


@pytest.mark.parametrize("fault", [lost_before, lost_after, stored_then(502)])
def test_a_creation_whose_answer_is_lost_is_made_once(tmp_path: Path, fault: Any) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2], duplicate_names=True)
    bot.inject("POST", "/slotfillers", fault)
    bot.apply(*alike())
    assert bot.statuses == {CITY: "verified"}
    assert bot.names() == [ORDER, CUSTOMER, CITY]
    assert bot.plan(*alike()).changes == ()


@pytest.mark.parametrize("fault", [lost_before, lost_after, stored_then(502)])
def test_a_change_whose_answer_is_lost_is_made_all_the_same(tmp_path: Path, fault: Any) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.inject("PATCH", bot.filler(ORDER)["_id"], fault)
    bot.apply(*alike(ORDER))
    assert bot.statuses == {ORDER: "verified"}
    assert bot.regex(ORDER) == ALIKE[ORDER]
    assert bot.is_trained


@pytest.mark.parametrize("fault", [lost_before, lost_after, stored_then(502)])
def test_a_deletion_whose_answer_is_lost_is_made_all_the_same(tmp_path: Path, fault: Any) -> None:
    bot = FillerWorld(tmp_path, *GOOD, filler("extra"))
    bot.inject("DELETE", bot.filler("extra")["_id"], fault)
    bot.apply(*alike(), desired("extra", absent=True))
    assert bot.statuses == {"extra": "verified"}
    assert bot.names() == [ORDER, CUSTOMER, CITY]
    assert bot.is_trained


@pytest.mark.parametrize("fault", [lost_before, lost_after, stored_then(502), answered(409)])
def test_a_training_whose_answer_is_lost_is_not_taken_as_done(tmp_path: Path, fault: Any) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.inject("POST", "/intents/train", fault)
    bot.apply(*alike(ORDER))
    assert bot.statuses == {ORDER: "verified"}
    assert bot.is_trained


def test_what_a_tenant_shows_late_is_waited_for(tmp_path: Path) -> None:
    bot = FillerWorld(
        tmp_path,
        *GOOD,
        late_task_seconds=4.0,
        late_run_id_seconds=20.0,
        late_run_seconds=30.0,
        playbook_seconds=15.0,
    )
    files = alike(ORDER, CUSTOMER)
    bot.apply(*files)
    assert bot.statuses == {ORDER: "verified", CUSTOMER: "verified"}
    assert bot.work == ["run", "PATCH", "train", "run", "PATCH", "train", "run"]


def test_the_same_changes_over_a_tenant_that_answers_otherwise(tmp_path: Path) -> None:
    bot = FillerWorld(
        tmp_path,
        *GOOD[:2],
        filler("extra"),
        created_status=200,
        patch_status=200,
        delete_status=200,
        strict_patch=True,
        fills_defaults=True,
        page_cap=1,
        cursor_names="next",
        second_training_refused=True,
    )
    files = (*alike(ORDER), desired("extra", absent=True))
    bot.apply(*files)
    assert bot.statuses == {ORDER: "verified", CITY: "verified", "extra": "verified"}
    assert bot.plan(*files).changes == ()
