"""What a plan does, where a list of pull requests shows it: labels, and the commit's status."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.github.labels import labels_for, put
from reconciler.github.unconfirmed import until_confirmed
from reconciler.model.failure import Failure
from reconciler.model.github import CommitStatus
from reconciler.model.plan import Plan
from reconciler.operations.workflow import EventWorkflow
from reconciler.reports.words import change_counts

CONTEXT = "slots"
"""The name of the status, which a branch's protection may require; the environment follows."""


def label(results: Collection[Plan | Failure], workflow: EventWorkflow) -> None:
    """Label the event's pull request, if there is one, with what all plans do. Raises
    GitHubError."""
    plans = [each for each in results if isinstance(each, Plan)]
    with workflow.connect() as repository:
        pull_request = workflow.pull_request(repository)
        if pull_request is not None:
            put(
                labels_for(plans),
                number=pull_request.number,
                repository=repository,
                clock=workflow.clock,
            )


def set_status(
    result: Plan | Failure, workflow: EventWorkflow, *, environment: str | None = None
) -> None:
    """Set the status of the event's commit, with the plan's counts. Raises GitHubError."""
    commit = workflow.commit
    if commit is None:
        return
    if isinstance(result, Plan):
        environment = result.environment
    context = f"{CONTEXT} ({environment})" if environment else CONTEXT
    with workflow.connect() as repository:
        until_confirmed(
            lambda: repository.set_status(
                commit, _status(result, context=context), link=workflow.link
            ),
            clock=workflow.clock,
        )


def _status(result: Plan | Failure, *, context: str) -> CommitStatus:
    if isinstance(result, Failure):
        return CommitStatus(state="failure", context=context, description="No plan could be made")
    has_changes = result.changes or result.waiting
    counts = change_counts(result) if has_changes else "No slot changes"
    return CommitStatus(state="success", context=context, description=counts)
