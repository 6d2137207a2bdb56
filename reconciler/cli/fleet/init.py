"""`reconciler fleet init`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say, show


def _role_option(name: str, *, default: str, summary: str) -> Callable[[Any], Any]:
    def named(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        if not value:
            raise click.BadParameter("it must be the name of a role.")
        return value

    return click.option(
        name, metavar="ROLE", callback=named, default=default, show_default=True, help=summary
    )


@click.command("init", epilog="Example: reconciler fleet init | psql")
@_role_option(
    "--controller",
    default="reconciler_controller",
    summary="The role of `fleet plan`, `apply`, `drift`, `status` and `halt`.",
)
@_role_option(
    "--worker", default="reconciler_worker", summary="The role of workers that apply changes."
)
@_role_option(
    "--planner",
    default="reconciler_planner",
    summary="The role of workers that only plan: it cannot write to a ledger.",
)
@verbosity_option
def init_command(controller: str, worker: str, planner: str) -> None:
    """Make the queue in the database that COGNIGY_FLEET names, and print the grants.

    Run it again after an update of reconciler: it brings the schema up to date. The role in
    COGNIGY_FLEET becomes its owner. The three other roles must exist; run the grants that are
    printed as the owner. If the ledgers are in the same database, it makes their schema too;
    otherwise `reconciler ledger init` makes it where they are.
    """
    from reconciler.operations.fleet.init import FleetRoles, initialise_fleet  # noqa: PLC0415

    done = initialise_fleet(FleetRoles(controller=controller, worker=worker, planner=planner))
    what = "has an up-to-date queue now" if done.is_changed else "has an up-to-date queue already"
    say(f"{done.location} {what}. These grants let three other roles use it:")
    show("\n".join(done.grants))
