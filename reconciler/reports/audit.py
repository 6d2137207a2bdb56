"""The runs in the ledger, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import click

from reconciler.model.duration import duration
from reconciler.model.ledger import Entry
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import rate
from reconciler.reports.words import clauses

_SAID = {
    "change_started": "started",
    "gate_passed": "passed",
    "gate_failed": "failed",
    "gate_inconclusive": "inconclusive",
    "rollback_started": "rolling back",
    "change_rolled_back": "rolled back",
    "rollback_failed": "rollback failed",
    "change_failed": "failed",
    "change_recovered": "recovered",
    "webhook_failed": "webhook failed",
}
_COLOR = {
    "gate_passed": "green",
    "gate_failed": "red",
    "gate_inconclusive": "yellow",
    "change_rolled_back": "red",
    "rollback_failed": "red",
    "change_failed": "red",
}


def history_text(entries: Sequence[Entry], *, at_work: str | None) -> str:
    """Each run in turn: who, from which commit, why, the result of each change, how long.

    `at_work` is what the lock says about the apply that holds it, "" if that cannot be read, and
    None if no apply holds it.
    """
    runs = groupby(entries, key=lambda entry: entry.run_id)
    return "\n\n".join(
        "\n".join(_run(run_id, list(members), at_work=at_work)) for run_id, members in runs
    )


def _run(run_id: str, entries: Sequence[Entry], *, at_work: str | None) -> Iterator[str]:
    started = next((entry for entry in entries if entry.event == "run_started"), None)
    yield click.style(f"Run {plain(run_id)}", bold=True) + f"  {entries[0].timestamp}"
    if started is not None:
        yield from _origin(started)
    steps = _Steps()
    for entry in entries:
        if entry.event not in ("run_started", "run_finished"):
            yield from (f"  {line}" for line in steps.lines(entry))
    yield f"  {_end(run_id, entries, at_work=at_work)}"


def _origin(started: Entry) -> Iterator[str]:
    data = started.data
    target = data.get("target")
    if isinstance(target, dict):
        yield f"  on   {_text(target.get('origin'))}, bot {_text(target.get('bot_id') or '(none)')}"
    commit = f", commit {_text(data.get('commit'))}" if data.get("commit") else ""
    yield f"  by   {_text(data.get('actor') or 'unknown')}{commit}"
    if data.get("reason"):
        yield f"  why  {_text(data.get('reason'))}"
    if data.get("gate") is False:
        yield click.style("  WITHOUT the gate", fg="yellow", bold=True)


class _Steps:
    """The steps of a run as lines, in order. A rollback does not repeat the reason of the gate."""

    def __init__(self) -> None:
        self._stored: set[str] = set()
        self._reasons: dict[str, str] = {}

    def lines(self, entry: Entry) -> Iterator[str]:
        """The line of a step, and further ones if its reason is long."""
        slot_id = _text(entry.data.get("slot_id") or "")
        reason = _text(entry.data.get("reason") or "")
        is_known = entry.event == "rollback_started" and reason == self._reasons.get(slot_id)
        first, *rest = clauses("" if is_known else reason)
        parts = [part for part in (slot_id, *_details(entry), first, *_results(entry)) if part]
        styled = click.style(f"{self._said(entry, slot_id):<15}", fg=_COLOR.get(entry.event))
        yield f"{_time(entry)}  {styled} {', '.join(parts)}"
        yield from (f"{' ' * 12}{each}" for each in rest)
        self._reasons[slot_id] = reason

    def _said(self, entry: Entry, slot_id: str) -> str:
        """A slot that is stored again is trained: with some APIs that is a request of its own."""
        if entry.event == "change_started":
            self._stored.discard(slot_id)
        if entry.event != "change_applied":
            return _SAID.get(entry.event, plain(entry.event))
        is_stored = slot_id in self._stored
        self._stored.add(slot_id)
        if not is_stored:
            return "stored"
        return "trained" if entry.data.get("success") is True else "not trained"


def _details(entry: Entry) -> Iterator[str]:
    data = entry.data
    if entry.event == "change_started":
        yield _text(data.get("action") or "")
        if data.get("baseline") is not None:
            yield f"baseline {_rate(data.get('baseline'))}"
    elif entry.event == "change_applied":
        yield f"{_text(data.get('latency_ms'))} ms"


def _results(entry: Entry) -> Iterator[str]:
    for key in ("note", "outcome"):
        if entry.data.get(key):
            yield _text(entry.data[key])


def _end(run_id: str, entries: Sequence[Entry], *, at_work: str | None) -> str:
    finished = next((entry for entry in entries if entry.event == "run_finished"), None)
    if finished is None:
        return _without_an_end(run_id, at_work=at_work)
    summary = finished.data.get("summary")
    counts = summary if isinstance(summary, dict) else {}
    ended = ", ".join(
        f"{_text(count)} {_text(status)}" for status, count in counts.items() if count
    )
    seconds = (finished.moment - entries[0].moment).total_seconds()
    return f"{ended.replace('_', ' ') or 'nothing changed'}, in {duration(seconds)}"


def _without_an_end(run_id: str, *, at_work: str | None) -> str:
    if at_work == "":  # an apply holds the lock, but it cannot be read which one
        return click.style("not finished; an apply is running", fg="yellow", bold=True)
    if at_work is not None and f"run {run_id}," in f"{at_work},":
        return click.style("running", fg="yellow", bold=True) + f" ({plain(at_work)})"
    return click.style("never finished", fg="red", bold=True)


def _time(entry: Entry) -> str:
    return entry.timestamp[11:19]


def _rate(value: Any) -> str:
    return rate(float(value)) if isinstance(value, (int, float)) else _text(value)


def _text(value: Any) -> str:
    return plain(str(value))
