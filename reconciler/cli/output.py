"""The only module that writes to standard output and standard error. Failures are reported to
people on standard error, and to machines as a JSON object.

The output may contain text from a tenant, a ledger, GitHub or a slot file. That text can never
control a terminal, and a GitHub Actions runner never takes it for a command.
"""

from __future__ import annotations

import errno
import functools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import click

from reconciler.cli.block import Block, width_of
from reconciler.cli.log import Level, log_line, logs_json
from reconciler.config.terminal import a_runner_listens, can_replace_lines, color_choice
from reconciler.errors import (
    DefectError,
    Interrupted,
    ManifestError,
    PlanningError,
    ReconcilerError,
)
from reconciler.reports.escaping import plain, visible, without_commands

Command = TypeVar("Command", bound=Callable[..., Any])
_lock = threading.RLock()
"""The live block is drawn by a thread of its own."""
_block = Block()
_taken: list[bool] = []
_held_back: list[Callable[[], None]] = []
"""Each writes the lines that wait for their turn on standard error."""


class OutputLostError(ReconcilerError):
    """Standard output cannot be written."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(f"The output cannot be written: {cause.strerror or cause}.")
        self.nobody_reads = isinstance(cause, BrokenPipeError)


def columns() -> int | None:
    """The width of the terminal that standard output is; None if it is not one."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size  # noqa: PLC0415 - it imports every archive format

    return get_terminal_size().columns


def write_before_results(write: Callable[[], None]) -> None:
    """Have this called before a result, an error or a question is shown: it writes what is held
    back until then, so that nothing that happened before comes after."""
    _held_back.append(write)


def forget_before_results(write: Callable[[], None]) -> None:
    """Call it no more."""
    with suppress(ValueError):
        _held_back.remove(write)


def _write_held_back() -> None:
    for write in tuple(_held_back):
        write()


def show(text: str, *, end: str = "\n") -> None:
    """Write the command's result to standard output. Raises OutputLostError."""
    _show(harmless(text + end))


def show_commands(commands: Iterable[str]) -> None:
    """Write our own commands for the runner, each ending with a line break. Raises
    OutputLostError."""
    _show("".join(commands))


def say(
    text: str,
    *,
    end: str = "\n",
    level: Level = "info",
    event: str | None = None,
    target: str | None = None,
) -> None:
    """Write text for people to standard error, above the live block; with `--log-format json`, a
    line of this level, about this event and this target of a fleet.

    If the stream is closed, the text is dropped and the command continues.
    """
    harmless_text = harmless(text + end)
    if logs_json():
        harmless_text = log_line(harmless_text, level=level, event=event, target=target)
    with _lock:
        erase()
        with suppress(OSError):
            click.echo(harmless_text, err=True, nl=False, color=color_choice())


def narrate(line: str, *, level: Level = "info", event: str | None = None) -> None:
    """Say a line; on a terminal, in rows that fit it, the further ones indented below its text."""
    rows = [line]
    if is_live():
        from reconciler.reports.text.layout import hanging  # noqa: PLC0415 - not for --help

        text = line.lstrip(" ")
        margin = " " * (len(line) - len(text))
        rows = [margin + row for row in hanging(text, width=width_of(sys.stderr) - len(margin))]
    say("\n".join(rows), level=level, event=event)


def warn(text: str, *, event: str | None = None) -> None:
    """Write a warning to standard error."""
    narrate(_labelled("Warning:", plain(text), color="yellow"), level="warning", event=event)


def _labelled(label: str, text: str, *, color: str) -> str:
    """The text after its label; in a log, the line's level says it."""
    return text if logs_json() else f"{click.style(label, fg=color, bold=True)} {text}"


def is_terminal() -> bool:
    """Whether standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def is_live() -> bool:
    """Whether a block on standard error can be replaced."""
    return is_terminal() and can_replace_lines() and not logs_json()


def draw(lines: Sequence[str]) -> None:
    """Replace the live block on standard error, unless the screen is taken."""
    with _lock:
        if not _taken:
            harmless_lines = [harmless(line) for line in lines]
            _control(_block.drawing(harmless_lines, stream=sys.stderr))


def erase() -> None:
    """Remove the live block, if there is one."""
    with _lock:
        _control(_block.erasing(stream=sys.stderr))


def erasure() -> str:
    """What removes the live block, for a signal handler, which writes it by itself: it must not
    wait for the thread that draws."""
    return _block.erasing(stream=sys.stderr)


@contextmanager
def screen_taken() -> Iterator[None]:
    """Inside the block, no live block is drawn: a person is asked, or reads page by page."""
    _write_held_back()
    with _lock:
        erase()
        _taken.append(True)
    try:
        yield
    finally:
        _taken.pop()


def _control(text: str) -> None:
    """Write a live block to standard error: it is harmless, apart from our own sequences."""
    if text:
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def tell(error: ReconcilerError) -> None:
    """Write an error message: what happened, where, and what to do."""
    first, *others = error.lines
    lines = [_labelled("Error:", plain(first), color="red"), *map(plain, others)]
    if isinstance(error, (ManifestError, PlanningError)):
        # This imports the whole model, which --help must not; here it is already imported.
        from reconciler.reports.validation_text import problem_text  # noqa: PLC0415

        lines += [f"  {problem_text(problem)}" for problem in error.problems]
    if error.hint:
        lines.append(plain(error.hint))
    _write_held_back()
    say("\n".join(lines), level="error")


def json_even_on_failure(
    render: Callable[[ReconcilerError], str],
    *,
    line: Callable[[ReconcilerError], str] | None = None,
) -> Callable[[Command], Command]:
    """With `--format json`, an error that ends the command is also printed as a JSON object; with
    `--format jsonl`, as one `line`."""
    renderers = {"json": render, "jsonl": line}

    def show_failure(output: str, error: ReconcilerError) -> None:
        renderer = renderers.get(output)
        if renderer is not None:
            show(renderer(error))

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
                show_failure(output, error)
                raise
            except (KeyboardInterrupt, click.Abort):
                show_failure(output, Interrupted())
                raise
            except Exception as error:
                bug = DefectError(error)
                show_failure(output, bug)
                raise bug from error

        return wrapped  # type: ignore[return-value]  # functools.wraps keeps the signature

    return decorate


def _show(text: str) -> None:
    if sys.stdout is None:  # it was closed before we started
        raise OutputLostError(OSError(errno.EBADF, "standard output is closed"))
    _write_held_back()
    try:
        erase()
        click.echo(text, nl=False, color=color_choice())
    except OSError as error:
        raise OutputLostError(error) from error


def harmless(text: str) -> str:
    """`text` as it may be written: it can neither control a terminal nor command a runner."""
    safe = visible(text)
    return without_commands(click.unstyle(safe)) if a_runner_listens() else safe
