"""A block of lines at the bottom of a terminal, which is replaced until it is erased."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TextIO

import click

_ERASE_BELOW = "\x1b[J"


class Block:
    """What was drawn last, so that it can be replaced.

    A line never wraps: it is cut one column before the edge. If the terminal has become narrower
    since, it has wrapped the lines itself, which the way back up to the first one allows for.
    """

    def __init__(self) -> None:
        self._drawn: tuple[int, ...] = ()

    def drawing(self, lines: Sequence[str], *, stream: TextIO) -> str:
        """What to write to replace the block by these lines; they are harmless already."""
        before = self.erasing(stream=stream)
        width = width_of(stream)
        cut = [_cut(_encodable(line, stream), width - 1) for line in lines]
        self._drawn = tuple(_cells(click.unstyle(line)) for line in cut)
        return before + "\n".join(cut)

    def erasing(self, *, stream: TextIO) -> str:
        """What to write to erase the block, if there is one."""
        drawn, self._drawn = self._drawn, ()
        if not drawn:
            return ""
        width = width_of(stream)
        rows = sum(max(1, -(-cells // width)) for cells in drawn)
        up = f"\x1b[{rows - 1}A" if rows > 1 else ""
        return f"\r{up}{_ERASE_BELOW}"


def width_of(stream: TextIO) -> int:
    """Columns of the terminal that the stream is; 80 if it does not say."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return columns or 80


def _cells(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 - only a live block needs rich

    return cell_len(text)


def _cut(line: str, width: int) -> str:
    """The line in at most this many columns."""
    from rich.text import Text  # noqa: PLC0415 - as above

    text = Text.from_ansi(line)
    if text.cell_len <= width:
        return line
    text.truncate(max(width - 3, 0))
    return f"{text.plain}..."


def _encodable(line: str, stream: TextIO) -> str:
    """The line as the stream will write it: an escape is longer than what it stands for."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)
