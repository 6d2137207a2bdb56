"""One comment on the pull request of a workflow's event."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.model.failure import Failure
from reconciler.model.github import OtherEvent
from reconciler.operations.comment import (
    CommentReport,
    OutcomeSubject,
    PlanSubject,
    Published,
    Step,
    comment,
)
from reconciler.reports.markers import is_marked, marker
from tests.operations.conftest import Run
from tests.reports.examples import RUN, VALIDATION
from tests.support.build import ENDPOINT

FAILED = PlanSubject(Failure(message="no way", hint="go back"), slots=Path("slots"))


def test_the_comment_is_created_then_kept_or_updated(run: Run) -> None:
    steps = []
    for message in ("no way", "no way", "another way"):
        subject = replace(FAILED, result=Failure(message=message))
        report = comment(subject, run.workflow)
        assert report.number == 7
        assert report.published is not None
        steps.append(report.published.step)
    assert steps == [Step.CREATE, Step.KEEP, Step.UPDATE]
    (body,) = run.github.bodies(7)
    assert "another way" in body


def test_the_summary_gets_the_same_text(run: Run) -> None:
    comment(FAILED, run.workflow)
    (body,) = run.github.bodies(7)
    assert run.summary == body.replace("\r\n", "\n") + "\n"


def test_each_kind_has_a_comment_of_its_own(run: Run) -> None:
    for subject in (FAILED, OutcomeSubject(RUN, slots=Path("slots")), VALIDATION):
        assert comment(subject, run.workflow) == CommentReport(
            number=7, published=Published(step=Step.CREATE, others=0)
        )
    plan, outcome, _validation = run.github.bodies(7)
    assert is_marked(plan, marker("plan", ENDPOINT))
    assert is_marked(outcome, marker("outcome", ENDPOINT))


def test_without_a_pull_request_only_the_summary_is_written(run: Run) -> None:
    push = replace(run.workflow, event=OtherEvent())
    assert comment(FAILED, push) == CommentReport()
    assert run.github.writes == []
    assert "no way" in run.summary
