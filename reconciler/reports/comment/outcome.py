"""The comment on a merged pull request: the result of the apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.model.change import Change
from reconciler.model.endpoint import Endpoint, Kind
from reconciler.model.outcome import STANDING, Outcome, RunReport, Status
from reconciler.reports.comment.table import Places, nowhere
from reconciler.reports.markdown import on_endpoint, rejected_section, waiting_section
from reconciler.reports.markdown_changes import Room, change_diff
from reconciler.reports.markdown_text import (
    MAX_NAME,
    MAX_TEXT,
    code,
    codes,
    folded,
    foot,
    link_to,
    message_block,
    within,
)
from reconciler.reports.markers import marker
from reconciler.reports.numbers import counted
from reconciler.reports.waiting import waiting_counts
from reconciler.reports.words import missing_rates

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
_DIFF_LINES = 20
"""Of each field of a change that does not stand."""
_FOLDED = frozenset({Status.UNJUDGED, Status.VERIFIED, Status.SKIPPED})


@dataclass(frozen=True)
class Applied:
    """What is known of the changes that were applied: the changes themselves, by slot id, and their
    places in the files; and the environment, if there is one."""

    environment: str | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    places: Places = nowhere


UNKNOWN = Applied()


def outcome_comment(
    report: RunReport,
    *,
    commit: str | None,
    link: str | None,
    endpoint: Endpoint | None = None,
    applied: Applied = UNKNOWN,
) -> str:
    """What became of each change, with the numbers and, of one that does not stand, its diff; and
    after a gate stop, what that leaves behind and the two ways out. `endpoint` is used if the
    report has none.
    """
    where = report.endpoint or endpoint or Endpoint(origin="")
    return "\n".join(
        [
            marker("outcome", where),
            "",
            f"### {_headline(report)}",
            "",
            *_where(report, where, environment=applied.environment),
            *_error(report),
            *_left_behind(report),
            *rejected_section(report.rejected),
            *waiting_section(report.waiting),
            *_sections(report.outcomes, applied),
            foot([*_parts(report)], commit=commit, link=link, full="full log"),
        ]
    )


def _where(report: RunReport, endpoint: Endpoint, *, environment: str | None) -> Iterator[str]:
    if endpoint.origin and (report.outcomes or environment):
        yield from (f"Run {on_endpoint(endpoint, environment=environment)}.", "")


def _headline(report: RunReport) -> str:
    counts = dict.fromkeys(_TITLES, 0)
    for entry in report.outcomes:
        counts[entry.status] += 1
    parts = [f"{count} {each.value.replace('_', ' ')}" for each, count in counts.items() if count]
    if report.rejected:
        parts.append(f"{len(report.rejected)} live although rejected")
    parts += waiting_counts(report.waiting)
    result = ", ".join(parts)
    stopped = _what_stopped(report, counts)
    if stopped is not None:
        return f"🛑 {stopped}: {result}" if result else f"🛑 {stopped}"
    if not result:
        return "✅ Nothing to apply"
    if not (report.outcomes or report.rejected):
        return f"✅ Nothing to apply yet: {result}"
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


def _left_behind(report: RunReport) -> Iterator[str]:
    """How the files and the tenant differ now, what is quarantined, and what to do about it."""
    kind = report.endpoint.kind if report.endpoint else "bot"
    live = {each.slot_id for each in report.rejected}
    missing = [each for each in report.outcomes if not each.stands and each.slot_id not in live]
    stopped = [each.slot_id for each in report.outcomes if each.gate_stopped]
    if missing:
        count = f"{len(missing)} of the {counted(len(report.outcomes), 'change')}"
        is_not = "is" if len(missing) == 1 else "are"
        yield f"**The files on the branch and the {kind} differ now**: {count} {is_not} not live."
    if stopped:
        yield (
            f"**Quarantined**: {codes(stopped)}. Until the file changes, every apply skips this "
            "content, and what depends on it; `reconciler apply --retry-failed` tries it again."
        )
        yield from ("", "Two ways out, each in a new pull request:", "", *_ways_out(kind))
    if missing or stopped:
        yield ""


def _ways_out(kind: Kind) -> Iterator[str]:
    yield (
        "1. **Correct it**: change the slot's file. The changed content is tried again, and with "
        "it what was not started."
    )
    yield (
        "2. **Take it back**: press *Revert* on this pull request, so that the files say again "
        f"what the {kind} does. That takes back what passed, too."
    )


def _sections(outcomes: Sequence[Outcome], applied: Applied) -> Iterator[str]:
    room = _ROOM
    for status in _TITLES:
        entries = [entry for entry in outcomes if entry.status is status]
        if entries:
            section = list(_section(entries, status, room=room, applied=applied))
            room -= len("\n".join(section))
            yield from section


def _section(
    entries: Sequence[Outcome], status: Status, *, room: int, applied: Applied
) -> Iterator[str]:
    items = within(
        (_entry(each, applied) for each in entries), count=len(entries), room=room, noun="slot"
    )
    yield f"#### {_TITLES[status]}: {counted(len(entries), 'slot')}"
    yield ""
    if status in _FOLDED and len(entries) > _MANY:
        yield from folded(counted(len(entries), "slot"), items)
    else:
        yield from items
    yield ""


def _entry(entry: Outcome, applied: Applied) -> str:
    change = applied.changes.get(entry.slot_id)
    slot = code(entry.slot_id, most=MAX_NAME)
    if change is not None:
        slot = link_to(applied.places(change), slot)
    parts = [f"- {entry.action.value} {slot}"]
    if rates := missing_rates(entry, entry.message):
        parts.append(f"success rate {rates}")
    if entry.message:
        parts.append(code(entry.message, most=MAX_TEXT))
    if entry.recovered:
        parts.append("recovered from an earlier run, which had left it open")
    said = ", ".join(parts)
    if change is None or entry.stands or entry.status is Status.SKIPPED:
        return said
    diff = change_diff(change, room=Room(lines=_DIFF_LINES))
    return "\n".join([said, "", *(f"  {line}" for line in diff)]) if diff else said


def _parts(report: RunReport) -> Iterator[str]:
    yield f"run {code(report.run_id, most=MAX_NAME)}" if report.run_id else "no run was started"
    if report.snapshot:
        yield f"snapshot before it: {code(report.snapshot, most=MAX_NAME)}"
