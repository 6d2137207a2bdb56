"""Drift as a page: what differs and on which side, and which slots are below their gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler.model.bake import Bake
from reconciler.model.change import Cause, Change
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.gate import VerdictResult
from reconciler.model.state import DesiredState
from reconciler.reports.bakes import AT_FAULT, HEADING, bake_note
from reconciler.reports.graph import nodes_of
from reconciler.reports.html.badges import OF_BAKE, OF_VERDICT, Badge
from reconciler.reports.html.changes import ShownChange, shown_changes
from reconciler.reports.html.graph import drawn
from reconciler.reports.html.rendering import rendered
from reconciler.reports.waiting import waiting_heading, waiting_reason
from reconciler.reports.words import drift_heading, is_gone, last_changed, nothing_measured

_HEADINGS = {
    Cause.CHANGED_IN_TENANT: ("Changed in the tenant",) * 2,
    Cause.NOT_APPLIED: ("Not applied yet",) * 2,
    None: ("Drifted", "Drifted; the ledger does not say on which side"),
}
"""Of changes that are shown with who made the last one, and of others."""
_COUNTED = {
    Cause.CHANGED_IN_TENANT: "changed in the tenant",
    Cause.NOT_APPLIED: "not applied yet",
    None: "of unknown cause",
}
_GONE = Badge("bad", "−", "deleted in the tenant")  # noqa: RUF001 - as wide as a plus
_WORST_FIRST = (VerdictResult.FAILED, VerdictResult.INCONCLUSIVE, VerdictResult.PASSED)


@dataclass(frozen=True)
class Drifted:
    """A difference from live to the file; `badge` is None if the action says enough."""

    change: ShownChange
    badge: Badge | None
    last_changed: str


@dataclass(frozen=True)
class Group:
    """The differences with one cause, and what their number counts."""

    heading: str
    counted: str
    members: tuple[Drifted, ...]


@dataclass(frozen=True)
class Measured:
    """A slot's success rate, which the page draws as a bar against its minimum."""

    slot_id: str
    badge: Badge
    health: SlotHealth


@dataclass(frozen=True)
class ShownBake:
    """The bake of a change on probation."""

    badge: Badge
    bake: Bake
    note: str


def drift_page(report: DriftReport, *, desired: DesiredState, made_at: datetime) -> str:
    """The page of a drift; `desired` is what the live slots were compared with. Raises
    ReconcilerError without jinja2."""
    changes = shown_changes(report.changes)
    return rendered(
        "drift.html",
        report=report,
        made_at=made_at,
        groups=list(_groups(report, changes)),
        waiting=[(each.slot_id, waiting_reason(each)) for each in report.waiting],
        waiting_heading=waiting_heading(report.waiting).capitalize(),
        below=len(report.judged(VerdictResult.FAILED)),
        bakes=[
            ShownBake(badge=OF_BAKE[each.result], bake=each, note=bake_note(each))
            for each in report.bakes
        ],
        bakes_heading=HEADING,
        at_fault=AT_FAULT,
        nothing_measured=nothing_measured(report.endpoint.kind) if report.nothing_measured else "",
        measured=[
            Measured(slot_id=slot_id, badge=OF_VERDICT[result], health=health)
            for result in _WORST_FIRST
            for slot_id, health in report.judged(result).items()
        ],
        graph=drawn(
            nodes_of(desired, report.changes),
            anchors={each.slot_id: each.anchor for each in changes.values()},
        )
        if report.changes
        else None,
    )


def _groups(report: DriftReport, changes: dict[str, ShownChange]) -> Iterator[Group]:
    for cause in _HEADINGS:
        heading, members = drift_heading(_HEADINGS, report, cause)
        if members:
            yield Group(
                heading=heading,
                counted=_COUNTED[cause],
                members=tuple(_drifted(each, cause, report, changes) for each in members),
            )


def _drifted(
    change: Change, cause: Cause | None, report: DriftReport, changes: dict[str, ShownChange]
) -> Drifted:
    last = report.last_changes.get(change.slot_id)
    return Drifted(
        change=changes[change.slot_id],
        badge=_GONE if is_gone(change, cause) else None,
        last_changed=last_changed(last) if last else "",
    )
