"""The entry point: the command group, and turning failures into messages and exit codes."""

from __future__ import annotations

import gc
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
from reconciler.cli.loading import LazyGroup
from reconciler.cli.log import Level, choose_log_format, logs_json
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import OutputLostError, say, tell
from reconciler.cli.signals import STOP_SIGNALS
from reconciler.config.terminal import choose_color
from reconciler.errors import DefectError, Interrupted, ReconcilerError
from reconciler.operations.fleet.at_work import target_at_work
from reconciler.reports.escaping import plain

EXIT_ERROR = 1
COLLECTED_AFTER = 300_000
"""New objects after which Python looks for unreachable cycles, instead of 700. What a command reads
is kept until it ends, and visiting it repeatedly would take a third of a large plan's time."""

SUMMARIES = {
    "apply": "Apply the desired state, one change at a time, each judged by its gate.",
    "audit": "Check the ledger, list its runs, print its history, or copy it.",
    "completion": "Install the completion of commands, options and slots for a shell.",
    "demo": "Walk through the main workflow: validate, plan, apply, a gated rollback, and drift.",
    "diff": "Show what differs between two environments live, and what of that the files mean.",
    "docs": "Show a page of the reference, as Markdown, or list the topics.",
    "doctor": "Examine the tenant: access, rights, and what the files name there; only reads.",
    "drift": "Compare the live slots with the files, without changing either.",
    "environments": "List the environments in the order in which changes reach them; needs no "
    "credentials.",
    "explain": "Show what a slot takes, or what it does with a text, and why.",
    "fleet": "Work on many tenants with the same slots, as fleet.yaml names them.",
    "github": "Report plans, applies and drift to GitHub; for workflows of GitHub Actions.",
    "graph": "Print the dependency graph of the slot files.",
    "init": "Start a repository: slots/ with the settings, the schema and two examples.",
    "ledger": "Set up a ledger on PostgreSQL, which several machines share.",
    "plan": "Show the ordered changes from the live to the desired state.",
    "pull": "Write live slots as YAML files, one per slot, updating those that exist.",
    "report": "Show the ledger as a page: success rates over time, and what each change did.",
    "revert": "Undo a run in the slot files, for a pull request; sends nothing.",
    "rule": "Explain a validation rule, or list all of them.",
    "sandbox": "Serve a local sandbox tenant to try reconciler with.",
    "schema": "Print the JSON Schema of a slot file (draft 2020-12).",
    "status": "Show how every slot stands in every environment, and the last run there.",
    "validate": "Check the slot files offline; needs no credentials.",
    "watch": "Follow a branch without GitHub: apply what it has, and look for drift.",
}
"""The first line of each command's help: `--help` lists the commands without importing them."""

_LEVELS: dict[int, Level] = {
    logging.DEBUG: "debug",
    logging.INFO: "info",
    logging.WARNING: "warning",
    logging.ERROR: "error",
}

logger = logging.getLogger("reconciler")


@click.group(
    cls=LazyGroup,
    package="reconciler.cli",
    summaries=SUMMARIES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 error, 2 differences (drift, diff, plan --detailed-exitcode), "
    "3 stopped by the gate, 4 refused before anything was changed, 130 interrupted.",
)
@verbosity_option
@click.version_option(__version__, prog_name="reconciler")
def reconciler() -> None:
    """Keep the slots of a NICE Cognigy bot in sync with the files in slots/.

    Plan the changes, apply them one by one behind a gate, and detect drift. Start with
    `reconciler demo`, which needs no tenant.
    """


def main() -> NoReturn:
    """Run the command line and exit."""
    for number in STOP_SIGNALS:
        # Until a change is being made, SIGTERM and a closed terminal act like Ctrl-C.
        signal.signal(number, _interrupt)
    gc.set_threshold(COLLECTED_AFTER)
    _occupy_standard_descriptors()
    code = run(sys.argv[1:])
    gc.freeze()  # the process ends: taking apart what it has read would be a tenth of its time
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code."""
    _prepare_streams()
    choose_color("auto")
    choose_log_format("text")
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
            logger.debug("The bug:", exc_info=error.__cause__)
        return error.exit_code
    except click.ClickException as error:
        # click exits with 2 on a usage error, which here means differences.
        usage = StringIO()
        error.show(file=usage)
        say(usage.getvalue(), end="", level="error")
        return EXIT_ERROR
    except (click.Abort, KeyboardInterrupt):
        tell(Interrupted())
        return Interrupted.exit_code
    except Exception as error:
        tell(DefectError(error))
        logger.debug("The bug:", exc_info=error)
        return EXIT_ERROR


def _occupy_standard_descriptors() -> None:
    """If a standard stream is closed, the next file to be opened, such as the ledger, would take
    its descriptor and receive its output."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest free number, which is this one
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - stays open


def _require_working_directory() -> None:
    """Raises ReconcilerError if it was deleted, because relative paths mean nothing then."""
    try:
        Path.cwd()
    except OSError as error:
        raise ReconcilerError(
            f"The working directory cannot be used: {error.strerror}.",
            hint="It may have been deleted. Change to a directory that exists.",
        ) from error


def _point_output_nowhere() -> None:
    """Redirect standard output, because Python flushes it again when it exits."""
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
    """Sends log messages to `say`, like all other text for people."""

    def emit(self, record: logging.LogRecord) -> None:
        level = _LEVELS.get(record.levelno, "info")
        say(self.format(record), level=level, target=target_at_work())


class _PlainFormatter(logging.Formatter):
    """Escapes messages, because they may quote the tenant, whose text must not control the
    terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        said = plain(super().formatMessage(record))
        if logs_json():
            return said
        target = target_at_work()
        said = f"{plain(target)}: {said}" if target else said
        if record.levelno != logging.DEBUG:
            return said
        return f"{self.formatTime(record, '%H:%M:%S')}.{record.msecs:03.0f} {said}"
