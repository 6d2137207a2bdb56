"""What a plan does, where a list of pull requests shows it: labels, and the commit's status."""

from __future__ import annotations

from reconciler.github.labels import labels_for, put
from reconciler.github.unconfirmed import until_confirmed
from reconciler.model.failure import Failure
from reconciler.model.github import CommitStatus
from reconciler.model.plan import Plan
from reconciler.operations.workflow import EventWorkflow
from reconciler.reports.words import change_counts

CONTEXT = "slots"
"""The name of the status, which a branch's protection may require; the environment follows."""


def label(result: Plan | Failure, workflow: EventWorkflow) -> None:
    """Label the event's pull request, if there is one. Raises GitHubError."""
    plan = result if isinstance(result, Plan) else None
    with workflow.connect() as repository:
        pull_request = workflow.pull_request(repository)
        if pull_request is not None:
            put(
                labels_for(plan),
                number=pull_request.number,
                repository=repository,
                clock=workflow.clock,
            )


def set_status(result: Plan | Failure, workflow: EventWorkflow) -> None:
    """Set the status of the event's commit, with the plan's counts. Raises GitHubError."""
    commit = workflow.commit
    if commit is None:
        return
    with workflow.connect() as repository:
        until_confirmed(
            lambda: repository.set_status(commit, _status(result), link=workflow.link),
            clock=workflow.clock,
        )


def _status(result: Plan | Failure) -> CommitStatus:
    if isinstance(result, Failure):
        return CommitStatus(state="failure", context=CONTEXT, description="No plan could be made")
    counts = change_counts(result) if result.changes else "No slot changes"
    context = f"{CONTEXT} ({result.environment})" if result.environment else CONTEXT
    return CommitStatus(state="success", context=context, description=counts)
