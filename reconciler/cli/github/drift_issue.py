"""`reconciler github drift-issue`."""

from __future__ import annotations

import functools
from pathlib import Path

import click

from reconciler.cli.github.actions import file_option, first_line, read_workflow, say
from reconciler.cli.options import verbosity_option
from reconciler.errors import DocumentError
from reconciler.github.drift_issue import Followed, Report, Step, follow
from reconciler.model.drift import DriftReport
from reconciler.model.failure import Failure
from reconciler.operations.saved_results import read_drift
from reconciler.reports.comment import drift_digest, drift_issue, drift_state, drift_title
from reconciler.reports.markers import is_marked, read_hidden
from reconciler.reports.words import NOTHING_MEASURED


@click.command("drift-issue", epilog="Example: reconciler github drift-issue --drift drift.json")
@file_option("--drift", help_text="What `drift --metrics --format json` printed.", required=True)
@verbosity_option
def drift_issue_command(drift: Path) -> None:
    """Keep one issue about drift: opened, updated, reopened, and closed once all is well.

    An error changes nothing, and is one of this command too; so is it where no slot could be
    measured. Nor does an inconclusive measurement change anything, or the drift that it tells
    already. One that a person closed is reopened only for another drift.
    """
    workflow = read_workflow()
    found = read_drift(drift)
    if isinstance(found, Failure):
        raise DocumentError(
            f"Whether anything drifted is not known, and no issue is touched: {found.message}",
            hint=found.hint,
        )
    report = _report(found, link=workflow.actions.link)
    if report is None:
        say("Whether anything drifted is not known, so no issue is touched.")
        return
    with workflow.repository() as repository:
        say(_told(follow(report, repository=repository, clock=workflow.clock)))


def _report(found: DriftReport, *, link: str | None) -> Report | None:
    state = drift_state(found)
    if state == "unmeasured":
        raise DocumentError(
            f"Whether all is well is not known, and no issue is touched: {NOTHING_MEASURED}"
        )
    if state == "unknown":
        return None
    body, digest = drift_issue(found, link=link), drift_digest(found)
    return Report(
        title=drift_title(found),
        body=body,
        healthy=state == "healthy",
        marked=functools.partial(is_marked, marker=first_line(body)),
        tells_same=lambda told: read_hidden(told, "drift").get("digest") == digest,
    )


def _told(followed: Followed) -> str:
    if followed.number is None:
        return "An issue was opened." if followed.step is Step.OPEN else "No issue is due."
    return f"Issue #{followed.number} was {followed.step.value}."
