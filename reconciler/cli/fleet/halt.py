"""`reconciler fleet halt`."""

from __future__ import annotations

import click

from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say
from reconciler.operations.fleet.halt import fleet_halt
from reconciler.operations.fleet.services import fleet_records
from reconciler.operations.services import system_clock
from reconciler.reports.escaping import plain


@click.command("halt", epilog="Example: reconciler fleet halt 20261127T090000Z-a1b2c3")
@click.argument("run_id", metavar="RUN")
@verbosity_option
def halt_command(run_id: str) -> int:
    """Ask a run of the fleet to begin nothing new.

    It can be asked from anywhere that has the fleet's ledger. The targets in hand go on to their
    end.
    """
    records = fleet_records(clock=system_clock())
    fleet_halt(run_id, ledger=records.ledger, halts=records.halts, by=records.actor)
    say(f"Asked {plain(run_id)} to halt. `reconciler fleet status` shows what is in hand.")
    return 0
