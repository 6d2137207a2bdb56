"""When a run of version 2 is refused because no playbook can judge it, and when none has to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model.event import ChangeStored, RollbackBegun
from reconciler.model.settings import Rollout
from tests.operations.v2.test_changes import BATCHES, GOOD
from tests.support.filler_world import ALIKE, BAD, CITY, STEPS, FillerWorld, desired_slot
from tests.support.shop import CUSTOMER, ORDER, PLAYBOOK, desired, filler, step

CHECK = {"name": PLAYBOOK, "steps": list(STEPS)}
FILES = (desired_slot(ORDER, regex=ALIKE[ORDER]), desired_slot(CUSTOMER), desired_slot(CITY))


@pytest.mark.parametrize(
    ("gate", "playbooks", "why"),
    [
        ({"playbooks": ()}, (CHECK,), "no playbook is named"),
        ({"playbooks": ("Chek",)}, (CHECK,), "Chek"),
        ({}, (CHECK, CHECK), PLAYBOOK),
        ({}, ({"name": PLAYBOOK, "steps": [step("Hello")]},), "no asserts"),
        ({"locales": ("Français",)}, (CHECK,), "Français"),
    ],
)
def test_a_gate_that_cannot_judge_is_refused_before_anything_is_changed(
    tmp_path: Path, gate: dict[str, Any], playbooks: tuple[Any, ...], why: str
) -> None:
    bot = FillerWorld(tmp_path, *GOOD, gate=gate, playbooks=playbooks)
    report = bot.apply(*FILES)
    assert (report.exit_code, report.run_id) == (4, None)
    assert why in str(report.error)
    assert "--no-gate" in report.hint
    assert bot.work == []
    assert not bot.entries
    assert any(why in each for each in bot.plan(*FILES).warnings)


def test_without_a_gate_nothing_is_run(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, gate={"playbooks": ()})
    bot.apply(*FILES, judged=False)
    assert bot.statuses == {ORDER: "unjudged"}
    assert bot.work == ["PATCH", "train"]


def test_a_slot_whose_gate_is_disabled_is_not_judged_and_others_are(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    unjudged = desired_slot(ORDER, regex=ALIKE[ORDER], gate={"enabled": False})
    bot.apply(unjudged, desired_slot(CUSTOMER, regex=ALIKE[CUSTOMER]), desired_slot(CITY))
    assert bot.statuses == {ORDER: "unjudged", CUSTOMER: "verified"}
    assert bot.work.count("run") == 2


@BATCHES
def test_a_slot_may_have_a_playbook_of_its_own(tmp_path: Path, batch: Any) -> None:
    playbooks = (CHECK, {"name": "City", "steps": [STEPS[-1]]})
    bot = FillerWorld(tmp_path, *GOOD, playbooks=playbooks, rollout=Rollout(batch=batch))
    own = desired_slot(CITY, regex=BAD, gate={"playbooks": ("City",)})
    bot.apply(desired_slot(ORDER, regex=ALIKE[ORDER]), desired_slot(CUSTOMER), own)
    assert bot.statuses[CITY] == "rolled_back"
    failed = bot.outcome(CITY).failed_asserts
    assert {each.playbook for each in failed} == {"City"}
    recorded = [
        each.data["failed_asserts"]
        for each in bot.entries
        if (each.event, each.data.get("slot_id")) == ("gate_failed", CITY)
    ]
    assert recorded == [[each.model_dump(mode="json") for each in failed]]


def test_a_baseline_below_the_minimum_does_not_fail_what_is_no_worse(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, GOOD[0], GOOD[1], filler(CITY, regex=BAD))
    bot.apply(
        desired_slot(ORDER, regex=ALIKE[ORDER]),
        desired_slot(CUSTOMER),
        desired_slot(CITY, regex=BAD),
    )
    assert bot.statuses == {ORDER: "verified"}
    assert "still below the minimum" in bot.outcome(ORDER).message


@pytest.mark.parametrize("mishap", ["cancelled_runs", "timed_out_runs"])
def test_runs_that_bring_nothing_reject_the_change(tmp_path: Path, mishap: str) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.when(ChangeStored, lambda: bot.sandbox.configure(**{mishap: 3}))
    bot.apply(*FILES)
    assert bot.statuses == {ORDER: "rolled_back"}
    assert bot.report.exit_code == 3
    assert bot.regex(ORDER) != ALIKE[ORDER]
    assert bot.is_trained


def test_a_run_that_is_cancelled_once_is_run_again(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.when(ChangeStored, lambda: bot.sandbox.configure(cancelled_runs=1))
    bot.apply(*FILES)
    assert bot.statuses == {ORDER: "verified"}
    assert bot.work == ["run", "PATCH", "train", "run", "run"]


def test_a_playbook_that_takes_too_long_rejects_the_change(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, gate={"timeout_seconds": 60})
    bot.when(ChangeStored, lambda: bot.sandbox.configure(playbook_seconds=10_000.0))
    bot.when(RollbackBegun, lambda: bot.sandbox.configure(playbook_seconds=1.0))
    bot.apply(*FILES)
    assert bot.statuses == {ORDER: "rolled_back"}
    assert "took too long" in bot.outcome(ORDER).message
    assert bot.regex(ORDER) != ALIKE[ORDER]
    assert bot.work.count("run") <= 6


def test_a_project_of_deletions_alone_needs_no_playbook(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, playbooks=({"name": "Other", "steps": []},))
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired(CITY, absent=True))
    assert bot.statuses == {CITY: "verified"}
