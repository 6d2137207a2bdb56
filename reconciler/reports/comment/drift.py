"""The issue about drift: its title, its body, and a digest that identifies the drift."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.model.base import sha256_of
from reconciler.model.change import Cause, Change
from reconciler.model.drift import DriftReport
from reconciler.model.gate import VerdictResult
from reconciler.reports.comment.sections import changes_section, warnings_section
from reconciler.reports.markdown import on_endpoint, rejected_section, verdict_line
from reconciler.reports.markdown_text import MAX_TEXT, code, foot, within
from reconciler.reports.markers import LIMIT, hidden, marker
from reconciler.reports.numbers import counted
from reconciler.reports.words import NOTHING_MEASURED, drift_counts, last_changed

_ROOM = 6_000
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_MAX_TITLE = 80


def drift_digest(report: DriftReport) -> str:
    """Hex SHA-256 over what differs, was rejected or failed; not over rates, order or times."""
    return sha256_of(
        {
            "changes": sorted(
                [
                    each.slot_id,
                    each.action.value,
                    _cause_text(report.causes.get(each.slot_id)),
                    _contents_digest(each),
                ]
                for each in report.changes
            ),
            "rejected": sorted([each.slot_id, each.run_id, each.live] for each in report.rejected),
            "failed": list(report.judged(VerdictResult.FAILED)),
        }
    )


def _cause_text(cause: Cause | None) -> str:
    return cause.value if cause else ""


def _contents_digest(change: Change) -> str:
    sides = change.model_dump(mode="json", include={"before", "after"})
    return sha256_of([sides["before"], sides["after"]])


def drift_title(report: DriftReport) -> str:
    """Names the endpoint. A title is not Markdown: what could have a meaning there is replaced."""
    endpoint = report.endpoint
    origin = _safe(re.sub(r"^https?://", "", endpoint.origin))
    return f"Drift: bot {_safe(endpoint.bot_id or '(none)')} on {origin}"


def drift_issue(report: DriftReport, *, link: str | None) -> str:
    """The body of the issue: which slots drifted, were rejected, or are below their gate."""
    digest, summary = drift_digest(report), report.summary
    head = [
        marker("drift", report.endpoint),
        hidden("drift", {"digest": digest}),
        "",
        f"### {_headline(report)}",
        "",
        f"Compared {on_endpoint(report.endpoint)}: {counted(summary.unchanged, 'slot')} as "
        f"desired, {summary.unmanaged} unmanaged.",
        "",
    ]
    tail = [
        *_people(report),
        *rejected_section(report.rejected),
        *_rates(report),
        *warnings_section(report.warnings),
        foot([f"drift {code(digest[:16])}"], commit=None, link=link, full="full report"),
    ]
    room = LIMIT - len("\n".join([*head, *tail])) - 100
    changes = changes_section(
        _by_cause(report),
        title="What differs, from live (-) to the files (+)",
        causes=report.causes,
        link=link,
        full="the full report",
        room=room,
    )
    return "\n".join([*head, *changes, *tail])


def _people(report: DriftReport) -> Iterator[str]:
    """Who changed the slots last, if the tenant says so."""
    if not report.last_changes:
        return
    items = (
        f"- {code(slot_id)}: {code(last_changed(last), most=MAX_TEXT)}"
        for slot_id, last in sorted(report.last_changes.items())
    )
    yield from ("#### Last changes", "")
    yield from within(items, count=len(report.last_changes), room=_ROOM, noun="slot")
    yield ""


def _by_cause(report: DriftReport) -> list[Change]:
    """The changes, grouped by cause."""
    order = (Cause.CHANGED_IN_TENANT, Cause.NOT_APPLIED, None)
    return sorted(report.changes, key=lambda each: order.index(report.causes.get(each.slot_id)))


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", text[:_MAX_TITLE])


def _headline(report: DriftReport) -> str:
    failed = len(report.judged(VerdictResult.FAILED))
    below = f", {failed} below the gate" if failed else ""
    if report.is_drifted:
        causes = [report.causes.get(each.slot_id) for each in report.changes]
        return f"🛑 Drift: {drift_counts(causes, rejected=len(report.rejected))}{below}"
    if failed:
        return f"🛑 No drift, but {counted(failed, 'slot')} below the gate"
    return "✅ In sync"


def _rates(report: DriftReport) -> Iterator[str]:
    if report.metrics is None:
        return
    unhealthy = {
        **report.judged(VerdictResult.FAILED),
        **report.judged(VerdictResult.INCONCLUSIVE),
    }
    items = (
        verdict_line(
            each.result.value,
            slot_id,
            success_rate=each.success_rate,
            minimum=each.min_success_rate,
        )
        for slot_id, each in unhealthy.items()
    )
    yield from ("#### Success rates", "")
    if report.nothing_measured:
        yield from (f"**{NOTHING_MEASURED}**", "")
    yield from (
        *within(items, count=len(unhealthy), room=_ROOM, noun="slot"),
        f"- passed: {counted(len(report.judged(VerdictResult.PASSED)), 'slot')}",
        "",
    )
