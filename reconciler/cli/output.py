"""What goes to standard output, and how a failure is told: to people on standard error, to
machines as an object."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from reconciler.environment import color_is_unwanted
from reconciler.errors import (
    DefectError,
    Interrupted,
    ManifestError,
    PlanningError,
    ReconcilerError,
)
from reconciler.reports.text import problem_text
from reconciler.reports.words import plain

Command = TypeVar("Command", bound=Callable[..., Any])


class OutputLostError(ReconcilerError):
    """Standard output cannot be written."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(f"The output cannot be written: {cause.strerror or cause}.")
        self.nobody_reads = isinstance(cause, BrokenPipeError)


def show(text: str, *, end: str = "\n") -> None:
    """Write the command's result to standard output. Raises OutputLostError."""
    try:
        click.echo(text + end, nl=False)
    except OSError as error:
        raise OutputLostError(error) from error


def tell(error: ReconcilerError) -> None:
    """One message: what, where, and what to do."""
    _say(f"{click.style('Error:', fg='red', bold=True)} {_safe(error.message)}")
    if isinstance(error, (ManifestError, PlanningError)):
        for problem in error.problems:
            _say(f"  {problem_text(problem)}")
    if error.hint:
        _say(_safe(error.hint))


def json_even_on_failure(render: Callable[[ReconcilerError], str]) -> Callable[[Command], Command]:
    """With `--format json`, whatever ends the command is an object on standard output too."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def wrapped(*args: Any, output: str, **kwargs: Any) -> Any:
            try:
                return command(*args, output=output, **kwargs)
            except click.ClickException:
                raise
            except OutputLostError:
                raise
            except ReconcilerError as error:
                _show_if_json(output, render(error))
                raise
            except (KeyboardInterrupt, click.Abort):
                _show_if_json(output, render(Interrupted()))
                raise
            except Exception as error:
                defect = DefectError(error)
                _show_if_json(output, render(defect))
                raise defect from error

        return wrapped  # type: ignore[return-value]  # functools.wraps keeps the signature

    return decorate


def _show_if_json(output: str, document: str) -> None:
    if output == "json":
        show(document)


def _safe(text: str) -> str:
    return "\n".join(plain(line) for line in text.split("\n"))


def _say(text: str) -> None:
    click.echo(text, err=True, color=False if color_is_unwanted() else None)
