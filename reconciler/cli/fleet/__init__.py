"""`reconciler fleet`: the commands for many tenants."""

from __future__ import annotations

import click

from reconciler.cli.loading import LazyGroup
from reconciler.cli.options import verbosity_option

SUMMARIES = {
    "apply": "Apply the files to the targets of the fleet, step by step, as its rollout says.",
    "drift": "Compare the live slots of every target with the files, without changing either.",
    "halt": "Ask a run of the fleet to begin nothing new.",
    "init": "Make the queue in the database that COGNIGY_FLEET names, and print the grants.",
    "plan": "Plan every target of the fleet, and show which targets have the same changes.",
    "status": "Show the last runs of the fleet, its rollout, and how each target ended last.",
    "validate": "Check fleet.yaml, what it includes, and its slots offline; needs no credentials.",
    "worker": "Work on the targets of a pool, as runs of the fleet ask for in the queue of "
    "COGNIGY_FLEET.",
}
"""The first line of each command's help, as in `cli.main`."""


@click.group(
    "fleet",
    cls=LazyGroup,
    package="reconciler.cli.fleet",
    summaries=SUMMARIES,
    epilog="Example: reconciler fleet validate",
)
@verbosity_option
def fleet_command() -> None:
    """Work on many tenants with the same slots, as fleet.yaml names them.

    A target is one environment of one tenant. Its slots, and the environments, are those of a
    single project; fleet.yaml says where each target is, and in which steps a change reaches them.
    """
