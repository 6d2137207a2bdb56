"""Signs of life from a command that sends nothing and so has no events.

`progress` would import the adapters, which an offline command does without.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.cli.output import draw, erase, is_live, is_terminal, say

_TERMINAL_SECONDS = 3.0
_SECONDS = 15.0


@contextmanager
def aloud(doing: str, *, every: float | None = None) -> Iterator[None]:
    """Inside the block, say again and again what is being done, and for how many seconds; a block
    that ends soon says nothing.

    `every` is the time between two signs; by default 3 s on a terminal and 15 s elsewhere.
    """
    seconds = every or (_TERMINAL_SECONDS if is_terminal() else _SECONDS)
    ended = threading.Event()

    def watch() -> None:
        spent = 0.0
        while not ended.wait(seconds):
            spent += seconds
            line = f"{doing}, {spent:.0f} s"
            if is_live():
                draw((line,))
            else:
                say(line)

    watching = threading.Thread(target=watch, name="aloud", daemon=True)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()
        erase()
