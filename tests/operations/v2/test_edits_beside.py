"""A colleague edits other fields of a slot filler at the moment in which a run changes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.model.event import ChangeStored
from tests.operations.v2.test_changes import GOOD
from tests.support.faults import Answer, lost_after, meanwhile
from tests.support.filler_world import ALIKE, BAD, CITY, FillerWorld, desired_slot
from tests.support.fuse import PowerCut
from tests.support.shop import CUSTOMER, ORDER

THEIRS = {"resultLocation": "theirs"}


def cut(request: httpx.Request, answer: Answer) -> httpx.Response:
    """The power goes after the tenant has done what it was asked to."""
    answer(request)
    raise PowerCut


def edited_before_the_write(bot: FillerWorld, then: Any = None) -> None:
    edit = lambda: bot.edit(CITY, **THEIRS)  # noqa: E731
    bot.inject("PATCH", bot.filler(CITY)["_id"], meanwhile(edit, then))


def edited_before_a_lost_answer(bot: FillerWorld) -> None:
    edited_before_the_write(bot, lost_after)


def edited_after_the_write(bot: FillerWorld) -> None:
    bot.when(ChangeStored, lambda: bot.edit(CITY, **THEIRS))


EDITED = pytest.mark.parametrize(
    "disturb", [edited_before_the_write, edited_before_a_lost_answer, edited_after_the_write]
)


def applied(bot: FillerWorld, regex: str) -> None:
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=regex))


@EDITED
def test_the_change_is_trained_and_judged_and_the_edit_stays(
    tmp_path: Path, disturb: Callable[[FillerWorld], None]
) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    disturb(bot)
    applied(bot, ALIKE[CITY])
    assert bot.statuses == {CITY: "verified"}
    assert bot.is_trained
    assert (bot.regex(CITY), bot.filler(CITY)["resultLocation"]) == (ALIKE[CITY], "theirs")
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=ALIKE[CITY]))
    assert bot.plan(*files).changes == ()


@EDITED
def test_a_rollback_restores_what_was_sent_and_the_edit_stays(
    tmp_path: Path, disturb: Callable[[FillerWorld], None]
) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    disturb(bot)
    applied(bot, BAD)
    assert bot.statuses == {CITY: "rolled_back"}
    assert bot.is_trained
    assert (bot.regex(CITY), bot.filler(CITY)["resultLocation"]) == ("/Berlin|Paris/", "theirs")


@pytest.mark.parametrize("disturb", [edited_before_the_write, edited_before_a_lost_answer])
def test_a_warning_names_the_edit(tmp_path: Path, disturb: Callable[[FillerWorld], None]) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    disturb(bot)
    applied(bot, ALIKE[CITY])
    assert bot.observer.warnings == [
        f"{CITY}: someone else edited it at the same moment, and that edit stays "
        '(result_location is "theirs", formerly null)'
    ]


@pytest.mark.parametrize(
    ("regex", "status", "left"),
    [(ALIKE[CITY], "verified", ALIKE[CITY]), (BAD, "rolled_back", "/Berlin|Paris/")],
)
def test_what_a_crash_left_beside_an_edit_is_recovered(
    tmp_path: Path, regex: str, status: str, left: str
) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    edited_before_the_write(bot, cut)
    with pytest.raises(PowerCut):
        applied(bot, regex)
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=left))
    assert bot.statuses == {CITY: status}
    assert bot.outcome(CITY).recovered
    assert (bot.regex(CITY), bot.filler(CITY)["resultLocation"]) == (left, "theirs")
    assert bot.is_trained
    assert any("someone else edited it" in each for each in bot.observer.warnings)


def test_an_edit_beside_a_rollback_stays_too(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    one = bot.filler(CITY)["_id"]
    bot.inject("PATCH", one, lambda request, answer: answer(request))
    edited_before_the_write(bot)
    applied(bot, BAD)
    assert bot.statuses == {CITY: "rolled_back"}
    assert (bot.regex(CITY), bot.filler(CITY)["resultLocation"]) == ("/Berlin|Paris/", "theirs")
    assert bot.is_trained
