"""Progress for machines: one line of JSON for each event that has something to say, and for each
heartbeat."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.cli.output import say
from reconciler.cli.progress.shown import Sight
from reconciler.formats.events import event_name
from reconciler.model.fleet_event import TargetEnded
from reconciler.ports import Clock


class Log:
    """Writes each event at once, and a line at least every `heartbeat_seconds`."""

    TICK_SECONDS = 0.5

    def __init__(self, clock: Clock, *, heartbeat_seconds: float) -> None:
        self._clock = clock
        self._heartbeat_seconds = heartbeat_seconds
        self._written = clock.monotonic()

    def tell(self, lines: Sequence[str], *, event: object) -> None:
        """Write what is to be said about an event."""
        self._written = self._clock.monotonic()
        said = "\n".join(line.strip() for line in lines)
        target = event.result.name if isinstance(event, TargetEnded) else None
        say(said, event=event_name(type(event)), target=target)

    def tick(self, sight: Sight) -> None:
        """Write what is going on, if nothing was written for a while."""
        now = self._clock.monotonic()
        if now - self._written >= self._heartbeat_seconds:
            self._written = now
            say(sight.heartbeat(now=now, at=self._clock.now()))

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Everything is written already."""
