"""`reconciler init`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from reconciler.cli.beginning import ways_to_begin
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say
from reconciler.cli.written import tell_counts, tell_written
from reconciler.model.written import WriteResult
from reconciler.operations.init import has_environments, init, starter_api, workflow_branch
from reconciler.operations.schema import API_NAMES

_TOOL = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[A-Za-z0-9_~.-]+)+"
    r"@(?:[0-9a-f]{40}|[0-9a-f]{64})"
)


def _checked_tool(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """The tool as pip accepts it. Raises BadParameter."""
    if value is None:
        return None
    bare = value.removeprefix("git+")
    if not _TOOL.fullmatch(bare):
        raise click.BadParameter(
            "it must be https://HOST/OWNER/REPOSITORY@COMMIT, with the full commit hash of 40 or "
            "64 hex digits. Tags and branches can be moved."
        )
    return f"git+{bare}"


@click.command("init", epilog="Example: reconciler init --github --out ../our-bot")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The repository to start in; by default the working directory.",
)
@click.option(
    "--api",
    type=click.Choice(API_NAMES),
    help="The API of the tenant; by default cognigy-v1, or the one that slots/ is already for.",
)
@click.option(
    "--github",
    is_flag=True,
    help="Also write workflows for GitHub Actions, and the action that installs reconciler.",
)
@click.option(
    "--tool",
    metavar="URL@COMMIT",
    callback=_checked_tool,
    help="With --github: the git repository and commit from which the action installs reconciler.",
)
@verbosity_option
def init_command(out: Path, api: str | None, github: bool, tool: str | None) -> int:
    """Start a repository: slots/ with the settings, the schema and two examples.

    The examples are never applied, because their names begin with _. For a bot that already has
    slots, use `reconciler pull`.

    --github also writes .github/: plan in the pull request, apply on merge, drift on a schedule;
    if reconciler.yaml declares environments, in each of them.
    Existing files are never overwritten: they are listed, and the exit code is 1.
    """
    if tool is not None and not github:
        raise click.UsageError("--tool is for the workflows: pass --github too.")
    branch = _workflow_branch(out) if github else None
    chosen = starter_api(out, asked=api)
    report = init(out, api=chosen, branch=branch, tool=tool, on_written=tell_written)
    tell_counts(report.written)
    if any(each.result is WriteResult.CREATED for each in report.written):
        has_slots = any(each.result is WriteResult.LEFT_OUT for each in report.starter)
        if not has_slots:  # otherwise the examples were left out
            say(ways_to_begin(out / "slots"))
        if github:
            _tell_what_is_left(tool, out)
    return 0 if all(each.result.is_done for each in report.written) else 1


def _workflow_branch(out: Path) -> str:
    """The branch that the workflows are written for. Says on standard error which it is and why."""
    branch = workflow_branch(out)
    say(
        f"The workflows apply the head of {branch.name}, {branch.reason}. If that is not the "
        "default branch, change the name in apply.yml and drift.yml."
    )
    return branch.name


def _tell_what_is_left(tool: str | None, out: Path) -> None:
    if tool is None:
        say(
            "The workflows fail until they know where to install reconciler from: set TOOL in "
            ".github/actions/reconciler/action.yml to git+https://HOST/OWNER/REPOSITORY@COMMIT. "
            "`--tool` does that.",
        )
    two = (
        "two environments of GitHub for each environment of reconciler.yaml"
        if has_environments(out)
        else "two environments"
    )
    say(
        f"The workflows need {two}, each with an OAuth client or an API key of its own. "
        "`reconciler docs github` says how to set them up.",
    )
