"""`reconciler github compare`."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from reconciler.cli.github.actions import (
    commit_option,
    file_option,
    read_event_workflow,
    say,
)
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.errors import UnshownPlanError
from reconciler.github.comments import find, is_as_written
from reconciler.github.pull_requests import recently_merged
from reconciler.model.endpoint import Endpoint
from reconciler.model.github import PullRequest
from reconciler.model.listed import listed
from reconciler.operations import saved_plan
from reconciler.ports import Repository
from reconciler.reports.comment import (
    KEPT,
    differences_from_review,
    plan_summary,
    shown_commit,
    unshown,
)
from reconciler.reports.markers import is_marked, marker, read_hidden
from reconciler.reports.words import counted


@click.command("compare", epilog="Example: reconciler github compare --plan plan.json")
@file_option("--plan", help_text="A saved plan.", required=True)
@commit_option
@click.option(
    "--require-shown",
    is_flag=True,
    help="Refuse (exit code 4) a plan with a change that no merged pull request has shown.",
)
@verbosity_option
def compare_command(plan: Path, commit: str | None, require_shown: bool) -> None:
    """Print how a plan differs from the one that the merged pull request showed.

    The job's summary gets the plan, as far as a summary holds it, and the same.
    """
    workflow = read_event_workflow(commit=commit)
    made = saved_plan.read(plan)
    with workflow.repository() as repository:
        merged = workflow.pull_request(repository)
        reviewed = _kept(merged, made.endpoint, repository=repository) if merged else {}
        told = differences_from_review(made, reviewed=reviewed)
        show(told)
        workflow.summarise(f"{plan_summary(made, link=workflow.actions.link)}\n\n{told}")
        if require_shown:
            _refuse(unshown(made, reviewed=_shown(reviewed, made.endpoint, repository=repository)))


def _shown(
    reviewed: Mapping[str, str], endpoint: Endpoint, *, repository: Repository
) -> Iterator[Mapping[str, str]]:
    """What comments keep of their plans: that of the pull request at hand, then, where it is not
    enough, those of the ones merged last."""
    yield reviewed
    for each in recently_merged(repository=repository):
        yield _kept(each, endpoint, repository=repository)


def _kept(
    pull_request: PullRequest, endpoint: Endpoint, *, repository: Repository
) -> Mapping[str, str]:
    """What a pull request's comment keeps of its plan; nothing where there is none, where somebody
    else has edited it, or where it shows an earlier commit than the last: one that takes its slot
    changes back gets no new plan."""
    marked = functools.partial(is_marked, marker=marker("plan", endpoint))
    number = pull_request.number
    found = find(number, repository=repository, marked=marked)
    if not found:
        return {}
    kept = read_hidden(found[0].body, KEPT)
    if shown_commit(kept) != pull_request.head_sha:
        say(f"The plan's comment on #{number} is not of its last commit, and does not count.")
        return {}
    if not is_as_written(found[0], repository=repository):
        say(f"The plan's comment on #{number} was edited by somebody else, and does not count.")
        return {}
    return kept


def _refuse(slot_ids: list[str]) -> None:
    if not slot_ids:
        return
    raise UnshownPlanError(
        f"No merged pull request has shown what this plan does to {counted(len(slot_ids), 'slot')}:"
        f" {listed(slot_ids)}. Nothing was changed.",
        hint="Read the plan in this job's summary. To apply it, run the workflow apply by hand "
        "with its input `unshown`.",
    )
