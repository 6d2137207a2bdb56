"""The comment on a merged pull request: the result of the apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.endpoint import Endpoint
from reconciler.model.outcome import STANDING, Outcome, RunReport, Status
from reconciler.reports.markdown import on_endpoint, rejected_section
from reconciler.reports.markdown_text import (
    MAX_NAME,
    MAX_TEXT,
    code,
    folded,
    foot,
    message_block,
    within,
)
from reconciler.reports.markers import marker
from reconciler.reports.numbers import counted, rate

_MANY = 10
_ROOM = 35_000
_TITLES = {
    Status.ROLLBACK_FAILED: "🛑 Rejected, and not fully rolled back",
    Status.FAILED: "🛑 Failed",
    Status.ROLLED_BACK: "↩️ Rolled back by the gate",
    Status.INCONCLUSIVE: "⚠️ Live, but not measurable",
    Status.UNJUDGED: "⚠️ Live, but not judged",
    Status.VERIFIED: "✅ Verified",
    Status.SKIPPED: "⏭️ Not started",
}
"""By status, the worst first, so that only the best are left out for lack of room."""
_FOLDED = frozenset({Status.UNJUDGED, Status.VERIFIED, Status.SKIPPED})


def outcome_comment(
    report: RunReport,
    *,
    commit: str | None,
    link: str | None,
    endpoint: Endpoint | None = None,
) -> str:
    """Which changes were verified, with their rates, were rolled back, with the reason, or were
    skipped. `endpoint` is used if the report has none.
    """
    where = report.endpoint or endpoint or Endpoint(origin="")
    return "\n".join(
        [
            marker("outcome", where),
            "",
            f"### {_headline(report)}",
            "",
            *([f"Run {on_endpoint(where)}.", ""] if where.origin and report.outcomes else ()),
            *_error(report),
            *rejected_section(report.rejected),
            *_sections(report.outcomes),
            foot([*_parts(report)], commit=commit, link=link, full="full log"),
        ]
    )


def _headline(report: RunReport) -> str:
    counts = dict.fromkeys(_TITLES, 0)
    for entry in report.outcomes:
        counts[entry.status] += 1
    parts = [f"{count} {each.value.replace('_', ' ')}" for each, count in counts.items() if count]
    if report.rejected:
        parts.append(f"{len(report.rejected)} live although rejected")
    result = ", ".join(parts)
    stopped = _what_stopped(report, counts)
    if stopped is not None:
        return f"🛑 {stopped}: {result}" if result else f"🛑 {stopped}"
    if not result:
        return "✅ Nothing to apply"
    if not any(counts[status] for status in STANDING):
        return f"⚠️ Nothing was applied: {result}"
    doubtful = (Status.INCONCLUSIVE, Status.UNJUDGED, Status.SKIPPED)
    if report.rejected or any(counts[status] for status in doubtful):
        return f"⚠️ Applied, but not all verified: {result}"
    return f"✅ Applied: {result}"


def _what_stopped(report: RunReport, counts: Mapping[Status, int]) -> str | None:
    """Why the run did not finish; None if it did."""
    if report.interrupted and report.error and report.run_id:
        return "The apply was cut off, and the next one recovers what it left open"
    if counts[Status.ROLLBACK_FAILED] or counts[Status.FAILED]:
        return "The apply needs attention"
    if counts[Status.ROLLED_BACK]:
        return "The gate stopped the apply"
    if report.interrupted or report.error:
        how = "was interrupted" if report.interrupted else "ended early"
        return f"The apply {how}" if report.outcomes else "Nothing was applied"
    return None


def _error(report: RunReport) -> Iterator[str]:
    if report.error is not None:
        yield from (*message_block(report.error), "")
        if report.hint:
            yield from (*message_block(report.hint), "")


def _sections(outcomes: Sequence[Outcome]) -> Iterator[str]:
    room = _ROOM
    for status in _TITLES:
        entries = [entry for entry in outcomes if entry.status is status]
        if entries:
            section = list(_section(entries, status, room=room))
            room -= len("\n".join(section))
            yield from section


def _section(entries: Sequence[Outcome], status: Status, *, room: int) -> Iterator[str]:
    items = within((_entry(each) for each in entries), count=len(entries), room=room, noun="slot")
    yield f"#### {_TITLES[status]}: {counted(len(entries), 'slot')}"
    yield ""
    if status in _FOLDED and len(entries) > _MANY:
        yield from folded(counted(len(entries), "slot"), items)
    else:
        yield from items
    yield ""


def _entry(entry: Outcome) -> str:
    parts = [f"- {entry.action.value} {code(entry.slot_id, most=MAX_NAME)}"]
    if entry.success_rate is not None or entry.baseline is not None:
        parts.append(f"success rate {rate(entry.baseline)} → {rate(entry.success_rate)}")
    if entry.message:
        parts.append(code(entry.message, most=MAX_TEXT))
    if entry.recovered:
        parts.append("recovered from an earlier run, which had left it open")
    return ", ".join(parts)


def _parts(report: RunReport) -> Iterator[str]:
    yield f"run {code(report.run_id, most=MAX_NAME)}" if report.run_id else "no run was started"
    if report.ledger_hash:
        yield f"the ledger ends with {code(report.ledger_hash, most=MAX_NAME)}"
