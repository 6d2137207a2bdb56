"""`reconciler watch`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import (
    environment_option,
    evidence_option,
    slots_option,
    verbosity_option,
)
from reconciler.cli.progress.passes import Passes
from reconciler.errors import Interrupted
from reconciler.operations.services import system_clock
from reconciler.operations.watch import (
    WatchRequest,
    services_of_passes,
    upstream_of,
    watch,
    watch_once,
)


@click.command(
    "watch", epilog="Example: reconciler watch --branch main --env production --log-format json"
)
@slots_option
@environment_option
@evidence_option
@click.option(
    "--remote",
    default="origin",
    show_default=True,
    metavar="NAME",
    help="The remote of the clone that has the branch.",
)
@click.option(
    "--branch", default="main", show_default=True, metavar="NAME", help="The branch to follow."
)
@click.option(
    "--once", is_flag=True, help="Look once, check for drift, and exit; for a timer such as cron."
)
@verbosity_option
def watch_command(
    slots: Path,
    environment: str | None,
    evidence: tuple[Path, ...],
    remote: str,
    branch: str,
    once: bool,
) -> int:
    """Follow a branch without GitHub: apply what it has, and look for drift.

    Runs in a clone of the repository, and never touches what is checked out there: it fetches the
    branch, reads the slots of its head, and plans. If reconciler.yaml of that commit says `watch:
    {apply: true}`, it applies the plan without asking, each change judged by its gate; otherwise it
    only says what there is to apply. What someone changed in the tenant is reported as drift.

    The first Ctrl-C or SIGTERM finishes or rolls back the change in hand, and then stops. With
    --once, the exit code is that of the apply if it is not 0, else that of drift.
    """
    upstream = upstream_of(slots, remote=remote, branch=branch)
    passes = Passes(system_clock(), environment=environment)
    click.get_current_context().call_on_close(passes.close)
    clock = terminal_clock(passes)
    services = services_of_passes(clock=clock, observer=passes, evidence=evidence)
    request = WatchRequest(upstream=upstream, environment=environment)
    if once:
        return watch_once(request, services, clock=clock, tell=passes.tell)
    try:
        return watch(request, services, clock=clock, tell=passes.tell).exit_code
    except (Interrupted, KeyboardInterrupt):
        passes.stop()  # this is how it is meant to end, so it is not an error
        return Interrupted.exit_code
