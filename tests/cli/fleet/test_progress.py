"""What a run of the fleet shows while it goes on: on a terminal, in a log, and elsewhere."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from reconciler.sandbox.messages import Request, Response
from tests.cli.fleet.conftest import TENANTS, FleetShell

Start = Callable[..., FleetShell]

DEADLINE_SECONDS = 60.0


def everything(terminal: int, *, awaited: bytes, shown: threading.Event) -> bytes:
    """What is written to a terminal until its other end is closed; `shown` is set once it has
    `awaited`."""
    seen = b""
    with suppress(OSError):  # that is how Linux says that it is
        while piece := os.read(terminal, 4096):
            seen += piece
            if awaited in seen:
                shown.set()
    os.close(terminal)
    return seen


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_terminal_shows_the_step_and_what_is_in_hand_in_place(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    block, shown = b"step 1 of 2: 0 of 1 target\r\n    acme/production", threading.Event()
    canary = shell.tenants["acme"]
    answer = canary.handle

    def answering_once_it_is_shown(request: Request) -> Response:
        shown.wait(DEADLINE_SECONDS)
        return answer(request)

    canary.handle = answering_once_it_is_shown  # type: ignore[method-assign]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler", "fleet", "apply", "--yes"],
        cwd=shell.folder,
        env={**os.environ, **shell.variables(), "TERM": "xterm", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    seen = everything(ours, awaited=block, shown=shown)
    stdout, _ = process.communicate()
    assert process.returncode == 0, seen
    assert "Applied: 4 verified." in stdout
    assert block in seen
    assert b"\x1b[J" in seen
    assert b"verified acme/production" not in seen, "what goes well is only counted"


def test_elsewhere_each_target_that_has_ended_has_a_line(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    done = shell.run("fleet", "apply", "--yes")
    assert done.returncode == 0
    said = [line.partition("Z ")[2] for line in done.stderr.splitlines()]
    ended = [line for line in said if "/production" in line]
    assert sorted(ended) == sorted(f"verified {name}/production" for name in TENANTS)
    assert said.index("step 1 of 2 begins: 1 target") == 1
    planned = shell.run("fleet", "plan").stderr
    assert "planning: 4 targets" in planned
    assert "step" not in planned


def test_a_log_has_an_object_for_each_of_them(fleet: Start) -> None:
    shell = fleet()
    done = shell.run("fleet", "drift", "--log-format", "json")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["fleet_begun", *["target_ended"] * len(TENANTS)]
    assert lines[0]["message"] == "comparing: 4 targets"


def test_a_plan_is_printed_as_markdown_for_a_pull_request(fleet: Start) -> None:
    shell = fleet()
    shell.widen()
    done = shell.run("fleet", "plan", "--format", "markdown")
    assert done.returncode == 0
    assert done.stdout.startswith("### ✅ 4 targets differ, by the same plan\n")
    assert done.stdout.count("+   ^plum$") == 1
