"""Signs of life from a command without events."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.cli.aloud import aloud

EVERY = 1e-3


def test_work_that_takes_long_is_said_again_and_again(capsys: pytest.CaptureFixture[str]) -> None:
    said = ""
    with aloud("checking the slot files", every=EVERY):
        while said.count("checking the slot files, ") < 3:
            said += capsys.readouterr().err
    capsys.readouterr()
    assert all(line.startswith("checking the slot files, ") for line in said.splitlines())


def test_after_the_block_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    said = ""
    with aloud("checking", every=EVERY):
        while not said:
            said += capsys.readouterr().err
    capsys.readouterr()
    with aloud("checking", every=1e6):
        pass
    assert capsys.readouterr().err == ""


@contextmanager
def terminal() -> Iterator[int]:
    """Our end of a terminal that is standard error meanwhile."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        before, sys.stderr = sys.stderr, stream
        try:
            yield ours
        finally:
            sys.stderr = before
    os.close(ours)


def test_on_a_terminal_the_line_is_replaced_and_removed_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with terminal() as ours:
        seen = b""
        with aloud("checking", every=EVERY):
            while seen.count(b"checking, ") < 2:
                seen += os.read(ours, 4096)
        while not seen.endswith(b"\r\x1b[J"):
            seen += os.read(ours, 4096)
    assert b"\n" not in seen
