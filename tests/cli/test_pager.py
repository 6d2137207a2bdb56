"""Long results on a terminal: a pseudo-terminal, and a pager that marks what it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cli.conftest import Bot
from tests.support.world import COLOUR, document

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
MARKING = "sed s/^/|/"


def on_a_terminal(bot: Bot, *arguments: str, lines: int, **variables: str) -> str:
    """What a terminal of this height shows."""
    ours, theirs = pty.openpty()
    size = {"COLUMNS": "80", "LINES": str(lines), "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "reconciler", *arguments],
        cwd=bot.folder,
        env={**bot.variables(), **size, **variables},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ):
        os.close(theirs)
        return b"".join(_everything(ours)).decode()


def _everything(descriptor: int) -> Iterator[bytes]:
    try:
        while read := os.read(descriptor, 65536):
            yield read
    except OSError:  # Linux reports the end of a pseudo-terminal so
        return
    finally:
        os.close(descriptor)


@pytest.fixture
def shop(bot: Callable[..., Bot]) -> Bot:
    shop = bot(live=[document(COLOUR)])
    shop.write(COLOUR, patterns=[f"^{number}$" for number in range(15)])
    return shop


@pytest.mark.parametrize(
    ("lines", "arguments", "variables", "is_paged"),
    [
        (10, (), {"RECONCILER_PAGER": MARKING}, True),
        (10, (), {"PAGER": MARKING}, True),
        (100, (), {"RECONCILER_PAGER": MARKING}, False),
        (10, ("--no-pager",), {"RECONCILER_PAGER": MARKING}, False),
        (10, (), {"RECONCILER_PAGER": "", "PAGER": MARKING}, False),
        (10, (), {"PAGER": MARKING, "TERM": "dumb"}, False),
        (10, (), {"RECONCILER_PAGER": "no-such-pager-anywhere"}, False),
    ],
)
def test_only_what_is_taller_than_the_terminal_goes_through_the_pager_of_the_user(
    shop: Bot, lines: int, arguments: Any, variables: Any, is_paged: bool
) -> None:
    shown = on_a_terminal(shop, "plan", *arguments, lines=lines, **variables)
    assert ("|Plan for" in shown) is is_paged
    assert "Plan: 0 to create, 1 to update, 0 to delete." in shown


def test_piped_output_is_never_paged(shop: Bot) -> None:
    shop.environment["RECONCILER_PAGER"] = MARKING
    assert shop.run("plan").stdout.startswith("Plan for")
