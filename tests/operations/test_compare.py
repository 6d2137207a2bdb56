"""Only changes that a pull request has shown may be applied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.errors import GitHubError
from reconciler.model.endpoint import Endpoint
from reconciler.model.failure import Failure
from reconciler.model.gate import Rejection
from reconciler.model.github import OtherEvent
from reconciler.model.plan import Plan
from reconciler.operations.compare import CompareRequest, compare
from reconciler.reports.comment import Reviewed, environments_comment, plan_comment
from tests.operations.conftest import HEAD, Run
from tests.reports.comment.examples import COMPARED
from tests.reports.examples import waiting_plan
from tests.support.build import plan, slot
from tests.support.github import ADA

SHOWN = plan([slot("slot_a"), slot("slot_b")])
OTHER = plan([slot("slot_a"), slot("slot_b", patterns=("^other$",))])


def of(made: Plan, **asked: bool) -> CompareRequest:
    """The comparison of a plan that was made from no files."""
    return CompareRequest(plan=made, slots=Path("nowhere"), **asked)


@pytest.fixture
def merged(run: Run) -> Run:
    """A run after the merge of pull request 7, which showed SHOWN."""
    show(run, SHOWN, number=7)
    return run


def show(run: Run, made: Plan, *, number: int, commit: str = HEAD) -> None:
    body = plan_comment(made, COMPARED, commit=commit, link=None, graph=None)
    run.github.comment(number, body)


def test_the_same_plan_is_not_refused(merged: Run) -> None:
    report = compare(of(SHOWN, require_shown=True), merged.workflow)
    assert "exactly the plan that the pull request showed" in report.differences
    assert report.refusal is None
    assert report.number == 7
    assert merged.github.writes == []


def test_a_change_that_was_not_shown_is_refused_and_named(merged: Run) -> None:
    report = compare(of(OTHER, require_shown=True), merged.workflow)
    assert report.unshown == ("slot_b",)
    assert report.refusal is not None
    assert "1 slot: slot_b." in report.refusal.message


def test_a_difference_alone_refuses_nothing(merged: Run) -> None:
    report = compare(of(OTHER), merged.workflow)
    assert "not the plan that the pull request showed" in report.differences
    assert report.refusal is None
    assert merged.github.requests("/pulls?") == []


def test_another_merged_pull_request_may_have_shown_the_rest(merged: Run) -> None:
    head = "e" * 40
    merged.github.pulls = [
        merged.github.pull(8, head=head, state="closed", merged_at="2026-03-03T00:00:00Z")
    ]
    show(merged, OTHER, number=8, commit=head)
    assert compare(of(OTHER, require_shown=True), merged.workflow).unshown == ()


def test_a_comment_on_an_earlier_commit_does_not_count(run: Run) -> None:
    show(run, SHOWN, number=7, commit="b" * 40)
    assert "that shows a plan to compare with" in compare(of(SHOWN), run.workflow).differences
    (warning,) = run.recorder.warnings
    assert "#7 is not of its last commit" in warning


def test_an_edited_comment_does_not_count(merged: Run) -> None:
    (comment,) = merged.github.comments[7]
    merged.github.edit(comment, comment["body"], by=ADA)
    assert "that shows a plan to compare with" in compare(of(SHOWN), merged.workflow).differences
    (warning,) = merged.recorder.warnings
    assert "#7 was edited by someone else" in warning


def test_without_a_pull_request_nothing_was_shown(merged: Run) -> None:
    push = replace(merged.workflow, event=OtherEvent())
    report = compare(of(SHOWN, require_shown=True), push)
    assert report.number is None
    assert set(report.unshown) == {"slot_a", "slot_b"}


def test_the_summary_is_written_before_a_later_request_fails(merged: Run) -> None:
    merged.github.fail("GET", "/pulls?", 403, times=9)
    with pytest.raises(GitHubError):
        compare(of(OTHER, require_shown=True), merged.workflow)
    assert "not the plan that the pull request showed" in merged.summary


PRODUCTION = SHOWN.model_copy(update={"environment": "production"})


def show_all(run: Run, *plans: Plan, commit: str = HEAD) -> None:
    """The comment about the plans of several environments."""
    reviewed: dict[str, Reviewed | Failure] = {
        str(each.environment): Reviewed(plan=each, review=COMPARED) for each in plans
    }
    run.github.comment(7, environments_comment(reviewed, commit=commit, link=None))


def test_each_environment_finds_its_own_plan_in_the_comment_about_all(run: Run) -> None:
    staging = OTHER.model_copy(update={"environment": "staging"})
    show_all(run, staging, waiting_plan(PRODUCTION))
    for made in (staging, PRODUCTION):
        report = compare(of(made, require_shown=True), run.workflow)
        assert report.unshown == ()
        assert "as the pull request showed" in report.differences or "exactly" in report.differences
    unlike = OTHER.model_copy(update={"environment": "production"})
    assert compare(of(unlike, require_shown=True), run.workflow).unshown == ("slot_b",)


def test_what_one_environment_was_shown_was_not_shown_for_another(run: Run) -> None:
    show_all(run, PRODUCTION)
    staging = SHOWN.model_copy(update={"environment": "staging"})
    assert compare(of(staging, require_shown=True), run.workflow).unshown == ("slot_a", "slot_b")
    moved = PRODUCTION.model_copy(update={"endpoint": Endpoint(origin="https://x.example")})
    assert compare(of(moved, require_shown=True), run.workflow).unshown == ("slot_a", "slot_b")


def test_an_environments_plan_also_counts_if_it_was_shown_alone(run: Run) -> None:
    show(run, PRODUCTION, number=7)
    assert compare(of(PRODUCTION, require_shown=True), run.workflow).unshown == ()


def outputs(run: Run) -> str:
    assert run.workflow.job.outputs is not None
    return run.workflow.job.outputs.read_text().splitlines()[-1]


def test_the_step_says_whether_an_apply_has_anything_to_do(merged: Run) -> None:
    assert compare(of(SHOWN), merged.workflow).is_due
    assert outputs(merged) == "due=true"
    assert not compare(of(waiting_plan(SHOWN)), merged.workflow).is_due
    assert outputs(merged) == "due=false"


def test_what_was_rejected_is_not_due(merged: Run) -> None:
    rejected = SHOWN.rejecting(
        Rejection(slot_id=each.slot_id, run_id="r1", reason="fell") for each in SHOWN.changes
    )
    assert not compare(of(rejected), merged.workflow).is_due


def test_a_scheduled_run_leaves_a_plan_to_a_person_only_if_nothing_of_it_was_shown(
    merged: Run,
) -> None:
    foreign = plan([slot("slot_x")])
    alone = compare(of(foreign, require_shown=True, leave_unshown=True), merged.workflow)
    assert (alone.is_due, alone.refusal) == (False, None)
    assert outputs(merged) == "due=false"
    mixed = compare(of(OTHER, require_shown=True, leave_unshown=True), merged.workflow)
    assert mixed.is_due
    assert mixed.unshown == ("slot_b",)
