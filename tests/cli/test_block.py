"""The live block, on a terminal that a test emulates."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import termios
from collections.abc import Iterator

import pytest

from reconciler.cli.block import Block


class Screen:
    """A terminal's end of a pty: what was written to it, and a width that can be changed."""

    def __init__(self, columns: int) -> None:
        self._other, descriptor = pty.openpty()
        self.stream = os.fdopen(descriptor, "w", encoding="utf-8")
        self.resize(columns)

    def resize(self, columns: int) -> None:
        fcntl.ioctl(
            self.stream.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0)
        )

    def close(self) -> None:
        self.stream.close()
        os.close(self._other)


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen(40)
    yield made
    made.close()


def test_a_line_never_wraps(screen: Screen) -> None:
    drawn = Block().drawing(["x" * 39, "x" * 40, "\u4e00" * 30], stream=screen.stream)
    assert [len(line) for line in drawn.split("\n")][:2] == [39, 39]
    assert drawn.split("\n")[1].endswith("...")
    assert drawn.split("\n")[2] == "\u4e00" * 18 + "..."


def test_the_next_drawing_begins_where_the_last_one_did(screen: Screen) -> None:
    block = Block()
    assert block.drawing(["one", "two", "three"], stream=screen.stream) == "one\ntwo\nthree"
    assert block.drawing(["four"], stream=screen.stream) == "\r\x1b[2A\x1b[Jfour"
    assert block.erasing(stream=screen.stream) == "\r\x1b[J"
    assert block.erasing(stream=screen.stream) == ""


def test_lines_that_a_narrower_terminal_has_wrapped_leave_no_copies(screen: Screen) -> None:
    block = Block()
    block.drawing(["x" * 30, "y" * 5], stream=screen.stream)
    screen.resize(10)
    assert block.erasing(stream=screen.stream) == "\r\x1b[3A\x1b[J"


def test_what_the_locale_cannot_show_is_measured_as_it_is_written() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    drawn = Block().drawing(["\u4e00" * 20], stream=stream)
    assert drawn.isascii()
    assert len(drawn) == 79
