"""`--html FILE`, which several commands have: the result as a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.output import say, tell
from reconciler.errors import DefectError, ReconcilerError
from reconciler.operations import saved_page
from reconciler.ports import LedgerStore
from reconciler.reports.escaping import plain

Command = TypeVar("Command", bound=Callable[..., Any])


def html_option(command: Command) -> Command:
    """`--html FILE`, which the command receives as `html`."""
    return click.option(
        "--html",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Also write the result as a page, which any browser shows.",
    )(command)


def require_page(path: Path, *, slots: Path, ledger: LedgerStore) -> None:
    """Raises ReconcilerError unless a page can be made, and may be written there. Call it first: a
    run must not end without the page that was asked for."""
    from reconciler.reports.html.rendering import require_renderer  # noqa: PLC0415 - only here

    require_renderer()
    saved_page.require_writable(path, slots=slots, ledger=ledger)


def save_page(path: Path, make: Callable[[], str]) -> bool:
    """Make a page and write it, and say where it is. `make` imports what it needs, so that a
    command without a page does not.

    The command has shown its result by then, so errors are reported, not raised. Returns whether
    the page was written.
    """
    try:
        saved_page.save(path, make())
    except ReconcilerError as error:
        tell(error)
        return False
    except Exception as error:  # noqa: BLE001 - the page's defects are not the command's
        tell(DefectError(error))
        return False
    say(f"Page: {plain(str(path))}")
    return True
