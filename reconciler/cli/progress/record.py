"""What stays of each event: the lines that are a plain record of what happened."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import singledispatchmethod

import click

from reconciler.model.change import Action
from reconciler.model.event import (
    BaselineRead,
    ChangeBegun,
    ChangeEnded,
    ChangeStored,
    Event,
    Measured,
    Paused,
    PlanBegun,
    RateLimited,
    ReadBackDue,
    RequestRepeated,
    RollbackBegun,
    SnapshotTaken,
    VerdictReached,
    WaitingForMetrics,
    WriteRepeated,
)
from reconciler.model.gate import NotMeasured
from reconciler.model.outcome import Status
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import rate
from reconciler.reports.text.colors import VERDICT_COLOR
from reconciler.reports.words import clauses

_LONG_WAIT_SECONDS = 5.0
"""A wait this long is always announced, so that nobody wonders why nothing happens."""

logger = logging.getLogger(__name__)


class Record:
    """Tells the lines of each event, and with --verbose more of them."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._say = tell
        self._position = self._total = 0

    def add(self, event: Event) -> None:
        """Tell the lines for the event, if there is anything to say about it."""
        self._tell(event)

    @singledispatchmethod
    def _tell(self, event: Event) -> None:
        """Say nothing about any other event."""

    @_tell.register
    def _(self, event: RateLimited) -> None:
        limit = f"The rate limit of {event.limit} requests a minute is reached"
        self._tell_wait(f"{limit}; waiting {event.seconds:.0f} s.", seconds=event.seconds)

    @_tell.register
    def _(self, event: Paused) -> None:
        line = f"The tenant asked for a pause; waiting {event.seconds:.0f} s."
        self._tell_wait(line, seconds=event.seconds)

    @_tell.register
    def _(self, event: RequestRepeated) -> None:
        self._say(f"{self._indentation}{plain(event.message)}")

    @_tell.register
    def _(self, event: PlanBegun) -> None:
        self._position, self._total = 0, len(event.changes)

    @_tell.register
    def _(self, event: SnapshotTaken) -> None:
        self._say(f"snapshot taken: {plain(event.name)}")

    @_tell.register
    def _(self, event: ChangeBegun) -> None:
        change = event.change
        self._position += 1
        self._say(
            click.style(f"[{self._position}/{self._total}] {change.action.value} ", bold=True)
            + plain(change.slot_id)
            + ("" if change.name == change.slot_id else f" ({plain(change.name)})")
        )

    @_tell.register
    def _(self, event: BaselineRead) -> None:
        known = event.baseline is not None
        self._say(f"    baseline {rate(event.baseline)}" if known else "    no baseline")

    @_tell.register
    def _(self, event: ChangeStored) -> None:
        self._say("    deleted" if event.action is Action.DELETE else "    stored")

    @_tell.register
    def _(self, event: WriteRepeated) -> None:
        self._say(f"    {plain(event.reason)} Trying again.")

    @_tell.register
    def _(self, event: ReadBackDue) -> None:
        self._detail(
            f"{plain(event.slot_id)} does not read as it should yet; reading it again in "
            f"{event.seconds:.0f} s."
        )

    @_tell.register
    def _(self, event: Measured) -> None:
        reading = event.reading
        if isinstance(reading, NotMeasured):
            self._detail(f"{plain(event.slot_id)} is not measured: {plain(reading.reason)}")
            return
        samples = f" of {reading.sample_count} samples" if reading.sample_count else ""
        self._detail(f"{plain(event.slot_id)} measures {rate(reading.success_rate)}{samples}")

    @_tell.register
    def _(self, event: WaitingForMetrics) -> None:
        self._detail(f"{plain(event.slot_id)}: {plain(event.reason)}")

    @_tell.register
    def _(self, event: VerdictReached) -> None:
        verdict = event.verdict
        result = click.style(verdict.result.value, fg=VERDICT_COLOR[verdict.result])
        first, *rest = clauses(verdict.reason)
        self._say(f"    {result}: {plain(event.slot_id)}, {plain(first)}")
        for each in rest:
            self._say(f"        {plain(each)}")

    @_tell.register
    def _(self, event: RollbackBegun) -> None:
        self._say(f"    {click.style('rolling back', fg='red')} {plain(event.slot_id)}")

    @_tell.register
    def _(self, event: ChangeEnded) -> None:
        outcome = event.outcome
        if outcome.status is Status.SKIPPED:
            self._position += 1
            first, *rest = clauses(outcome.message)
            self._say(f"    skipped {plain(outcome.slot_id)}: {plain(first)}")
            for each in rest:
                self._say(f"        {plain(each)}")

    @property
    def _indentation(self) -> str:
        """Puts a line below that of the current change, if there is one."""
        return "    " if self._position else ""

    def _tell_wait(self, line: str, *, seconds: float) -> None:
        if seconds >= _LONG_WAIT_SECONDS:
            self._say(f"{self._indentation}{line}")
        else:
            self._detail(line)

    def _detail(self, line: str) -> None:
        """Print a line that only --verbose shows."""
        if logger.isEnabledFor(logging.INFO):
            self._say(f"{self._indentation}{line}")
