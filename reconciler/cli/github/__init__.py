"""`reconciler github`: what the workflows call; each command decides here, and is tested here."""

from __future__ import annotations

import click

from reconciler.cli.github.comment import comment_command
from reconciler.cli.github.compare import compare_command
from reconciler.cli.github.drift_issue import drift_issue_command
from reconciler.cli.github.restore_ledger import restore_ledger_command
from reconciler.cli.options import verbosity_option


@click.group("github", epilog="Example: reconciler github comment --plan plan.json")
@verbosity_option
def github_command() -> None:
    """Tell GitHub about plans, applies and drift; for workflows of GitHub Actions."""


for _command in (
    comment_command,
    compare_command,
    drift_issue_command,
    restore_ledger_command,
):
    github_command.add_command(_command)
