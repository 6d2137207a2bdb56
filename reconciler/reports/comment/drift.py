"""The issue about drift: its title, its body, and whether it is still the same drift."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from reconciler.model.base import sha256_of
from reconciler.model.gate import VerdictResult
from reconciler.reports.comment.sections import changes_section, warnings_section
from reconciler.reports.documents import DriftDocument, PlanFailure, drift_document
from reconciler.reports.markdown import on_endpoint, rejected_section, verdict_line
from reconciler.reports.markdown_text import code, foot, within
from reconciler.reports.markers import LIMIT, hidden, marker
from reconciler.reports.words import NOTHING_MEASURED, counted, drift_counts

DriftState = Literal["drifted", "healthy", "unknown", "unmeasured"]
_ROOM = 6_000
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_MAX_TITLE = 80


def drift_state(document: Mapping[str, Any]) -> DriftState:
    """Whether an issue is due, is over, or cannot be decided about.

    `unknown` is an error, or a measurement that is missing or inconclusive where nothing else is
    wrong; `unmeasured` is one where none gave a number. Raises ValueError where it is not a drift
    document.
    """
    found = drift_document(document)
    if isinstance(found, PlanFailure):
        return "unknown"
    if found.drifted or found.judged(VerdictResult.FAILED):
        return "drifted"
    if found.nothing_measured:
        return "unmeasured"
    is_whole = found.metrics is not None and not found.judged(VerdictResult.INCONCLUSIVE)
    return "healthy" if is_whole else "unknown"


def drift_digest(document: Mapping[str, Any]) -> str:
    """Hex SHA-256 over what differs, was rejected or failed; no rate, order or time.

    Raises ValueError where it is no drift, or one that found nothing out.
    """
    return _digest(_found(document))


def drift_title(document: Mapping[str, Any]) -> str:
    """Names the endpoint. A title is no Markdown: what could mean something there is replaced.

    Raises ValueError as `drift_digest` does.
    """
    endpoint = _found(document).endpoint
    origin = _safe(re.sub(r"^https?://", "", endpoint.origin))
    return f"Drift: bot {_safe(endpoint.bot_id or '(none)')} on {origin}"


def drift_issue(document: Mapping[str, Any], *, link: str | None) -> str:
    """What drifted, was rejected, or is below its gate.

    Raises ValueError as `drift_digest` does.
    """
    found = _found(document)
    head = [
        marker("drift", found.endpoint.value),
        hidden("drift", {"digest": _digest(found)}),
        "",
        f"### {_headline(found)}",
        "",
        f"Compared {on_endpoint(found.endpoint.value)}: "
        f"{counted(found.summary.unchanged, 'slot')} as "
        f"desired, {found.summary.unmanaged} unmanaged.",
        "",
    ]
    tail = [
        *rejected_section([each.value for each in found.rejected]),
        *_rates(found),
        *warnings_section(found.warnings),
        foot([f"drift {code(_digest(found)[:16])}"], commit=None, link=link, full="full report"),
    ]
    room = LIMIT - len("\n".join([*head, *tail])) - 100
    changes = changes_section(
        [each.shown for each in found.by_cause],
        title="What differs, from live (-) to the files (+)",
        causes={each.slot_id: each.cause for each in found.changes if each.cause},
        link=link,
        full="the full report",
        room=room,
    )
    return "\n".join([*head, *changes, *tail])


def _found(document: Mapping[str, Any]) -> DriftDocument:
    found = drift_document(document)
    if isinstance(found, DriftDocument):
        return found
    raise ValueError("This drift ended with an error, so nothing can be said of the slots.")


def _digest(found: DriftDocument) -> str:
    return sha256_of(
        {
            "changes": sorted(
                [
                    each.slot_id,
                    each.action.value,
                    each.cause.value if each.cause else "",
                    sha256_of([each.before, each.after]),
                ]
                for each in found.changes
            ),
            "rejected": sorted([each.slot_id, each.run_id, each.live] for each in found.rejected),
            "failed": sorted(each.slot_id for each in found.judged(VerdictResult.FAILED)),
        }
    )


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", text[:_MAX_TITLE])


def _headline(found: DriftDocument) -> str:
    failed = found.judged(VerdictResult.FAILED)
    below = f", {len(failed)} below the gate" if failed else ""
    if found.drifted:
        causes = [each.cause for each in found.changes]
        return f"🛑 Drift: {drift_counts(causes, rejected=len(found.rejected))}{below}"
    if failed:
        return f"🛑 No drift, but {counted(len(failed), 'slot')} below the gate"
    return "✅ In sync"


def _rates(found: DriftDocument) -> Iterator[str]:
    told = [
        each
        for result in (VerdictResult.FAILED, VerdictResult.INCONCLUSIVE)
        for each in found.judged(result)
    ]
    items = (
        verdict_line(
            each.verdict.value,
            each.slot_id,
            success_rate=each.success_rate,
            minimum=each.min_success_rate,
        )
        for each in told
    )
    if found.metrics is not None:
        passed = counted(len(found.judged(VerdictResult.PASSED)), "slot")
        yield from ("#### Success rates", "")
        if found.nothing_measured:
            yield from (f"**{NOTHING_MEASURED}**", "")
        yield from (
            *within(items, count=len(told), room=_ROOM, noun="slot"),
            f"- passed: {passed}",
            "",
        )
