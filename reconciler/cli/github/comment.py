"""`reconciler github comment`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from reconciler.cli.github.actions import (
    commit_option,
    file_option,
    read_event_workflow,
    say,
    say_no_pull_request,
)
from reconciler.cli.options import slots_option, verbosity_option
from reconciler.model.failure import Failure
from reconciler.model.plan import Plan
from reconciler.operations import marks, saved_plan
from reconciler.operations.comment import (
    CommentReport,
    OutcomeSubject,
    PlansSubject,
    PlanSubject,
    Step,
    Subject,
    comment,
)
from reconciler.operations.environment_plans import read_plans
from reconciler.operations.saved_results import (
    read_fleet_plan,
    read_foreign_validation,
    read_outcome,
)
from reconciler.operations.workflow import EventWorkflow

_DONE = {
    Step.CREATE: "Commented on #{number}.",
    Step.UPDATE: "Updated the comment on #{number}.",
    Step.KEEP: "The comment on #{number} is up to date.",
}


@click.command("comment", epilog="Example: reconciler github comment --plan plan.json")
@file_option(
    "--plan",
    help_text="What `plan --format json` printed; with --outcome, the plan that was applied.",
    required=False,
)
@click.option(
    "--plans",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The plan of each environment NAME, in the file plan-NAME/plan.json.",
)
@file_option("--outcome", help_text="What `apply --format json` printed.", required=False)
@file_option("--fleet", help_text="What `fleet plan --format json` printed.", required=False)
@file_option(
    "--validation",
    help_text="What `validate --format json` printed for a fork; it may come from anyone.",
    required=False,
)
@slots_option
@click.option(
    "--base",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The base branch's slots, to tell what a plan changes in settings and gates.",
)
@commit_option
@click.option("--labels", is_flag=True, help="Also label the pull request with what a plan does.")
@click.option("--status", is_flag=True, help="Also set the commit's status to a plan's counts.")
@verbosity_option
def comment_command(
    plan: Path | None,
    plans: Path | None,
    outcome: Path | None,
    fleet: Path | None,
    validation: Path | None,
    slots: Path,
    base: Path | None,
    commit: str | None,
    labels: bool,
    status: bool,
) -> None:
    """Comment on the event's pull request: one comment, updated in place.

    The job's summary gets the same text. Without a pull request, only the summary is written.
    """
    if sum(each is not None for each in (outcome or plan, plans, fleet, validation)) != 1:
        raise click.UsageError("Give --plan, --plans, --outcome, --fleet or --validation.")
    if (labels or status) and ((plan or plans) is None or outcome is not None):
        raise click.UsageError("--labels and --status are for a --plan that is to be reviewed.")
    workflow = read_event_workflow(commit=commit)
    subject: Subject
    if outcome is not None:
        subject = OutcomeSubject(read_outcome(outcome), slots=slots, plan_file=plan)
    elif plan is not None:
        subject = PlanSubject(saved_plan.read_result(plan), slots=slots, base=base)
    elif plans is not None:
        subject = _plans(read_plans(plans, slots=slots), slots=slots, base=base)
    elif fleet is not None:
        subject = read_fleet_plan(fleet)
    elif validation is not None:
        subject = read_foreign_validation(validation)
    _say(comment(subject, workflow), workflow)
    results = _results(subject)
    if labels:
        marks.label(results.values(), workflow)
    for environment, result in results.items() if status else ():
        marks.set_status(result, workflow, environment=environment)


def _plans(
    results: Mapping[str, Plan | Failure] | Failure, *, slots: Path, base: Path | None
) -> Subject:
    """The plans of all environments; for a project without any, its only plan."""
    if not isinstance(results, Failure) and not any(results):
        (only,) = results.values()
        return PlanSubject(only, slots=slots, base=base)
    return PlansSubject(results, slots=slots, base=base)


def _results(subject: Subject) -> Mapping[str | None, Plan | Failure]:
    """The plans that are to be reviewed, by environment."""
    if isinstance(subject, PlanSubject):
        return {None: subject.result}
    if isinstance(subject, PlansSubject):
        every = subject.results
        return {None: every} if isinstance(every, Failure) else dict(every.items())
    return {}


def _say(report: CommentReport, workflow: EventWorkflow) -> None:
    if report.published is None:
        say_no_pull_request(workflow)
        return
    say(_DONE[report.published.step].format(number=report.number))
    if report.published.others:
        say(f"{report.published.others} more of our comments there are left as they are.")
