"""`reconciler github`: the commands for the workflows."""

from __future__ import annotations

import click

from reconciler.cli.loading import LazyGroup
from reconciler.cli.options import verbosity_option

SUMMARIES = {
    "comment": "Comment on the event's pull request: one comment, updated in place.",
    "compare": "Print how a plan differs from the one that the merged pull request showed.",
    "drift-issue": "Keep one issue about drift: opened, updated, reopened, and closed once all is "
    "well.",
    "restore-ledger": "Restore the ledger from the newest artifact that a run on the default "
    "branch has uploaded.",
    "revert": "Open a pull request that undoes each change whose bake failed, or that its gate "
    "rejected.",
}
"""The first line of each command's help, as in `cli.main`."""


@click.group(
    "github",
    cls=LazyGroup,
    package="reconciler.cli.github",
    summaries=SUMMARIES,
    epilog="Example: reconciler github comment --plan plan.json",
)
@verbosity_option
def github_command() -> None:
    """Report plans, applies and drift to GitHub; for workflows of GitHub Actions."""
