"""The comment about the plans of several environments."""

from __future__ import annotations

import pytest

from reconciler.model.failure import Failure
from reconciler.model.plan import Plan
from reconciler.model.review import Review
from reconciler.model.shown import ShownPlan
from reconciler.reports.comment import (
    ENVIRONMENTS_MARKER,
    Reviewed,
    environments_comment,
    failed_plans_comment,
    name_in_comment,
    shown_plan,
)
from reconciler.reports.markers import LIMIT, is_marked
from tests.reports import golden
from tests.reports.comment.examples import COMMIT, COMPARED, LINK, REAL_PLAN, REAL_REVIEW, many
from tests.reports.comment.parsing import headings, require_harmless
from tests.reports.examples import HOSTILE, NOTHING, waiting_plan

FAILED = Failure(message=f"The tenant said no: {HOSTILE}", hint="Ask again.")


def reviewed(made: Plan, review: Review = COMPARED, *, environment: str) -> Reviewed:
    return Reviewed(plan=made.model_copy(update={"environment": environment}), review=review)


def comment(**results: Reviewed | Failure) -> str:
    return environments_comment(results, commit=COMMIT, link=LINK)


def test_each_environment_has_a_section_and_where_nothing_differs_it_is_folded() -> None:
    body = comment(
        demo=reviewed(NOTHING, environment="demo"),
        staging=reviewed(REAL_PLAN, REAL_REVIEW, environment="staging"),
        production=Reviewed(plan=waiting_plan(REAL_PLAN), review=COMPARED),
        training=FAILED,
    )
    require_harmless(body)
    golden.check("comment_environments.md", body)
    assert [each for each in headings(body) if "Plan" not in each][:1] == ["staging"]


def test_it_keeps_a_plan_for_each_environment_under_one_marker() -> None:
    plans = {"staging": many(3), "production": waiting_plan(many(2))}
    body = comment(
        staging=reviewed(plans["staging"], environment="staging"),
        production=Reviewed(plan=plans["production"], review=COMPARED),
        demo=FAILED,
    )
    assert is_marked(body, ENVIRONMENTS_MARKER)
    for name, made in plans.items():
        kept = shown_plan(body, name=name_in_comment(made.endpoint, name))
        assert kept == ShownPlan.of(made, commit=COMMIT)
    assert shown_plan(body, name=name_in_comment(REAL_PLAN.endpoint, "demo")) is None
    assert shown_plan(body) is None


@pytest.mark.parametrize("count", [2, 5, 40])
def test_however_many_environments_there_are_it_fits(count: int) -> None:
    long = many(500, patterns=3, text="^" + "x" * 150 + "{}$")
    results: dict[str, Reviewed | Failure] = {
        f"env-{number}": reviewed(long, environment=f"env-{number}") for number in range(count)
    }
    body = environments_comment(results, commit=COMMIT, link=LINK)
    require_harmless(body)
    assert len(body) <= LIMIT
    assert body.count("## env-") == count
    assert "left out here" in body or "no room for the changes here" in body


def test_what_one_does_not_need_another_gets() -> None:
    long = many(300, patterns=3, text="^" + "x" * 90 + "{}$")
    body = comment(
        demo=reviewed(NOTHING, environment="demo"),
        production=reviewed(long, environment="production"),
    )
    assert 55_000 < len(body) <= LIMIT


def test_if_the_files_cannot_be_used_one_section_says_why_for_all() -> None:
    body = failed_plans_comment(FAILED, commit=COMMIT, link=LINK)
    require_harmless(body)
    assert is_marked(body, ENVIRONMENTS_MARKER)
    assert headings(body) == ["🛑 No plan could be made"]
