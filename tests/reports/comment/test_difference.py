"""A plan that is about to be applied, compared with the one that the pull request showed."""

from __future__ import annotations

import pytest

from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan
from reconciler.reports.comment import differences_from_review, plan_comment, shown_plan
from reconciler.reports.comment.difference import kept_line
from reconciler.reports.markers import hidden, read_hidden
from tests.reports.comment.examples import COMMIT, COMPARED, REAL_PLAN, many
from tests.reports.examples import waiting_plan
from tests.support.build import absent, live, plan, slot


def kept(made: Plan, *, commit: str | None = None) -> ShownPlan:
    """The data in the pull request's comment, as a later run reads it."""
    shown = shown_plan(plan_comment(made, COMPARED, commit=commit, link=None))
    assert shown is not None
    return shown


def test_a_comment_keeps_all_of_a_small_plan() -> None:
    assert kept(REAL_PLAN, commit=COMMIT) == ShownPlan.of(REAL_PLAN, commit=COMMIT)


def test_every_version_reads_the_same_data_from_a_comment() -> None:
    """Otherwise an apply would refuse a plan that an earlier version has shown."""
    line = kept_line(ShownPlan.of(plan([slot("a")]), commit="c0ffee"))
    assert read_hidden(f"M\n{line}", "changes") == {
        "digest": "sha256:7b8d56e7ceb2124f087c6ac8945eee8d5341bce7b505cdeeafbe75bd841eee95",
        "count": "1",
        "commit": "c0ffee",
        "slot:a": "a0f33e4191e6c62e",
    }


def test_the_same_plan_is_one_line() -> None:
    assert differences_from_review(REAL_PLAN, reviewed=kept(REAL_PLAN)) == (
        f"This is exactly the plan that the pull request showed, `{REAL_PLAN.digest}`."
    )


def test_without_a_reviewed_plan_it_says_so() -> None:
    assert "that shows a plan to compare with" in differences_from_review(REAL_PLAN, reviewed=None)


@pytest.mark.parametrize("kept", [{}, {"slot:a": "0"}])
def test_a_comment_without_a_digest_shows_no_plan(kept: dict[str, str]) -> None:
    assert shown_plan(f"M\n{hidden('changes', kept)}") is None


@pytest.mark.parametrize("count", ["", "-1", "one", "²", "9" * 5_000])
def test_an_invalid_count_leaves_the_changes_unknown(count: str) -> None:
    line = hidden("changes", {"digest": "x", "count": count})
    shown = shown_plan(f"M\n{line}")
    assert shown is not None
    assert not shown.knows_its_changes


def test_new_changed_and_missing_slots_are_named() -> None:
    before = plan([slot("same"), slot("a"), slot("old")])
    after = plan([slot("same"), slot("a", name="other"), slot("new"), slot("newer")])
    assert differences_from_review(after, reviewed=kept(before)).split("\n")[2:] == [
        "- 2 slots new: `new`, `newer`",
        "- 1 slot changed differently from what was shown: `a`",
        "- 1 slot no longer changed: `old`",
    ]


@pytest.mark.parametrize(
    "after",
    [
        plan([slot("a", name="x")]),
        plan([slot("a")], [live("a", name="x")]),
        plan([slot("a", trigger_retrain=False)]),
        plan([absent("a")], [live("a")]),
    ],
)
def test_action_before_after_and_retraining_each_make_a_different_change(after: Plan) -> None:
    said = differences_from_review(after, reviewed=kept(plan([slot("a")])))
    assert "1 slot changed differently from what was shown: `a`" in said


def test_the_same_changes_from_other_files_are_reported_as_such() -> None:
    before, after = plan([slot("a")]), plan([slot("a"), slot("b")], [live("b")])
    assert "The changes are the same" in differences_from_review(after, reviewed=kept(before))


def test_a_slot_may_be_called_digest() -> None:
    before, after = plan([slot("digest")]), plan([slot("digest", name="x")])
    assert kept(before).digest == before.digest
    assert "differently from what was shown: `digest`" in differences_from_review(
        after, reviewed=kept(before)
    )


def test_only_the_digest_is_known_of_a_plan_too_large_to_keep() -> None:
    large = many(500)
    assert kept(large) == ShownPlan(digest=large.digest, count=500)
    assert "exactly the plan" in differences_from_review(large, reviewed=kept(large))
    for other in (many(501), plan()):
        said = differences_from_review(other, reviewed=kept(large))
        assert "Which changes differ is unknown" in said


def test_a_plan_without_changes_is_known_to_have_had_none() -> None:
    before, after = plan([slot("a")], [live("a")]), plan([slot("b")])
    assert "1 slot new: `b`" in differences_from_review(after, reviewed=kept(before))


def test_a_long_list_is_cut_with_a_count() -> None:
    said = differences_from_review(
        many(500), reviewed=ShownPlan(digest="x", count=1, changes={"gone": "0"})
    )
    assert "- 500 slots new: " in said
    assert "and 450 more" in said


def test_in_an_environment_what_has_become_due_is_as_it_was_shown() -> None:
    made = REAL_PLAN.model_copy(update={"environment": "production"})
    shown = kept(waiting_plan(made))
    assert shown.digest != made.digest
    said = differences_from_review(made, reviewed=shown)
    assert said == "Each of these changes is exactly as the pull request showed it."
    later = waiting_plan(made, "slot_order")
    other = plan([slot("slot_refund", name="x")], [live("slot_refund")])
    later = later.model_copy(update={"changes": other.changes})
    said = differences_from_review(later, reviewed=shown)
    assert "1 slot changed differently from what was shown: `slot_refund`" in said
    assert "1 slot no longer changed: `slot_fax`" in said
