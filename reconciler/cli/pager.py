"""Long results page by page, as git shows them: on a terminal, if they are taller than the
screen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import click

from reconciler.cli.output import columns, harmless, say, screen_taken, show
from reconciler.config.terminal import Pager, color_choice, pager
from reconciler.reports.text.layout import columns_of

Command = TypeVar("Command", bound=Callable[..., Any])
_UNWANTED = "reconciler.no_pager"


def pager_option(command: Command) -> Command:
    """`--no-pager`, which `show_paged` respects."""

    def note(context: click.Context, _parameter: click.Parameter, unwanted: bool) -> None:
        context.find_root().meta[_UNWANTED] = unwanted

    return click.option(
        "--no-pager",
        is_flag=True,
        expose_value=False,
        callback=note,
        help="Do not show a long result page by page (RECONCILER_PAGER, PAGER).",
    )(command)


def show_paged(text: str) -> None:
    """Write the command's result to standard output, through the pager if it is too tall for the
    terminal. Raises OutputLostError."""
    context = click.get_current_context(silent=True)
    is_unwanted = context is not None and context.find_root().meta.get(_UNWANTED, False)
    chosen = None if is_unwanted else pager()
    width = columns()
    if chosen is None or width is None or _height(text, width=width) < _lines():
        show(text)
        return
    shown = harmless(f"{text}\n")
    with screen_taken():
        is_shown = _page(click.unstyle(shown) if color_choice() is False else shown, chosen)
    if not is_shown:
        say(f"The pager {chosen.command[0]} cannot be run; see RECONCILER_PAGER.")
        show(text)


def _page(text: str, chosen: Pager) -> bool:
    """Whether the pager could be started. It stays until the reader leaves it: Ctrl-C is for it."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own pager
            chosen.command, stdin=subprocess.PIPE, env=dict(chosen.environment)
        )
    except OSError:
        return False
    remaining: bytes | None = text.encode("utf-8", "backslashreplace")
    while True:
        try:
            with suppress(BrokenPipeError):  # the reader has seen enough
                process.communicate(remaining)
            return True
        except KeyboardInterrupt:
            remaining = None


def _height(text: str, *, width: int) -> int:
    """Lines of the terminal, of which a long line takes several."""
    lines = click.unstyle(text).split("\n")
    return sum(max(1, -(-columns_of(line) // max(1, width))) for line in lines)


def _lines() -> int:
    return shutil.get_terminal_size().lines
