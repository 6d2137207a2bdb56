"""Comment on the pull request of a workflow's event: one comment of each kind, updated in place."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import PlanFileError
from reconciler.github.comments import Published, Step, publish
from reconciler.model.event import Warned
from reconciler.model.failure import Failure
from reconciler.model.fleet_run import FleetReport
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan
from reconciler.model.validation import ValidationReport
from reconciler.operations import saved_plan
from reconciler.operations.places import places_of_files, places_on_github
from reconciler.operations.review import ReviewRequest, review
from reconciler.operations.workflow import EventWorkflow
from reconciler.reports.comment import (
    Applied,
    Reviewed,
    environments_comment,
    failed_plan_comment,
    failed_plans_comment,
    outcome_comment,
    plan_comment,
    readable_graph,
    validation_comment,
)
from reconciler.reports.fleet.markdown import fleet_plan_comment
from reconciler.reports.markers import is_marked, marker_of

__all__ = [
    "CommentReport",
    "OutcomeSubject",
    "PlanSubject",
    "PlansSubject",
    "Published",
    "Step",
    "Subject",
    "comment",
]


@dataclass(frozen=True)
class PlanSubject:
    """A plan for its reviewer, or the failure instead; the folders are those of a ReviewRequest."""

    result: Plan | Failure
    slots: Path
    base: Path | None = None


@dataclass(frozen=True)
class PlansSubject:
    """The plans of all environments, by name in their order, or why there are none."""

    results: Mapping[str, Plan | Failure] | Failure
    slots: Path
    base: Path | None = None


@dataclass(frozen=True)
class OutcomeSubject:
    """The result of an apply; the plan in `plan_file`, made from `slots`, adds diffs and links."""

    report: RunReport
    slots: Path
    plan_file: Path | None = None


Subject = PlanSubject | PlansSubject | OutcomeSubject | FleetReport | ValidationReport
"""The subject of a comment: a plan, the plans of all environments, an apply, the plan of a fleet,
or a validation that anyone may have written."""


@dataclass(frozen=True)
class CommentReport:
    """What was published, and on which pull request; both None if the event is not about one."""

    number: int | None = None
    published: Published | None = None


def comment(subject: Subject, workflow: EventWorkflow) -> CommentReport:
    """Comment on the event's pull request; the job's summary gets the same text.

    Without a pull request, the summary is all there is. Raises ManifestError, DocumentError and
    GitHubError.
    """
    body = _body(subject, workflow)
    workflow.job.summarise(body)
    with workflow.connect() as repository:
        pull_request = workflow.pull_request(repository)
        if pull_request is None:
            return CommentReport()
        published = publish(
            body,
            number=pull_request.number,
            repository=repository,
            clock=workflow.clock,
            marked=functools.partial(is_marked, marker=marker_of(body)),
        )
    return CommentReport(number=pull_request.number, published=published)


def _body(subject: Subject, workflow: EventWorkflow) -> str:
    commit, link, endpoint = workflow.commit, workflow.link, workflow.endpoint
    if isinstance(subject, OutcomeSubject):
        applied = _applied(subject, workflow)
        return outcome_comment(
            subject.report, commit=commit, link=link, endpoint=endpoint, applied=applied
        )
    if isinstance(subject, ValidationReport):
        return validation_comment(subject, commit=commit, link=link)
    if isinstance(subject, FleetReport):
        return fleet_plan_comment(subject, commit=commit, link=link)
    if isinstance(subject, PlansSubject):
        return _body_of_plans(subject, workflow)
    if isinstance(subject.result, Failure):
        return failed_plan_comment(endpoint, subject.result, commit=commit, link=link)
    found = _reviewed(subject.result, subject, workflow)
    return plan_comment(
        found.plan,
        found.review,
        commit=commit,
        link=link,
        places=found.places,
        graph=found.graph,
    )


def _body_of_plans(subject: PlansSubject, workflow: EventWorkflow) -> str:
    commit, link = workflow.commit, workflow.link
    if isinstance(subject.results, Failure):
        return failed_plans_comment(subject.results, commit=commit, link=link)
    results = {
        name: each if isinstance(each, Failure) else _reviewed(each, subject, workflow)
        for name, each in subject.results.items()
    }
    return environments_comment(results, commit=commit, link=link)


def _reviewed(plan: Plan, subject: PlanSubject | PlansSubject, workflow: EventWorkflow) -> Reviewed:
    found = review(
        ReviewRequest(plan=plan, slots=subject.slots, base=subject.base),
        observer=workflow.observer,
    )
    return Reviewed(
        plan=found.plan,
        review=found.review,
        places=places_on_github(found.desired, workflow),
        graph=readable_graph(found.desired, found.plan),
    )


def _applied(subject: OutcomeSubject, workflow: EventWorkflow) -> Applied:
    """The changes of the plan. Without it the comment is written too, because it may say why there
    is none."""
    if subject.plan_file is None:
        return Applied()
    try:
        plan = saved_plan.read(subject.plan_file)
    except PlanFileError as error:
        message = f"{error.message} So the comment has neither diffs nor links."
        workflow.observer.notice(Warned(message=message))
        return Applied()
    return Applied(
        environment=plan.environment,
        changes={change.slot_id: change for change in plan.changes},
        places=places_of_files(subject.slots, workflow),
    )
