"""The entry point: the group of commands, and how a failure becomes a message and an exit code."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from reconciler import __version__
from reconciler.cli.apply import apply_command
from reconciler.cli.demo import demo_command
from reconciler.cli.drift import drift_command
from reconciler.cli.options import verbosity_option
from reconciler.cli.plan import plan_command
from reconciler.cli.sandbox import sandbox_command
from reconciler.cli.validate import validate_command
from reconciler.environment import read_environment
from reconciler.errors import Interrupted, ManifestError, PlanningError, ReconcilerError
from reconciler.reports.text import problem_text
from reconciler.reports.words import plain

EXIT_ERROR = 1
EXIT_INTERRUPTED = Interrupted.exit_code


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 error, 2 differences (drift, plan --detailed-exitcode), "
    "3 stopped by the metrics gate, 4 refused before anything was changed, 130 interrupted.",
)
@verbosity_option
@click.version_option(__version__, prog_name="reconciler")
@click.pass_context
def reconciler(context: click.Context) -> None:
    """Keep the slots of a NICE Cognigy bot as the files in slots/ describe them.

    Plan the way from live to desired, apply it change by change behind a metrics gate, and find
    drift. Start with `reconciler demo`: it needs no tenant of your own.
    """
    if read_environment().no_color:
        context.color = False


for _command in (
    validate_command,
    plan_command,
    apply_command,
    drift_command,
    sandbox_command,
    demo_command,
):
    reconciler.add_command(_command)


def main() -> NoReturn:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code."""
    _prepare_streams()
    try:
        code = reconciler.main(list(arguments), prog_name="reconciler", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except ReconcilerError as error:
        _show(error)
        return error.exit_code
    except click.ClickException as error:
        # click's own code for a usage error is 2, which here means differences.
        error.show()
        return EXIT_ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; point it nowhere, for Python flushes it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except Exception as error:  # noqa: BLE001 - the last line of defence, for our own mistakes
        _show_defect(error)
        return EXIT_ERROR


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger("reconciler").handlers = [handler]


def _show(error: ReconcilerError) -> None:
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {_safe(error.message)}", err=True)
    if isinstance(error, (ManifestError, PlanningError)):
        for problem in error.problems:
            click.echo(f"  {problem_text(problem)}", err=True)
    if error.hint:
        click.echo(_safe(error.hint), err=True)


def _safe(text: str) -> str:
    return "\n".join(plain(line) for line in text.split("\n"))


def _show_defect(error: Exception) -> None:
    click.echo(
        f"{click.style('Error:', fg='red', bold=True)} this is a defect of reconciler: "
        f"{type(error).__name__}: {plain(str(error)[:300])}",
        err=True,
    )
    click.echo("Please report it, with the output of the same command and -vv.", err=True)
    if logging.getLogger("reconciler").isEnabledFor(logging.DEBUG):
        traceback.print_exception(error)
