"""`reconciler ledger`: `init`, `migrate` and `kind`."""

from __future__ import annotations

import click

from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say, show
from reconciler.cli.role_options import pool_options, role_option
from reconciler.model.pool import PoolRole
from reconciler.operations import ledger_schema
from reconciler.reports.numbers import counted


@click.group("ledger", epilog="Example: reconciler ledger init")
@verbosity_option
def ledger_command() -> None:
    """Set up a ledger on PostgreSQL, which several machines share."""


@ledger_command.command(
    "init", epilog="Example: reconciler ledger init --writer slots_ci --reader slots_plan | psql"
)
@role_option(
    "--writer",
    default="reconciler_writer",
    summary="The role that applies; that of a fleet's controller, if there are pools.",
)
@role_option(
    "--reader",
    default="reconciler_reader",
    summary="The role that plans and looks for drift.",
)
@pool_options
@verbosity_option
def init_command(
    writer: str, reader: str, pool: tuple[PoolRole, ...], plan_pool: tuple[PoolRole, ...]
) -> None:
    """Make the schema in the database that COGNIGY_AUDIT_LOG names, and print the grants.

    The role in COGNIGY_AUDIT_LOG becomes its owner. The other roles must exist; run the grants that
    are printed as the owner. A schema that is there already stays as it is. Name pools if a fleet
    has its ledgers here, but its queue in another database.
    """
    made = ledger_schema.initialise(writer=writer, reader=reader, pools=(*pool, *plan_pool))
    what = "has a schema now" if made.is_new else "has a schema already"
    say(f"{made.location} {what}. These grants let other roles use it:")
    show("\n".join(made.grants))


@ledger_command.command("migrate", epilog="Example: reconciler ledger migrate")
@verbosity_option
def migrate_command() -> None:
    """Bring the schema up to date after an update of reconciler, as its owner."""
    done = ledger_schema.migrate()
    what = (
        f"was brought forward by {counted(done.versions, 'version')}"
        if done.versions
        else "is up to date"
    )
    say(f"The schema of {done.location} {what}.")


@ledger_command.command("kind", epilog='Example: reconciler ledger kind >> "$GITHUB_OUTPUT"')
@click.option(
    "--expect",
    metavar="KIND",
    default="",
    help="Fail if the ledger is of the other kind: file or shared.",
)
@verbosity_option
def kind_command(expect: str) -> None:
    """Print kind=file or kind=shared, for the output of a workflow's step."""
    show(f"kind={ledger_schema.kind(expected=expect)}")
