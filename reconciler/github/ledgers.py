"""The artifact that a ledger may be restored from: only one that our own workflows, on the default
branch, have uploaded.

Recovery acts on what a ledger says, so nobody may plant one. The name of the branch alone proves
nothing: a tag can have the same name, and so can the head of a pull request into another branch,
which runs that branch's workflows. The branch itself proves nothing either: a test there, or an
action by a third party, can upload an artifact with any name.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.github import Artifact, WorkflowRun
from reconciler.ports import Repository

_EVENTS = frozenset({"push", "schedule", "workflow_dispatch"})
"""The events for which GitHub takes the workflow from the commit that it runs for."""
_WORKFLOWS = frozenset({".github/workflows/apply.yml", ".github/workflows/drift.yml"})
"""The two that upload the ledger."""


def newest_ledger(name: str, *, repository: Repository) -> Artifact | None:
    """The newest artifact with this name that can be trusted, or None."""
    artifacts = [artifact for artifact in repository.artifacts(name) if artifact.name == name]
    if not artifacts:
        return None
    branch = repository.default_branch()
    head = repository.head_of(branch)
    for artifact in plausible(artifacts, branch=branch):
        if artifact.run_id is None:
            continue
        run = repository.run(artifact.run_id)
        if is_ours(run, branch=branch) and repository.contains(head=head, commit=run.head_sha):
            return artifact
    return None


def plausible(artifacts: Sequence[Artifact], *, branch: str) -> list[Artifact]:
    """The artifacts that still exist and claim to be of the branch, not of a fork, newest first."""
    kept = [
        artifact
        for artifact in artifacts
        if not artifact.expired and not artifact.is_of_a_fork and artifact.head_branch == branch
    ]
    return sorted(kept, key=lambda each: (each.created_at, each.id), reverse=True)


def is_ours(run: WorkflowRun, *, branch: str) -> bool:
    """Whether the run is one of our workflows, as it is on the branch."""
    file, _, ref = run.workflow.partition("@")
    return (
        file in _WORKFLOWS
        and ref in ("", branch, f"refs/heads/{branch}")
        and run.event in _EVENTS
        and run.head_branch == branch
        and not run.is_of_a_fork
    )
