"""Offer the way back from what was rejected and is live: a pull request for each run."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters import git
from reconciler.adapters.github.checkout import path_in_checkout
from reconciler.errors import DocumentError, LedgerError, Refusal
from reconciler.github.proposals import Proposal, Proposed, Taken, propose
from reconciler.model.drift import DriftReport
from reconciler.model.endpoint import Endpoint
from reconciler.model.failure import Failure
from reconciler.model.github import NewCommit
from reconciler.model.reversal import Rejected
from reconciler.operations.report import report as report_of
from reconciler.operations.revert import PreparedRevert, RevertRequest, prepare
from reconciler.operations.workflow import Workflow
from reconciler.ports import LedgerStore
from reconciler.reports.comment.revert import (
    is_revert_message,
    revert_body,
    revert_branch,
    revert_digest,
    revert_message,
    revert_title,
)
from reconciler.reports.markers import is_marked, marker_of, read_hidden

__all__ = ["Offered", "Taken", "offer_reverts"]


@dataclass(frozen=True)
class Offered:
    """What was done about one run, which is "" if the ledger does not name it. `proposed` is None
    if there is nothing to undo, or if undoing it was refused, and then `refusal` says why."""

    run_id: str
    proposed: Proposed | None = None
    refusal: str = ""


def offer_reverts(
    found: DriftReport | Failure, workflow: Workflow, *, slots: Path, ledger: LedgerStore
) -> tuple[Offered, ...]:
    """Have a pull request for each run that made a change which is live and must not stay: its bake
    failed, or its gate rejected it. It undoes those changes in the files in `slots`, to which
    nothing is written.

    Raises DocumentError if nothing is known, and outside of a checkout; LedgerError, ManifestError
    and GitHubError.
    """
    if isinstance(found, Failure):
        raise DocumentError(
            f"It is not known what was rejected, so nothing is proposed: {found.message}",
            hint=found.hint,
        )
    rejected, endpoint = _rejected(found), found.endpoint
    if not rejected:
        return ()
    return tuple(
        _offered(run_id, members, workflow, slots=slots, ledger=ledger, endpoint=endpoint)
        for run_id, members in _by_run(rejected, ledger, endpoint=endpoint).items()
    )


def _rejected(report: DriftReport) -> tuple[Rejected, ...]:
    """Each slot once. A rejection does not say which run made the change, a bake does."""
    found = {
        each.slot_id: Rejected(slot_id=each.slot_id, reason=each.reason)
        for each in report.rejected
        if each.live
    }
    for bake in report.failed_bakes:
        reason = f"its bake failed: {bake.reason}" if bake.reason else "its bake failed"
        found[bake.slot_id] = Rejected(slot_id=bake.slot_id, reason=reason, run_id=bake.run_id)
    return tuple(found.values())


def _by_run(
    rejected: Sequence[Rejected], ledger: LedgerStore, *, endpoint: Endpoint
) -> Mapping[str, Sequence[Rejected]]:
    """The slots by the run that changed them last, if the report does not name it."""
    chronicle = report_of(ledger).chronicles.get(endpoint)
    by_run: dict[str, list[Rejected]] = {}
    for each in rejected:
        live = (
            [past for past in chronicle.of(each.slot_id) if past.may_be_live] if chronicle else []
        )
        run_id = each.run_id or (live[-1].run_id if live else "")
        by_run.setdefault(run_id, []).append(each)
    return by_run


def _offered(
    run_id: str,
    rejected: Sequence[Rejected],
    workflow: Workflow,
    *,
    slots: Path,
    ledger: LedgerStore,
    endpoint: Endpoint,
) -> Offered:
    if not run_id:
        names = ", ".join(each.slot_id for each in rejected)
        return Offered("", refusal=f"The ledger does not say which run changed {names}.")
    request = RevertRequest(slots, run_id, tuple(each.slot_id for each in rejected))
    try:
        prepared = prepare(request, ledger)
    except (Refusal, LedgerError) as error:
        return Offered(run_id, refusal=error.message)
    if not prepared.edited:
        return Offered(run_id)
    proposal = _proposal(prepared, rejected, workflow, slots=slots, endpoint=endpoint)
    with workflow.connect() as repository:
        return Offered(run_id, propose(proposal, repository=repository, clock=workflow.clock))


def _proposal(
    prepared: PreparedRevert,
    rejected: Sequence[Rejected],
    workflow: Workflow,
    *,
    slots: Path,
    endpoint: Endpoint,
) -> Proposal:
    run_id, files = prepared.report.run_id, _files(prepared)
    head = git.head(slots)
    if head is None:
        raise DocumentError(
            f"{slots} is not in a git checkout, so nothing can be proposed.",
            hint="Run this after actions/checkout.",
        )
    digest = revert_digest(files)
    body = revert_body(
        prepared.report, rejected, endpoint=endpoint, digest=digest, link=workflow.link
    )
    return Proposal(
        branch=revert_branch(run_id),
        commit=NewCommit(
            parent=head.commit,
            tree=head.tree,
            message=revert_message(run_id, digest=digest),
            files=files,
        ),
        title=revert_title(run_id),
        body=body,
        marked=functools.partial(is_marked, marker=marker_of(body)),
        shows_same=lambda other: read_hidden(other, "revert").get("digest") == digest,
        committed=is_revert_message,
    )


def _files(prepared: PreparedRevert) -> dict[str, str]:
    """The texts of the files by their paths in the repository."""
    files = {path_in_checkout(str(path)): data for path, data in prepared.edited.items()}
    return {path: data.decode() for path, data in files.items() if path is not None}
