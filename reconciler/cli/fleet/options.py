"""Options that the commands of a fleet share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.config.project import fleet_file

Command = TypeVar("Command", bound=Callable[..., Any])


def fleet_option(command: Command) -> Command:
    """`--file FILE`."""
    return click.option(
        "--file",
        type=click.Path(path_type=Path, dir_okay=False),
        default=fleet_file,
        metavar="FILE",
        help="The file of the fleet.  [default: fleet.yaml of the project, found upwards from "
        "here]",
    )(command)


def select_option(command: Command) -> Command:
    """`--select SELECTOR`."""
    return click.option(
        "--select",
        default="",
        metavar="SELECTOR",
        help="Only the targets with these labels, such as region=eu,tier!=test or tenant=acme.",
    )(command)
