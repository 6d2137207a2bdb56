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
def test_as_much_as_fits_of_a_large_plan_is_shown(text: str) -> None:
    large = many(250, patterns=100, text=text)
    assert len(plan_markdown(large).encode()) > MAX_BYTES
    shown = plan_summary(large, link=LINK)
    assert len(shown.encode()) <= MAX_BYTES
    assert shown.startswith("### Plan: 0 to create, 250 to update")
    assert "changes are left out here" in shown
    assert f"see [the whole plan in this run's artifact]({LINK})" in shown
    assert large.digest in shown


def test_deletions_are_shown_before_changes_without_room() -> None:
    large = many(250, patterns=100, text="x" * 60 + "{}")
    deletion = next(each for each in REAL_PLAN.changes if each.action.value == "delete")
    middle = (*large.changes[:125], deletion, *large.changes[125:])
    shown = plan_summary(large.model_copy(update={"changes": middle}), link=LINK)
    assert "1 slot will be DELETED from the tenant" in shown.split("####", 1)[0]
    assert deletion.slot_id in shown.split("####", 1)[0]
