"""The issue about drift: its title, its body, and a digest that identifies the drift."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from reconciler.model.base import sha256_of
from reconciler.model.change import Action, Cause, Change
from reconciler.model.drift import DriftReport, LastChange
from reconciler.model.gate import VerdictResult
from reconciler.reports.bakes import failed_count
from reconciler.reports.comment.changes import Numbered, changes_section, numbered
from reconciler.reports.comment.remedies import ways_out
from reconciler.reports.comment.table import (
    MAX_ROWS,
    Places,
    field_words,
    nowhere,
    slot_cell,
    table,
)
from reconciler.reports.markdown import (
    on_endpoint,
    rejected_section,
    verdict_line,
    warnings_section,
)
from reconciler.reports.markdown_bakes import UNKNOWN, PullRequests, bakes_section
from reconciler.reports.markdown_text import MAX_NAME, cell, foot, within
from reconciler.reports.markers import LIMIT, hidden, marker
from reconciler.reports.numbers import counted
from reconciler.reports.words import drift_counts, is_gone, nothing_measured

_ROOM = 6_000
_HAPPENED = {
    Cause.CHANGED_IN_TENANT: "**changed in the tenant**",
    Cause.NOT_APPLIED: "not applied yet",
    None: "of unknown cause",
}
_DIFFERENCE: Mapping[Action, Callable[[Change], str]] = {
    Action.CREATE: lambda _: "not live",
    Action.UPDATE: lambda change: "; ".join(map(field_words, change.fields)),
    Action.DELETE: lambda _: "live, and should not be",
}
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
            **_failed_bakes(report),
        }
    )


def _failed_bakes(report: DriftReport) -> dict[str, list[list[str]]]:
    """Nothing without any, so that an issue that an older version wrote shows the same drift."""
    failed = sorted([each.slot_id, each.run_id] for each in report.failed_bakes)
    return {"bakes": failed} if failed else {}


def _cause_text(cause: Cause | None) -> str:
    return cause.value if cause else ""


def _contents_digest(change: Change) -> str:
    sides = change.model_dump(mode="json", include={"before", "after"})
    return sha256_of([sides["before"], sides["after"]])


def drift_title(report: DriftReport) -> str:
    """Names the environment, if there is one, and the endpoint. A title is not Markdown: what could
    have a meaning there is replaced."""
    endpoint = report.endpoint
    origin = _safe(re.sub(r"^https?://", "", endpoint.origin))
    where = f"Drift in {report.environment}" if report.environment else "Drift"
    return f"{where}: {endpoint.kind} {_safe(endpoint.bot_id or '(none)')} on {origin}"


def drift_issue(
    report: DriftReport,
    *,
    link: str | None,
    places: Places = nowhere,
    pull_requests: PullRequests = UNKNOWN,
) -> str:
    """The body of the issue: which slots drifted, by whom where that is known, how to adopt or
    undo it, which slots were rejected or are below their gate, and which changes failed their bake.

    `places` has the line of each slot in its file, `pull_requests` those that brought commits.
    """
    digest, summary = drift_digest(report), report.summary
    where = on_endpoint(report.endpoint, environment=report.environment)
    changes = numbered(_by_cause(report))
    head = [
        marker("drift", report.endpoint, environment=report.environment),
        hidden("drift", {"digest": digest}),
        "",
        f"### {_headline(report)}",
        "",
        f"Compared {where}: {counted(summary.unchanged, 'slot')} as "
        f"desired, {summary.unmanaged} unmanaged.",
        "",
        *_table(changes, report, places=places),
        *ways_out(report),
        *rejected_section(report.rejected),
        *_rates(report),
        *bakes_section(report.bakes, pull_requests=pull_requests),
    ]
    tail = [
        *warnings_section(report.warnings),
        foot((), commit=None, link=link, full="Full report"),
    ]
    room = LIMIT - len("\n".join([*head, *tail])) - 100
    diffs = changes_section(
        [each for each in changes if not is_gone(each[1], report.causes.get(each[1].slot_id))],
        title="The diffs, from live (-) to the files (+)",
        causes=report.causes,
        link=link,
        full="the full report",
        room=room,
    )
    return "\n".join([*head, *diffs, *tail]).rstrip()


def _table(changes: Sequence[Numbered], report: DriftReport, *, places: Places) -> Iterator[str]:
    """What happened to each slot and, if the tenant says so, who changed it last."""
    by_whom = bool(report.last_changes)

    def row(number: int, change: Change, places: Places) -> str:
        last = report.last_changes.get(change.slot_id)
        cells = [
            str(number),
            slot_cell(change, places=places),
            _happened(change, report.causes.get(change.slot_id)),
            *([_by(last)] if by_whom else []),
        ]
        return f"| {' | '.join(cells)} |"

    heads = ["", "Slot", "What happened", *(["Last change"] if by_whom else [])]
    yield from table(
        (f"| {' | '.join(heads)} |", f"|--:{'|:--' * (len(heads) - 1)}|"),
        (row(*each, places) for each in changes[:MAX_ROWS]),
        (row(*each, nowhere) for each in changes[MAX_ROWS:]),
        count=len(changes),
    )


def _happened(change: Change, cause: Cause | None) -> str:
    if is_gone(change, cause):
        return "**deleted in the tenant**"
    return f"{_HAPPENED[cause]}: {_DIFFERENCE[change.action](change)}"


def _by(last: LastChange | None) -> str:
    if last is None:
        return "unknown"
    return f"{cell(last.name or last.user_id, most=MAX_NAME)}, {last.at:%Y-%m-%d %H:%M} UTC"


def _by_cause(report: DriftReport) -> list[Change]:
    """The changes, grouped by cause."""
    order = (Cause.CHANGED_IN_TENANT, Cause.NOT_APPLIED, None)
    return sorted(report.changes, key=lambda each: order.index(report.causes.get(each.slot_id)))


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", text[:_MAX_TITLE])


def _headline(report: DriftReport) -> str:
    failed = len(report.judged(VerdictResult.FAILED))
    baked = [failed_count(report.failed_bakes)] if report.failed_bakes else []
    if report.is_drifted:
        causes = [report.causes.get(each.slot_id) for each in report.changes]
        counts = drift_counts(causes, rejected=len(report.rejected))
        below = [f"{failed} below the gate"] if failed else []
        return f"🛑 Drift: {', '.join([counts, *below, *baked])}"
    below = [f"{counted(failed, 'slot')} below the gate"] if failed else []
    if below or baked:
        return f"🛑 No drift, but {', '.join([*below, *baked])}"
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
    yield from ("#### Measured rates", "")
    if report.nothing_measured:
        yield from (f"**{nothing_measured(report.endpoint.kind)}**", "")
    yield from (
        *within(items, count=len(unhealthy), room=_ROOM, noun="slot"),
        f"- passed: {counted(len(report.judged(VerdictResult.PASSED)), 'slot')}",
        "",
    )
