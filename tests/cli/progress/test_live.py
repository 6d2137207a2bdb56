"""Progress on a real terminal, in a process of its own, against a server that never answers."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import Bot
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
