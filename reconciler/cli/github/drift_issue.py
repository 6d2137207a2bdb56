"""`reconciler github drift-issue`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.github.actions import file_option, read_workflow, say
from reconciler.cli.options import slots_option, verbosity_option
from reconciler.operations.drift_issue import Followed, Step, drift_issue
from reconciler.operations.saved_results import read_drift


@click.command("drift-issue", epilog="Example: reconciler github drift-issue --drift drift.json")
@file_option("--drift", help_text="What `drift --metrics --format json` printed.", required=True)
@slots_option
@verbosity_option
def drift_issue_command(drift: Path, slots: Path) -> None:
    """Keep one issue about drift: opened, updated, reopened, and closed once all is well.

    If drift ended in an error, or no slot could be measured, this command fails and leaves the
    issue as it is. An apply that was running meanwhile, an inconclusive measurement, or drift that
    the issue already shows changes nothing either. An issue that a person closed is reopened only
    for a different drift.
    """
    workflow = read_workflow()
    followed = drift_issue(read_drift(drift), workflow, slots=slots)
    if followed is None:
        say("It is not known whether anything drifted, so no issue was touched.")
    else:
        say(_message(followed))


def _message(followed: Followed) -> str:
    if followed.number is None:
        return "An issue was opened." if followed.step is Step.OPEN else "No issue is due."
    return f"Issue #{followed.number} was {followed.step.value}."
