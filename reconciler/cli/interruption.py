"""The clock of a command at a terminal, which acknowledges a Ctrl-C."""

from __future__ import annotations

import os
from contextlib import suppress

from reconciler.cli.signals import STOP_SIGNALS
from reconciler.operations.services import system_clock
from reconciler.ports import Clock


def terminal_clock() -> Clock:
    """Real time; the first interrupt is announced on standard error."""
    return system_clock(stop_signals=STOP_SIGNALS, announce=_announce_the_stop)


def _announce_the_stop() -> None:
    # Called from a signal handler, when a buffered stream may be in the middle of a line.
    message = "\nStopping after the current change. Press again to stop immediately.\n"
    with suppress(OSError):
        os.write(2, message.encode())
