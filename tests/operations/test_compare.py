"""Only changes that a pull request has shown may be applied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.errors import GitHubError
from reconciler.model.github import OtherEvent
from reconciler.model.plan import Plan
from reconciler.operations.compare import compare
from reconciler.reports.comment import plan_comment
from tests.operations.conftest import HEAD, Run
from tests.reports.comment.examples import COMPARED
from tests.support.build import plan, slot
from tests.support.github import ADA

SHOWN = plan([slot("slot_a"), slot("slot_b")])
OTHER = plan([slot("slot_a"), slot("slot_b", patterns=("^other$",))])


@pytest.fixture
def merged(run: Run) -> Run:
    """A run after the merge of pull request 7, which showed SHOWN."""
    show(run, SHOWN, number=7)
    return run


def show(run: Run, made: Plan, *, number: int, commit: str = HEAD) -> None:
    body = plan_comment(made, COMPARED, commit=commit, link=None, graph=None)
    run.github.comment(number, body)


def test_the_same_plan_is_not_refused(merged: Run) -> None:
    report = compare(SHOWN, merged.workflow, require_shown=True)
    assert "exactly the plan that the pull request showed" in report.differences
    assert report.refusal is None
    assert report.number == 7
    assert merged.github.writes == []


def test_a_change_that_was_not_shown_is_refused_and_named(merged: Run) -> None:
    report = compare(OTHER, merged.workflow, require_shown=True)
    assert report.unshown == ("slot_b",)
    assert report.refusal is not None
    assert "1 slot: slot_b." in report.refusal.message


def test_a_difference_alone_refuses_nothing(merged: Run) -> None:
    report = compare(OTHER, merged.workflow)
    assert "not the plan that the pull request showed" in report.differences
    assert report.refusal is None
    assert merged.github.requests("/pulls?") == []


def test_another_merged_pull_request_may_have_shown_the_rest(merged: Run) -> None:
    head = "e" * 40
    merged.github.pulls = [
        merged.github.pull(8, head=head, state="closed", merged_at="2026-03-03T00:00:00Z")
    ]
    show(merged, OTHER, number=8, commit=head)
    assert compare(OTHER, merged.workflow, require_shown=True).unshown == ()


def test_a_comment_on_an_earlier_commit_does_not_count(run: Run) -> None:
    show(run, SHOWN, number=7, commit="b" * 40)
    assert "that shows a plan to compare with" in compare(SHOWN, run.workflow).differences
    (warning,) = run.recorder.warnings
    assert "#7 is not of its last commit" in warning


def test_an_edited_comment_does_not_count(merged: Run) -> None:
    (comment,) = merged.github.comments[7]
    merged.github.edit(comment, comment["body"], by=ADA)
    assert "that shows a plan to compare with" in compare(SHOWN, merged.workflow).differences
    (warning,) = merged.recorder.warnings
    assert "#7 was edited by someone else" in warning


def test_without_a_pull_request_nothing_was_shown(merged: Run) -> None:
    push = replace(merged.workflow, event=OtherEvent())
    report = compare(SHOWN, push, require_shown=True)
    assert report.number is None
    assert set(report.unshown) == {"slot_a", "slot_b"}


def test_the_summary_is_written_before_a_later_request_fails(merged: Run) -> None:
    merged.github.fail("GET", "/pulls?", 403, times=9)
    with pytest.raises(GitHubError):
        compare(OTHER, merged.workflow, require_shown=True)
    assert "not the plan that the pull request showed" in merged.summary
