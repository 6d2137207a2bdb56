"""Progress on a terminal: a record that stays, above a block that shows what is going on."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.cli.output import draw, erase, narrate
from reconciler.cli.progress.shown import Sight
from reconciler.ports import Clock


class Live:
    """Draws what is going on below the lines of the record."""

    TICK_SECONDS = 0.5

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def tell(self, lines: Sequence[str], *, event: object) -> None:  # noqa: ARG002 - a log names it
        """Add lines to the record."""
        for line in lines:
            narrate(line)

    def tick(self, sight: Sight) -> None:
        """Draw it as it is now."""
        draw(sight.block(now=self._clock.monotonic(), at=self._clock.now()))

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Leave only the record."""
        erase()
