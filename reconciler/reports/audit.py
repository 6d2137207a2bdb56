"""The runs in the ledger, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import click

from reconciler.model.audit import RecordedRun, RunState, begins_run
from reconciler.model.chain import ChainReport
from reconciler.model.duration import duration
from reconciler.model.ledger import Entry
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted, rate
from reconciler.reports.text.layout import columns_of, wrapped
from reconciler.reports.words import clauses

_COMMIT = 7
"""Characters of a commit, as git abbreviates it."""

_SAID = {
    "snapshot_started": "snapshot begun",
    "snapshot_taken": "snapshot taken",
    "snapshot_failed": "no snapshot",
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
    "bake_passed": "bake passed",
    "slot_seen": "seen",
    "slots_listed": "live slots listed",
    "bake_failed": "bake failed",
    "target_ended": "target",
    "step_ended": "step ended",
    "step_judged": "step judged",
}
_ENDINGS = frozenset({"run_finished", "fleet_finished"})
_COLOR = {
    "snapshot_failed": "red",
    "gate_passed": "green",
    "gate_failed": "red",
    "gate_inconclusive": "yellow",
    "change_rolled_back": "red",
    "rollback_failed": "red",
    "change_failed": "red",
    "bake_passed": "green",
    "bake_failed": "red",
    "halted": "red",
}


def history_text(entries: Sequence[Entry], *, at_work: str | None) -> str:
    """Each run in turn: who, from which commit, why, the result of each change, how long.

    `at_work` is what the lock says about the apply that holds it, "" if that cannot be read, and
    None if no apply holds it.
    """
    parts = []
    for run_id, members in groupby(entries, key=lambda entry: entry.run_id):
        own = list(members)
        run = RecordedRun.of(run_id, own, at_work=at_work)
        parts.append("\n".join(_run(run, own, at_work=at_work)))
    return "\n\n".join(parts)


def chains_text(reports: Sequence[ChainReport], *, name: str) -> str:
    """The same for each chain of the ledger of this name."""
    if not reports:
        return f"{plain(name)} is intact: it has no lines"
    named = ((each, f"{name} {each.chain}" if each.chain else name) for each in reports)
    return "\n".join(chain_text(each, name=its_name) for each, its_name in named)


def chain_text(report: ChainReport, *, name: str) -> str:
    """Every fault of the ledger of this name, or that it is intact, with its last hash."""
    name = plain(name)
    lines = [f"{name}:{fault.line}: the line {fault.message}" for fault in report.faults]
    if report.torn is not None:
        lines.append(f"{name}:{report.torn}: a half-written line; the next apply moves it away")
    if report.set_aside is not None:
        lines.append(f"Half-written lines from earlier crashes are in {plain(report.set_aside)}.")
    if report.is_whole:
        ending = f", last hash {report.last_hash}" if report.last_hash else ""
        lines.append(f"{name} is intact: {counted(report.lines, 'line')}{ending}")
    return "\n".join(lines)


def runs_text(runs: Sequence[RecordedRun], *, width: int | None = None) -> str:
    """Each run in a line: its id, when it began, who ran it, from which commit, and what became of
    it, which has a line of its own on a narrow terminal."""
    return "\n".join(line for run in runs for line in _row(run, width=width))


def run_parts(run: RecordedRun) -> tuple[str, str, str]:
    """When it began, who ran it, and from which commit."""
    when = f"{run.started[:10]} {run.started[11:16]} UTC"
    return when, _text(run.actor or "unknown"), _text(run.commit or "-")[:_COMMIT]


def run_end(run: RecordedRun) -> str:
    """What became of it, and whether its changes were judged."""
    end = _end(run, at_work=None)
    if run.judged:
        return end
    return f"{end}, {click.style('WITHOUT the gate', fg='yellow', bold=True)}"


def _row(run: RecordedRun, *, width: int | None) -> Iterator[str]:
    when, actor, commit = run_parts(run)
    head = f"{plain(run.run_id)}  {when}  {actor}  {commit:<{_COMMIT}}"
    end = run_end(run)
    whole = f"{head}  {end}"
    if width is None or columns_of(click.unstyle(whole)) <= width:
        yield whole
        return
    yield from wrapped(head.rstrip(), width=width)
    yield f"    {end}"


def _run(run: RecordedRun, entries: Sequence[Entry], *, at_work: str | None) -> Iterator[str]:
    yield click.style(f"Run {plain(run.run_id)}", bold=True) + f"  {run.started}"
    begun = next(filter(begins_run, entries), None)
    if begun is not None:
        yield from _origin(run, begun)
    steps = _Steps()
    for entry in entries:
        if not begins_run(entry) and entry.event not in _ENDINGS:
            yield from (f"  {line}" for line in steps.lines(entry))
    yield f"  {_end(run, at_work=at_work)}"


def _origin(run: RecordedRun, begun: Entry) -> Iterator[str]:
    if run.is_of_fleet:
        selection = _text(begun.data.get("selection") or "every target")
        yield f"  on   {selection}: {_text(begun.data.get('targets'))} of the fleet"
    elif run.origin is not None or run.bot_id is not None:
        yield f"  on   {_text(run.origin)}, {run.kind} {_text(run.bot_id or '(none)')}"
    commit = f", commit {_text(run.commit)}" if run.commit else ""
    yield f"  by   {_text(run.actor or 'unknown')}{commit}"
    if run.reason:
        yield f"  why  {_text(run.reason)}"
    if not run.judged:
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
    elif entry.event in ("snapshot_started", "snapshot_taken", "snapshot_failed"):
        yield _text(data.get("name") or "")
    elif entry.event == "change_applied":
        yield f"{_text(data.get('latency_ms'))} ms"
    elif entry.event == "target_ended":
        yield _text(data.get("target") or "")
        yield _text(data.get("status") or "").replace("_", " ")
        yield f"run {_text(data['target_run_id'])}" if data.get("target_run_id") else ""
        yield _text(data.get("error") or "").rstrip(".")
    elif entry.event in ("step_ended", "step_judged", "halted"):
        yield f"step {_text(data.get('step'))}"
        yield f"{_text(data['failed'])} failed" if "failed" in data else ""


def _results(entry: Entry) -> Iterator[str]:
    for key in ("note", "outcome"):
        if entry.data.get(key):
            yield _text(entry.data[key])


def _end(run: RecordedRun, *, at_work: str | None) -> str:
    if run.state is RunState.FINISHED:
        ended = ", ".join(f"{count} {_text(status)}" for status, count in run.summary.items())
        took = duration(run.seconds or 0)
        made_by = f"{_text(run.command)}: " if run.command else ""
        return f"{made_by}{ended.replace('_', ' ') or 'nothing changed'}, in {took}"
    if run.state is RunState.UNKNOWN:
        return click.style("not finished; an apply is running", fg="yellow", bold=True)
    if run.state is RunState.RUNNING:
        holder = f" ({plain(at_work)})" if at_work else ""
        return click.style("running", fg="yellow", bold=True) + holder
    return click.style("never finished", fg="red", bold=True)


def _time(entry: Entry) -> str:
    return entry.timestamp[11:19]


def _rate(value: Any) -> str:
    return rate(float(value)) if isinstance(value, (int, float)) else _text(value)


def _text(value: Any) -> str:
    return plain(str(value))
