"""The artifact that a ledger may be restored from: only the default branch's own code left it.

Recovery acts on what a ledger says, so nobody may plant one. A branch's name alone proves
nothing: a tag can bear it, and so does a pull request from it into another branch, which runs
that branch's workflows.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.github import Artifact, Run
from reconciler.ports import Repository

_EVENTS = frozenset({"push", "schedule", "workflow_dispatch"})
"""Runs for these take their workflow from the commit that they run for."""


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
        if is_of_branch(run, branch=branch) and repository.contains(head=head, commit=run.head_sha):
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


def is_of_branch(run: Run, *, branch: str) -> bool:
    """Whether the run says that it took its workflow from the branch."""
    return run.event in _EVENTS and run.head_branch == branch and not run.is_of_a_fork
