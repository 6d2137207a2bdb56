"""Progress on a real terminal, in a process of its own, against a server that never answers."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import socket
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator

import pytest

from reconciler.cli.progress import Progress
from reconciler.cli.progress.live import Live
from reconciler.model.event import VerdictReached, Warned
from reconciler.model.gate import Verdict, VerdictResult
from tests.cli.conftest import Bot
from tests.support.clock import VirtualClock
from tests.support.world import FRUIT, document


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_server_that_never_answers_is_waited_for_aloud(
    bot: Callable[..., Bot], silent: str, no_color: str
) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT)
    environment = {"COGNIGY_BASE_URL": silent, "NO_COLOR": no_color, "TERM": "xterm"}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler", "plan"],
        cwd=shop.folder,
        env={**shop.variables(), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while b"waiting for the answer to POST /oauth/token" not in seen:
        seen += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    while b"Interrupted" not in seen:
        seen += os.read(ours, 4096)
    process.communicate()
    os.close(ours)
    assert process.returncode == 130
    assert b"\r\x1b[J" in seen.split(b"waiting for the answer")[-1]
    assert not (no_color and b"\x1b[1m" in seen)


@pytest.mark.parametrize("event", ["verdict", "warning"])
def test_a_long_line_wraps_between_words_below_its_indentation(
    event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = "its success rate 0.850 is below the baseline 0.912 by more than max_drop 0.050"
    fallen = Verdict(result=VerdictResult.FAILED, stands=False, reason=reason)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        clock = VirtualClock()
        progress = Progress(clock, Live(clock))
        if event == "verdict":
            progress.notice(VerdictReached(slot_id="slot_fruit", verdict=fallen))
        else:
            progress.notice(Warned(message=reason))
        terminal.flush()
        rows = os.read(ours, 4096).decode().splitlines()
        monkeypatch.undo()
    os.close(ours)
    assert len(rows) > 1
    assert all(len(row) <= 60 for row in rows)
    first, *others = rows
    margin = len(first) - len(first.lstrip()) + 2
    assert all(row.startswith(" " * margin) for row in others)
    assert reason.split() == " ".join(rows).split()[-len(reason.split()) :]
