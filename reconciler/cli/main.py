"""The entry point: the group of commands, and how a failure becomes a message and an exit code."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from reconciler import __version__
from reconciler.adapters.clock import STOP_SIGNALS
from reconciler.cli.apply import apply_command
from reconciler.cli.audit import audit_command
from reconciler.cli.demo import demo_command
from reconciler.cli.drift import drift_command
from reconciler.cli.github import github_command
from reconciler.cli.graph import graph_command
from reconciler.cli.init import init_command
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import OutputLostError, say, tell
from reconciler.cli.plan import plan_command
from reconciler.cli.pull import pull_command
from reconciler.cli.sandbox import sandbox_command
from reconciler.cli.schema import schema_command
from reconciler.cli.validate import validate_command
from reconciler.errors import DefectError, Interrupted, ReconcilerError
from reconciler.reports.escaping import plain

EXIT_ERROR = 1

logger = logging.getLogger("reconciler")


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 error, 2 differences (drift, plan --detailed-exitcode), "
    "3 stopped by the metrics gate, 4 refused before anything was changed, 130 interrupted.",
)
@verbosity_option
@click.version_option(__version__, prog_name="reconciler")
def reconciler() -> None:
    """Keep the slots of a NICE Cognigy bot as the files in slots/ describe them.

    Plan the way from live to desired, apply it change by change behind a metrics gate, and find
    drift. Start with `reconciler demo`: it needs no tenant of your own.
    """


for _command in (
    validate_command,
    plan_command,
    apply_command,
    drift_command,
    audit_command,
    pull_command,
    graph_command,
    schema_command,
    init_command,
    github_command,
    sandbox_command,
    demo_command,
):
    reconciler.add_command(_command)


def main() -> NoReturn:
    """Run the command line and exit."""
    for number in STOP_SIGNALS:
        # Where nothing is in hand yet, a polite kill and a closed terminal end it like Ctrl-C.
        signal.signal(number, _interrupt)
    _occupy_standard_descriptors()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code."""
    _prepare_streams()
    try:
        _require_working_directory()
        code = reconciler.main(list(arguments), prog_name="reconciler", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except OutputLostError as error:
        _point_output_nowhere()
        if not error.nobody_reads:
            tell(error)
        return error.exit_code
    except ReconcilerError as error:
        tell(error)
        if isinstance(error, DefectError):
            logger.debug("The defect:", exc_info=error.__cause__)
        return error.exit_code
    except click.ClickException as error:
        # click's own code for a usage error is 2, which here means differences.
        told = StringIO()
        error.show(file=told)
        say(told.getvalue(), end="")
        return EXIT_ERROR
    except (click.Abort, KeyboardInterrupt):
        tell(Interrupted())
        return Interrupted.exit_code
    except Exception as error:
        tell(DefectError(error))
        logger.debug("The defect:", exc_info=error)
        return EXIT_ERROR


def _occupy_standard_descriptors() -> None:
    """Where a standard stream was closed, the next file that is opened, such as the ledger, would
    become it, and be written by whatever writes there."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - until the end


def _require_working_directory() -> None:
    """Raises ReconcilerError where it was deleted: no relative path means anything then."""
    try:
        Path.cwd()
    except OSError as error:
        raise ReconcilerError(
            f"The working directory cannot be used: {error.strerror}.",
            hint="It may have been deleted: change to a directory that is there.",
        ) from error


def _point_output_nowhere() -> None:
    """For Python flushes it once more at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    handler = _Screen()
    handler.setFormatter(_PlainFormatter("%(message)s"))
    logger.handlers = [handler]


class _Screen(logging.Handler):
    """Messages go the way of everything that is said."""

    def emit(self, record: logging.LogRecord) -> None:
        say(self.format(record))


class _PlainFormatter(logging.Formatter):
    """Messages may quote the tenant, whose text must not steer the terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return plain(super().formatMessage(record))
