"""`reconciler graph`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import environment_option, format_option, slots_option, verbosity_option
from reconciler.cli.output import say, show
from reconciler.operations import saved_plan
from reconciler.operations.graph import graph
from reconciler.reports.graph import dot_graph, mermaid_graph

_RENDERERS = {"mermaid": mermaid_graph, "dot": dot_graph}


@click.command("graph", epilog="Example: reconciler graph --format dot | dot -Tsvg -o slots.svg")
@slots_option
@environment_option
@format_option("mermaid", "dot")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A saved plan: the slots that it creates, updates and deletes are marked.",
)
@verbosity_option
def graph_command(
    slots: Path, environment: str | None, output: str, plan_file: Path | None
) -> None:
    """Print the dependency graph of the slot files.

    An arrow leads from a slot to each slot that it depends on. Slots without a file are dashed.
    """
    plan = saved_plan.read(plan_file) if plan_file is not None else None
    drawn = graph(slots, environment=environment, plan=plan)
    if drawn.has_moved_on:
        say("The files have changed since this plan was made.")
    show(_RENDERERS[output](drawn.desired, drawn.plan))
