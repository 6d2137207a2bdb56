"""What a colleague does in the console while a run of version 2 is under way, and drift."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from reconciler.model.event import ChangeStored
from reconciler.sandbox.v2.settings import COLLEAGUE
from tests.operations.v2.test_changes import GOOD
from tests.support.faults import Answer, lost_before, meanwhile
from tests.support.filler_world import ALIKE, BAD, CITY, GOOD_CITY, FillerWorld, desired_slot
from tests.support.shop import CUSTOMER, FLOW, ORDER, desired, filler

FILES = (desired_slot(ORDER, regex=ALIKE[ORDER]), desired_slot(CUSTOMER), desired_slot(CITY))
THEIRS = "/[A-Z]{3}/"


def answered_as_it_is(request: httpx.Request, answer: Answer) -> httpx.Response:
    """Nothing happens to this request."""
    return answer(request)


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_an_edit_between_plan_and_write_is_not_overwritten(tmp_path: Path, seconds: float) -> None:
    """Also where it comes in the very second in which the filler was changed last."""
    bot = FillerWorld(tmp_path, *GOOD)

    def edit() -> None:
        bot.clock.advance(seconds)
        bot.edit(ORDER, regex=THEIRS)

    report = bot.apply(*FILES, before_writing=edit)
    assert report.exit_code == 4
    assert bot.regex(ORDER) == THEIRS
    assert "PATCH" not in bot.work


def test_an_edit_that_changes_nothing_that_is_compared_does_not_stop_a_run(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)

    def touch() -> None:
        bot.clock.advance(60.0)
        bot.edit(ORDER)

    bot.apply(*FILES, before_writing=touch)
    assert bot.statuses == {ORDER: "verified"}


def test_an_edit_while_the_baseline_is_measured_is_not_overwritten(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.inject("POST", "/schedule", meanwhile(lambda: bot.edit(ORDER, regex=THEIRS)))
    assert bot.apply(*FILES).exit_code == 4
    assert bot.regex(ORDER) == THEIRS


def test_a_filler_that_a_colleague_creates_meanwhile_is_not_doubled(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2], duplicate_names=True)
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    report = bot.apply(
        *files, before_writing=lambda: bot.sandbox.console.add(FLOW, **filler(CITY, regex=THEIRS))
    )
    assert report.exit_code == 4
    assert bot.duplicates == []
    assert bot.regex(CITY) == THEIRS


@pytest.mark.parametrize("regex", [THEIRS, GOOD_CITY])
def test_a_colleagues_filler_is_not_taken_for_a_creation_whose_answer_was_lost(
    tmp_path: Path, regex: str
) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2], duplicate_names=True)
    add = lambda: bot.sandbox.console.add(FLOW, **filler(CITY, regex=regex))  # noqa: E731
    bot.inject("POST", "/slotfillers", meanwhile(add, lost_before))
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=GOOD_CITY))
    assert bot.outcome(CITY).status.value == "failed"
    assert "created by someone else" in bot.outcome(CITY).message
    assert bot.duplicates == []
    assert bot.regex(CITY) == regex
    assert bot.work == ["run"]  # the POST is not sent again


def test_a_creation_that_shows_late_next_to_a_colleagues_is_left_open(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2], duplicate_names=True)
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=GOOD_CITY))

    def late(request: httpx.Request, answer: Answer) -> httpx.Response:
        """The tenant carries it out, but long after the connection is lost."""
        bot.sandbox.console.add(FLOW, **filler(CITY, regex=THEIRS))
        bot.inject("GET", "/slotfillers", answered_as_it_is, times=2)
        bot.inject("GET", "/slotfillers", meanwhile(lambda: answer(request)))
        raise httpx.ReadTimeout("no answer", request=request)

    bot.inject("POST", "/slotfillers", late)
    bot.apply(*files)
    assert bot.duplicates == [CITY]
    assert "has 2 slot fillers" in bot.outcome(CITY).message
    assert set(bot.history.open_changes) == {CITY}
    assert bot.apply(*files).exit_code == 4  # until someone deletes one of them
    bot.sandbox.console.remove(FLOW, CITY)  # the first, which is the colleague's
    bot.apply(*files)
    assert bot.outcome(CITY).status.value == "verified"
    assert bot.plan(*files).changes == ()


def test_a_filler_that_is_doubled_while_it_is_created_is_left_open(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD[:2], duplicate_names=True)
    add = lambda: bot.sandbox.console.add(FLOW, **filler(CITY, regex=THEIRS))  # noqa: E731
    bot.inject("POST", "/slotfillers", meanwhile(add))
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=GOOD_CITY))
    assert bot.duplicates == [CITY]
    assert "has 2 slot fillers" in bot.outcome(CITY).message
    assert set(bot.history.open_changes) == {CITY}


def test_a_filler_that_a_colleague_deletes_meanwhile_is_not_created_again(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    report = bot.apply(*FILES, before_writing=lambda: bot.sandbox.console.remove(FLOW, ORDER))
    assert report.exit_code == 4
    assert bot.names() == [CUSTOMER, CITY]


def test_a_saved_plan_holds_until_somebody_changes_what_it_changes(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    saved = bot.plan(*FILES)
    bot.edit(CUSTOMER, regex="/C[0-9]{3}|x/")
    bot.edit(CUSTOMER, regex=r"/C\d{3}/")
    bot.apply(*FILES, saved=saved)
    assert bot.statuses == {ORDER: "verified"}


def test_a_saved_plan_is_stale_after_an_edit(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    saved = bot.plan(*FILES)
    bot.edit(ORDER, regex=THEIRS)
    assert bot.apply(*FILES, saved=saved).exit_code == 4
    assert bot.regex(ORDER) == THEIRS


def test_an_edit_after_the_write_is_not_taken_for_ours(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.when(ChangeStored, lambda: bot.edit(ORDER, regex=THEIRS))
    report = bot.apply(*FILES)
    assert bot.statuses == {ORDER: "failed"}
    assert report.exit_code == 1
    assert bot.regex(ORDER) == THEIRS


def test_a_filler_of_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD, filler(ORDER, regex=THEIRS))
    ids = [each["referenceId"] for each in bot.sandbox.console.slotfillers(FLOW)]
    report = bot.apply(*FILES)
    assert report.exit_code == 4
    assert ids[0] in str(report.error)
    assert ids[3] in str(report.error)
    assert bot.work == []


def test_drift_names_who_changed_a_slot_and_when(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    assert bot.drift(*files).changes == ()
    bot.clock.advance(3600.0)
    bot.edit(CITY, regex=BAD)
    report = bot.drift(*files)
    assert [each.slot_id for each in report.changes] == [CITY]
    change = report.last_changes[CITY]
    assert change.at == bot.clock.now().replace(microsecond=0)
    assert change.user_id == bot.sandbox.user_id(COLLEAGUE)
    assert change.name == COLLEAGUE.name


def test_a_filler_that_somebody_replaced_by_one_of_another_type_is_drift(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    bot.sandbox.console.remove(FLOW, CITY)
    bot.sandbox.console.add(FLOW, name=CITY, type="email")
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    report = bot.drift(*files)
    (change,) = report.changes
    assert change.slot_id == CITY
    assert {"type", "regex"} <= {each.field for each in change.fields}
    assert any("cannot be changed to regex" in each for each in report.warnings)
    assert bot.apply(*files).exit_code == 4
    assert bot.work == []


def test_drift_is_removed_by_an_apply(tmp_path: Path) -> None:
    bot = FillerWorld(tmp_path, *GOOD)
    files = (desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY))
    bot.edit(CITY, regex=BAD)
    bot.sandbox.console.train()
    bot.apply(*files)
    assert bot.statuses == {CITY: "verified"}
    assert bot.drift(*files).changes == ()


def test_unmanaged_fields_and_fillers_stay_as_they_are(tmp_path: Path) -> None:
    extra = filler("extra", regex="/whatever/")
    city = filler(CITY, regex="/Berlin|Paris/", profileKey="town", usePositiveOnly=True)
    bot = FillerWorld(tmp_path, *GOOD[:2], city, extra)
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=ALIKE[CITY]))
    assert bot.statuses == {CITY: "verified"}
    assert bot.filler(CITY)["profileKey"] == "town"
    assert bot.regex("extra") == "/whatever/"
    bot.apply(desired_slot(ORDER), desired_slot(CUSTOMER), desired_slot(CITY, regex=BAD))
    assert bot.filler(CITY)["profileKey"] == "town"
    assert bot.filler(CITY)["usePositiveOnly"] is True
    assert desired("extra").slot_id in bot.plan(*FILES).unmanaged
