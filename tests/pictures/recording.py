"""What the screen of a terminal shows while a command runs in it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyte


@dataclass(frozen=True)
class Run:
    """Characters of one row that look alike. `color` is a name of pyte's, such as `red`."""

    text: str
    color: str = "default"
    bold: bool = False
    inverse: bool = False


Row = tuple[Run, ...]


@dataclass(frozen=True)
class Frame:
    """What the screen shows from `at` on, in seconds; empty rows at its end are left out."""

    at: float
    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        """The screen without its colours."""
        return "\n".join("".join(run.text for run in row).rstrip() for row in self.rows)


def record(
    command: Sequence[str],
    *,
    folder: Path,
    variables: Mapping[str, str],
    columns: int,
    rows: int,
    per_second: float,
) -> tuple[Frame, ...]:
    """Run a command in a terminal of this size until it ends, and return what its screen showed,
    looking this often. Equal screens in a row are one frame."""
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(command[0], list(command), dict(variables))  # noqa: S606 - no shell is meant
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    begun = time.monotonic()
    frames = [Frame(0.0, ())]
    for output in _output(terminal, per_second=per_second):
        stream.feed(output)
        frames.append(Frame(time.monotonic() - begun, _rows_of(screen)))
    os.waitpid(child, 0)
    os.close(terminal)
    return tuple(next(same) for _, same in groupby(frames, key=lambda frame: frame.rows))


def _output(terminal: int, *, per_second: float) -> Iterator[bytes]:
    """What is written to the terminal in each period, until nobody writes any more."""
    is_open = True
    while is_open:
        pieces = []
        ends = time.monotonic() + 1 / per_second
        while is_open and (left := ends - time.monotonic()) > 0:
            ready, _, _ = select.select([terminal], [], [], left)
            if ready:
                piece = b""
                with suppress(OSError):  # Linux's way to say that the other side is closed
                    piece = os.read(terminal, 65536)
                pieces.append(piece)
                is_open = bool(piece)
        yield b"".join(pieces)


def _rows_of(screen: pyte.Screen) -> tuple[Row, ...]:
    rows = [_row(screen.buffer[number], screen.columns) for number in range(screen.lines)]
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def _row(characters: Mapping[int, pyte.screens.Char], columns: int) -> Row:
    runs = [
        Run("".join(each.data for each in same), color, bold=bold, inverse=inverse)
        for (color, bold, inverse), same in groupby(
            (characters[column] for column in range(columns)),
            key=lambda each: (each.fg, each.bold, each.reverse),
        )
    ]
    while runs and not runs[-1].text.strip():
        runs.pop()
    return tuple(runs)
