"""The engine's progress on standard error, line by line; on a terminal, also what it waits for."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from reconciler.cli.output import say
from reconciler.config.terminal import color_is_unwanted
from reconciler.model.change import Change
from reconciler.model.gate import Verdict, VerdictResult
from reconciler.model.outcome import Outcome, Status
from reconciler.ports import Observer
from reconciler.reports.escaping import plain
from reconciler.reports.words import rate

_CLEAR_LINE = "\r\x1b[2K"
_COLOR = {
    VerdictResult.PASSED: "green",
    VerdictResult.FAILED: "red",
    VerdictResult.INCONCLUSIVE: "yellow",
}


class Progress(Observer):
    """Narrates to standard error."""

    def __init__(self) -> None:
        self._position = self._total = 0
        self._live = sys.stderr is not None and sys.stderr.isatty() and not color_is_unwanted()

    def plan_begun(self, changes: Sequence[Change]) -> None:
        self._position, self._total = 0, len(changes)

    def wave_begun(self, changes: Sequence[Change]) -> None:
        self._wait(f"    {len(changes)} changes together; reading their baselines …")

    def change_begun(self, change: Change) -> None:
        self._position += 1
        self._say(
            click.style(f"[{self._position}/{self._total}] {change.action.value} ", bold=True)
            + f"{plain(change.slot_id)} ({plain(change.name)})"
        )

    def baseline_read(self, change: Change, baseline: float | None) -> None:
        self._say(f"    baseline {rate(baseline)}" if baseline is not None else "    no baseline")

    def change_stored(self, change: Change) -> None:
        self._say("    deleted" if change.after is None else "    stored")
        self._wait(f"    waiting for the gate of {plain(change.slot_id)} …")

    def write_repeated(self, slot_id: str, reason: str) -> None:
        self._say(f"    {plain(reason)} Trying again.")

    def waiting_for_metrics(self, slot_id: str, reason: str) -> None:
        self._wait(f"    waiting for {plain(slot_id)}: {plain(reason)} …")

    def verdict_reached(self, slot_id: str, verdict: Verdict) -> None:
        result = click.style(verdict.result.value, fg=_COLOR[verdict.result])
        self._say(f"    {result}: {plain(slot_id)}, {plain(verdict.reason)}")

    def rollback_begun(self, change: Change) -> None:
        self._say(f"    {click.style('rolling back', fg='red')} {plain(change.slot_id)}")

    def change_ended(self, outcome: Outcome) -> None:
        if outcome.status is Status.SKIPPED:
            self._position += 1
            self._say(f"    skipped {plain(outcome.slot_id)}: {plain(outcome.message)}")

    def warned(self, message: str) -> None:
        self._say(f"{click.style('Warning:', fg='yellow', bold=True)} {plain(message)}")

    def _say(self, line: str) -> None:
        say(line, before=_CLEAR_LINE if self._live else "")

    def _wait(self, line: str) -> None:
        """A line that the next one replaces."""
        if self._live:
            say(line, before=_CLEAR_LINE, end="")
