"""The plan in a job's summary."""

from __future__ import annotations

import pytest

from reconciler.reports.comment import plan_summary
from reconciler.reports.comment.summary import MAX_BYTES
from reconciler.reports.markdown import plan_markdown
from tests.reports.comment.examples import LINK, REAL_PLAN, many


def test_a_plan_that_fits_is_shown_whole() -> None:
    assert plan_summary(REAL_PLAN, link=LINK) == plan_markdown(REAL_PLAN)


@pytest.mark.parametrize("text", ["x" * 60 + "{}", "😀" * 40 + "{}"], ids=["narrow", "wide"])
def test_of_a_plan_that_does_not_fit_as_much_is_shown_as_does(text: str) -> None:
    large = many(250, patterns=100, text=text)
    assert len(plan_markdown(large).encode()) > MAX_BYTES
    told = plan_summary(large, link=LINK)
    assert len(told.encode()) <= MAX_BYTES
    assert told.startswith("### Plan: 0 to create, 250 to update")
    assert "changes are left out here" in told
    assert f"see [the whole plan in this run's artifact]({LINK})" in told
    assert large.digest in told


def test_what_is_deleted_stands_above_what_there_is_no_room_for() -> None:
    large = many(250, patterns=100, text="x" * 60 + "{}")
    deletion = next(each for each in REAL_PLAN.changes if each.action.value == "delete")
    middle = (*large.changes[:125], deletion, *large.changes[125:])
    told = plan_summary(large.model_copy(update={"changes": middle}), link=LINK)
    assert "1 slot will be DELETED from the tenant" in told.split("####", 1)[0]
    assert deletion.slot_id in told.split("####", 1)[0]
