"""Keep one issue about drift for each endpoint: opened, updated, reopened and closed."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from reconciler.errors import DocumentError
from reconciler.github.drift_issue import DriftState, Followed, Report, Step, follow, state_of
from reconciler.github.pull_requests import merging
from reconciler.model.drift import DriftReport
from reconciler.model.failure import Failure
from reconciler.operations.places import places_of_files
from reconciler.operations.workflow import Workflow
from reconciler.reports.comment import drift_digest, drift_title
from reconciler.reports.comment import drift_issue as issue_body
from reconciler.reports.markers import is_marked, marker_of, read_hidden
from reconciler.reports.words import nothing_measured

__all__ = ["Followed", "Step", "drift_issue"]


def drift_issue(
    found: DriftReport | Failure, workflow: Workflow, *, slots: Path
) -> Followed | None:
    """Make the issue show the drift from the files in `slots`, and return what was done.

    Returns None, and touches nothing, if an apply was running meanwhile, or if a measurement is
    missing or inconclusive and nothing else is wrong. Raises DocumentError if nothing at all is
    known, and GitHubError.
    """
    if isinstance(found, Failure):
        raise DocumentError(
            f"It is not known whether anything drifted, so no issue was touched: {found.message}",
            hint=found.hint,
        )
    if found.at_work is not None:
        return None
    state = state_of(found)
    if state is DriftState.UNMEASURED:
        raise DocumentError(
            "It is not known whether all is well, so no issue was touched: "
            f"{nothing_measured(found.endpoint.kind)}"
        )
    if state is DriftState.UNKNOWN:
        return None
    places = places_of_files(slots, workflow)
    with workflow.connect() as repository:
        pull_requests = merging(_suspected(found), repository=repository)
        body = issue_body(found, link=workflow.link, places=places, pull_requests=pull_requests)
        report = _report(found, body=body, is_healthy=state is DriftState.HEALTHY)
        return follow(report, repository=repository, clock=workflow.clock)


def _suspected(found: DriftReport) -> Iterator[str]:
    """The commits that can be at fault for a failed bake."""
    for bake in found.failed_bakes:
        for suspect in bake.suspects:
            if suspect.commit is not None:
                yield suspect.commit


def _report(found: DriftReport, *, body: str, is_healthy: bool) -> Report:
    digest = drift_digest(found)
    return Report(
        title=drift_title(found),
        body=body,
        healthy=is_healthy,
        marked=functools.partial(is_marked, marker=marker_of(body)),
        shows_same=lambda body: read_hidden(body, "drift").get("digest") == digest,
    )
