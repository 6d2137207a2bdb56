"""The artifact that a ledger may be restored from: only our own workflows of the default branch
left it.

Recovery acts on what a ledger says, so nobody may plant one. A branch's name alone proves
nothing: a tag can bear it, and so does a pull request from it into another branch, which runs
that branch's workflows. Nor does the branch: a test there, or somebody's action, can leave an
artifact by any name.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.github import Artifact, WorkflowRun
from reconciler.ports import Repository

_EVENTS = frozenset({"push", "schedule", "workflow_dispatch"})
"""Runs for these take their workflow from the commit that they run for."""
_WORKFLOWS = frozenset({".github/workflows/apply.yml", ".github/workflows/drift.yml"})
"""The two that keep the ledger."""


def newest_ledger(name: str, *, repository: Repository) -> Artifact | None:
    """The newest artifact of this name that may be trusted, or None."""
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
    """Those still there that claim to be of the branch and of no fork, newest first."""
    kept = [
        artifact
        for artifact in artifacts
        if not artifact.expired and not artifact.is_of_a_fork and artifact.head_branch == branch
    ]
    return sorted(kept, key=lambda each: (each.created_at, each.id), reverse=True)


def is_ours(run: WorkflowRun, *, branch: str) -> bool:
    """Whether the run is one of our workflows, and says that it took it from the branch."""
    file, _, ref = run.workflow.partition("@")
    return (
        file in _WORKFLOWS
        and ref in ("", branch, f"refs/heads/{branch}")
        and run.event in _EVENTS
        and run.head_branch == branch
        and not run.is_of_a_fork
    )
