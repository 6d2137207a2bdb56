"""What an earlier run of version 2 left open is recovered, also without its file."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from reconciler.sandbox.v2.settings import ADMIN
from tests.operations.v2.test_changes import GOOD
from tests.support.faults import Answer, lost_before
from tests.support.filler_world import ALIKE, BAD, CITY, FillerWorld, desired_slot
from tests.support.fuse import PowerCut
from tests.support.shop import CUSTOMER, FLOW, ORDER, PLAYBOOK, desired, filler

OWNED = ("order", "city", "customer")


def cut(request: httpx.Request, answer: Answer) -> httpx.Response:
    """The power goes after the tenant has done what it was asked to."""
    answer(request)
    raise PowerCut


def left_open(folder: Path, *, regex: str = BAD) -> FillerWorld:
    """A project whose run was cut off just after it had changed the city."""
    bot = FillerWorld(folder, *GOOD, owns=OWNED)
    bot.inject("PATCH", bot.filler(CITY)["_id"], cut)
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=regex))
    assert bot.regex(CITY) == regex
    return bot


def test_what_was_stored_is_trained_and_judged_by_its_former_baseline(tmp_path: Path) -> None:
    bot = left_open(tmp_path, regex=ALIKE[CITY])
    done = len(bot.work)
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=ALIKE[CITY]))
    assert bot.statuses == {CITY: "verified"}
    assert bot.outcome(CITY).recovered
    assert bot.outcome(CITY).baseline == 1.0
    assert bot.work[done:] == ["train", "run"]


def test_what_is_bad_is_rolled_back(tmp_path: Path) -> None:
    bot = left_open(tmp_path)
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    assert bot.outcome(CITY).status.value == "rolled_back"
    assert bot.regex(CITY) == "/Berlin|Paris/"
    assert bot.is_trained


def test_a_change_whose_file_has_vanished_is_recovered(tmp_path: Path) -> None:
    bot = left_open(tmp_path)
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER))
    assert bot.statuses == {CITY: "rolled_back"}
    assert bot.regex(CITY) == "/Berlin|Paris/"
    assert bot.is_trained
    assert bot.sandbox.console.pass_rate(PLAYBOOK, FLOW) == 1.0
    assert bot.plan(desired_slot(ORDER), desired_slot(CUSTOMER)).changes == ()


def test_a_creation_whose_file_has_vanished_is_recovered(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2], owns=OWNED)
    bot.inject("POST", "/slotfillers", cut)
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER))
    assert bot.statuses == {CITY: "rolled_back"}
    assert bot.names() == [ORDER, CUSTOMER]
    assert bot.is_trained


def test_a_deletion_whose_file_has_vanished_is_recovered(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, filler("extra"), owns=("extra",))
    bot.inject("DELETE", bot.filler("extra")["_id"], cut)
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    with pytest.raises(PowerCut):
        bot.apply(*files, desired("extra", absent=True))
    bot.apply(*files)
    assert bot.statuses == {"extra": "verified"}
    assert bot.is_trained


def test_a_slot_under_another_id_than_its_name_is_recovered_without_its_file(
    tmp_path: Path,
) -> None:
    bot = FillerWorld(tmp_path, *GOOD, owns=("town",))
    town = desired_slot("town", name=CITY, context_key=CITY, regex=BAD)
    bot.inject("PATCH", bot.filler(CITY)["_id"], cut)
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), town)
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER))
    assert bot.statuses == {"town": "rolled_back"}
    assert bot.regex(CITY) == "/Berlin|Paris/"
    assert bot.is_trained


def test_a_change_that_nobody_owns_is_left_to_a_person(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.inject("PATCH", bot.filler(CITY)["_id"], cut)
    with pytest.raises(PowerCut):
        bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER))
    assert bot.regex(CITY) == BAD
    (warning,) = [each for each in bot.plan(desired_slot(ORDER)).warnings if CITY in each]
    assert "live as that change made it" in warning


def test_what_a_colleague_has_changed_since_is_not_touched(tmp_path: Path) -> None:
    bot = left_open(tmp_path)
    bot.edit(CITY, regex="/Rome/")
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    assert bot.outcome(CITY).status.value == "failed"
    assert bot.regex(CITY) == "/Rome/"


def test_an_unreachable_tenant_leaves_the_change_open_and_says_so(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.inject("POST", "/intents/train", lost_before, times=20)
    report = bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    assert bot.statuses == {CITY: "failed"}
    assert report.exit_code == 1
    assert list(bot.history.open_changes) == [CITY]
    assert "holds it as open" in bot.outcome(CITY).message
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    assert bot.report.outcomes[0].status.value == "rolled_back"
    assert bot.is_trained


def test_a_snapshot_that_was_restored_since_hinders_nothing(tmp_path: Path) -> None:
    bot = left_open(tmp_path)
    former = bot.filler(CITY)["_id"]
    restore(bot)
    assert bot.filler(CITY)["_id"] != former
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    assert bot.outcome(CITY).status.value == "rolled_back"
    assert bot.regex(CITY) == "/Berlin|Paris/"
    assert bot.is_trained


def restore(bot: FillerWorld) -> None:
    """Take a snapshot and restore it, which renews every id."""
    us, bot.user = bot.user, ADMIN
    project = bot.sandbox.project_id
    bot.ask("POST", "/snapshots", {"projectId": project, "name": "S", "description": "S"})
    bot.clock.advance(60.0)
    snapshot = bot.ask("GET", "/snapshots", projectId=project)["items"][-1]["_id"]
    bot.ask("POST", f"/snapshots/{snapshot}/restore", {"projectId": project})
    bot.clock.advance(60.0)
    bot.user = us
