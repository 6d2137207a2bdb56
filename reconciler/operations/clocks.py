"""Clocks for the threads of one process, which are stopped together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from reconciler.adapters.clock import ThreadClock
from reconciler.adapters.stopping import stop_on
from reconciler.ports import Clock


@dataclass(frozen=True)
class Clocks:
    """`new` makes a clock, one for each piece of work that has its own shields; `stop` ends the
    sleeps of all, as the first signal does."""

    new: Callable[[], Clock]
    stop: Callable[[], None]


@contextmanager
def thread_clocks(
    *, stop_signals: Sequence[int] = (), announce: Callable[[], None] = lambda: None
) -> Iterator[Clocks]:
    """Clocks for the threads of this process.

    Inside the block, the first of the `stop_signals` ends their sleeps with Interrupted, except
    shielded ones; the second one ends all with KeyboardInterrupt, and is raised in the main thread
    too. If there are any, the block must be in the main thread. `announce` is called once, from a
    thread, after the first one; it must not raise.
    """
    with stop_on(stop_signals, announce=announce) as stop:

        def ask() -> None:
            if not stop.is_asked:  # a second request would be to stop at once
                stop.ask()

        yield Clocks(new=lambda: ThreadClock(stop), stop=ask)
