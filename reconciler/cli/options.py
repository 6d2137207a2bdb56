"""Options that several commands share."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.log import choose_log_format
from reconciler.config.project import slots_folder
from reconciler.config.terminal import choose_color

Command = TypeVar("Command", bound=Callable[..., Any])


def slots_option(command: Command) -> Command:
    """`--slots DIR`."""
    return click.option(
        "--slots",
        type=click.Path(path_type=Path),
        default=slots_folder,
        metavar="DIR",
        help="The folder of slot files.  [default: slots of the project, found upwards from here]",
    )(command)


def environment_option(command: Command) -> Command:
    """`--env NAME`."""
    return click.option(
        "--env",
        "environment",
        envvar="RECONCILER_ENV",
        metavar="NAME",
        help="The environment, if reconciler.yaml declares any; also RECONCILER_ENV.",
    )(command)


def evidence_option(command: Command) -> Command:
    """`--evidence FILE`."""
    return click.option(
        "--evidence",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        multiple=True,
        metavar="FILE",
        help="The ledger of an environment that this one is promoted from, if it is not in the own "
        "one; can be repeated.",
    )(command)


def selection_options(command: Command) -> Command:
    """`--target` and `--prune`."""
    targets = click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="SLOT",
        help="Only this slot, by id or name, and the slots that it depends on; can be repeated.",
    )
    prune = click.option(
        "--prune",
        is_flag=True,
        help="Also delete live slots that have no file but match `owns` in reconciler.yaml.",
    )
    return targets(prune(command))


def format_option(*choices: str) -> Callable[[Command], Command]:
    """`--format`; the first choice is the default. The command receives it as `output`."""

    def decorate(command: Command) -> Command:
        return click.option(
            "--format",
            "output",
            type=click.Choice(choices),
            default=choices[0],
            show_default=True,
            help="How to print the result on standard output.",
        )(command)

    return decorate


def is_verbose() -> bool:
    """Whether `-v` was given."""
    return logging.getLogger("reconciler").isEnabledFor(logging.INFO)


def verbosity_option(command: Command) -> Command:
    """`-v`, `-vv`, `--color` and `--log-format`, accepted before and after the command's
    name."""

    def choose(_context: click.Context, _parameter: click.Parameter, choice: str | None) -> None:
        if choice is not None:
            choose_color(choice)

    def choose_format(
        _context: click.Context, _parameter: click.Parameter, choice: str | None
    ) -> None:
        if choice is not None:
            choose_log_format(choice)

    def raise_verbosity(context: click.Context, _parameter: click.Parameter, count: int) -> None:
        meta = context.find_root().meta
        meta["reconciler.verbosity"] = meta.get("reconciler.verbosity", 0) + count
        level = {0: logging.WARNING, 1: logging.INFO}.get(
            meta["reconciler.verbosity"], logging.DEBUG
        )
        logging.getLogger("reconciler").setLevel(level)

    colored = click.option(
        "--color",
        type=click.Choice(("auto", "always", "never")),
        expose_value=False,
        is_eager=True,
        callback=choose,
        help="Whether to use colour; auto: on a terminal, unless NO_COLOR is set.",
    )
    verbose = click.option(
        "-v",
        "--verbose",
        count=True,
        expose_value=False,
        is_eager=True,
        callback=raise_verbosity,
        help="Print more to standard error: where the configuration came from, each wait and "
        "reading; -vv lists every request.",
    )
    formatted = click.option(
        "--log-format",
        type=click.Choice(("text", "json")),
        expose_value=False,
        is_eager=True,
        callback=choose_format,
        help="What standard error is: text, or a JSON object a line.",
    )
    return verbose(colored(formatted(command)))
