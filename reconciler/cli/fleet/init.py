"""`reconciler fleet init`."""

from __future__ import annotations

import click

from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say, show
from reconciler.cli.role_options import pool_options, role_option
from reconciler.model.pool import PoolRole

_WORKER = "reconciler_worker"
_PLANNER = "reconciler_planner"


@click.command("init", epilog="Example: reconciler fleet init --pool eu=worker_eu | psql")
@role_option(
    "--controller",
    default="reconciler_controller",
    summary="The role of `fleet plan`, `apply`, `drift`, `status` and `halt`.",
)
@role_option(
    "--worker",
    summary="The role of workers of any pool that apply changes.  "
    f"[default: {_WORKER}, without pools]",
)
@role_option(
    "--planner",
    summary="The role of workers of any pool that only plan: it cannot write to a ledger.  "
    f"[default: {_PLANNER}, without pools]",
)
@pool_options
@verbosity_option
def init_command(
    controller: str,
    worker: str | None,
    planner: str | None,
    pool: tuple[PoolRole, ...],
    plan_pool: tuple[PoolRole, ...],
) -> None:
    """Make the queue in the database that COGNIGY_FLEET names, and print the grants.

    Run it again after an update of reconciler: it brings the schema up to date. The role in
    COGNIGY_FLEET becomes its owner. The other roles must exist; run the grants that are printed as
    the owner. If the ledgers are in the same database, it makes their schema too; otherwise
    `reconciler ledger init` makes it where they are.
    """
    from reconciler.operations.fleet.init import FleetRoles, initialise_fleet  # noqa: PLC0415

    pools = (*pool, *plan_pool)
    if not pools:
        worker, planner = worker or _WORKER, planner or _PLANNER
    done = initialise_fleet(
        FleetRoles(
            controller=controller,
            workers=[worker] if worker else [],
            planners=[planner] if planner else [],
            pools=pools,
        )
    )
    what = "has an up-to-date queue now" if done.is_changed else "has an up-to-date queue already"
    say(f"{done.location} {what}. These grants let other roles use it:")
    show("\n".join(done.grants))
    if pools and done.elsewhere is not None:
        say(
            f"The ledgers are in {done.elsewhere}: run `reconciler ledger init` with the same "
            "pools too, and with the controller as --writer."
        )
