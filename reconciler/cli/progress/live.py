"""Progress on a terminal: a record that stays, above a block that shows what is going on."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.cli.output import draw, erase, narrate
from reconciler.cli.progress.view import View
from reconciler.cli.progress.words import block_lines
from reconciler.model.event import Event
from reconciler.ports import Clock


class Live:
    """Draws the view below the lines of the record."""

    TICK_SECONDS = 0.5

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def tell(self, lines: Sequence[str], *, event: Event) -> None:  # noqa: ARG002 - a log names it
        """Add lines to the record."""
        for line in lines:
            narrate(line)

    def tick(self, view: View) -> None:
        """Draw the view as it is now."""
        draw(block_lines(view, now=self._clock.monotonic(), at=self._clock.now()))

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Leave only the record."""
        erase()
