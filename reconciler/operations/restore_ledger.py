"""Restore the ledger from the newest artifact that a run on the default branch has uploaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.github import only_member
from reconciler.adapters.ledger import file as ledger_files
from reconciler.github.ledgers import newest_ledger
from reconciler.model.github import Artifact
from reconciler.operations.workflow import Workflow

MAX_BYTES = 200_000_000
"""For the archive and for the ledger; enough for some hundred thousand changes."""


@dataclass(frozen=True)
class RestoreRequest:
    """The name of the artifact, and the path of the ledger file; None if the ledger is in a
    database. `member` is the file's name in the artifact, if it is not that of the ledger."""

    artifact: str
    ledger: Path | None
    member: str = ""


@dataclass(frozen=True)
class RestoreReport:
    """`is_kept` if the ledger already existed, or is in a database. Otherwise `restored_from` is
    the artifact, or None if no artifact can be trusted."""

    is_kept: bool = False
    restored_from: Artifact | None = None


def restore_ledger(request: RestoreRequest, workflow: Workflow) -> RestoreReport:
    """Restore the ledger; an existing one is never overwritten.

    Sets the step's output `restored`, which says whether there is a history to go by, and `path` if
    there is a file with it. Raises LedgerError, GitHubError and DocumentError.
    """
    report = _restore(request, workflow)
    is_there = report.restored_from is not None or request.ledger is None
    workflow.job.set_output("restored", "true" if is_there else "false")
    if request.ledger is not None and request.ledger.exists():
        workflow.job.set_output("path", str(request.ledger.resolve()))
    return report


def _restore(request: RestoreRequest, workflow: Workflow) -> RestoreReport:
    path = request.ledger
    if path is None:
        return RestoreReport(is_kept=True)
    ledger_files.require_usable(path)
    if path.exists():
        return RestoreReport(is_kept=True)
    with workflow.connect() as repository:
        artifact = newest_ledger(request.artifact, repository=repository)
        if artifact is None:
            return RestoreReport()
        archive = repository.download(artifact.id, limit=MAX_BYTES)
    ledger_files.restore(
        path, only_member(archive, name=request.member or path.name, limit=MAX_BYTES)
    )
    return RestoreReport(restored_from=artifact)
