"""Progress where nothing can be replaced: lines with their time, and a heartbeat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from reconciler.cli.output import say
from reconciler.cli.progress.shown import Sight
from reconciler.ports import Clock

_LINE_SECONDS = 1.0
"""At most one line is written in this time; what happens in it is put together on the next."""


class Lines:
    """Writes at most one line a second, and one at least every `heartbeat_seconds`."""

    TICK_SECONDS = 0.5

    def __init__(self, clock: Clock, *, heartbeat_seconds: float) -> None:
        self._clock = clock
        self._heartbeat_seconds = heartbeat_seconds
        self._written = -math.inf
        self._begun = clock.monotonic()
        self._pending: list[str] = []
        self._since = clock.now()

    def tell(self, lines: Sequence[str], *, event: object) -> None:  # noqa: ARG002 - a log names it
        """Write lines now, or with the next ones if the last was written just before."""
        if not self._pending:
            self._since = self._clock.now()
        self._pending.extend(line.strip() for line in lines)
        if self._clock.monotonic() - self._written >= _LINE_SECONDS:
            self.flush()

    def tick(self, sight: Sight) -> None:
        """Write what is due: the lines that wait, or what is going on."""
        now = self._clock.monotonic()
        if self._pending:
            if now - self._written >= _LINE_SECONDS:
                self.flush()
        elif now - max(self._written, self._begun) >= self._heartbeat_seconds:
            at = self._clock.now()
            self._write(sight.heartbeat(now=now, at=at), at=at)

    def flush(self) -> None:
        """Write the lines that wait."""
        pending, self._pending = self._pending, []
        for line in self.joined(pending) if pending else ():
            self._write(line, at=self._since)

    def joined(self, lines: Sequence[str]) -> Sequence[str]:
        """The lines that are written for these, of which there is at least one."""
        return ("; ".join(lines),)

    def close(self) -> None:
        """Write the lines that wait."""
        self.flush()

    def _write(self, line: str, *, at: datetime) -> None:
        self._written = self._clock.monotonic()
        say(f"{at:%H:%M:%S}Z {line}")
