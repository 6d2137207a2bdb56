"""The clock of a command at a terminal, which acknowledges a Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from reconciler.cli.log import log_line, logs_json
from reconciler.cli.output import erasure
from reconciler.cli.signals import STOP_SIGNALS
from reconciler.operations.services import system_clock
from reconciler.ports import Clock


class Stopping(Protocol):
    """Knows what is going on."""

    def stopping(self) -> tuple[str, ...]:
        """What to say on the first interrupt. It is safe to call in a signal handler."""
        ...


def terminal_clock(progress: Stopping | None = None) -> Clock:
    """Real time; the first interrupt is acknowledged on standard error, with what `progress` knows
    about the change in hand."""
    return system_clock(stop_signals=STOP_SIGNALS, announce=acknowledging(progress))


def acknowledging(progress: Stopping | None) -> Callable[[], None]:
    """Acknowledges the first interrupt, with what `progress` knows about what is in hand."""

    def announce() -> None:
        # Called from a signal handler, when a buffered stream may be in the middle of a line.
        lines = progress.stopping() if progress else ("Stopping. Press again to stop immediately.",)
        if logs_json():
            message = log_line("\n".join(lines), level="warning")
        else:
            message = "\n".join((erasure(), *lines, ""))
        with suppress(OSError):
            os.write(2, message.encode("ascii", "backslashreplace"))

    return announce
