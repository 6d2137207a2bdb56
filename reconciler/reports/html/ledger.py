"""A ledger as a page: what each change did to its slot's success rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.model.change import Action
from reconciler.model.chronicle import Chronicle, PastChange, PastRun, Sample
from reconciler.model.endpoint import Endpoint
from reconciler.model.outcome import STANDING
from reconciler.reports.graph import Mark, Node
from reconciler.reports.html.badges import OF_STATUS, Badge
from reconciler.reports.html.changes import ShownChange, shown_changes
from reconciler.reports.html.graph import Drawing, drawn
from reconciler.reports.html.rendering import rendered
from reconciler.reports.html.trend import OPEN, Period, Trend, sparkline, trend

_OUTSIDE = Badge("gone", "", "never changed")


@dataclass(frozen=True)
class ShownPast:
    """A change of the past, its number among those of its slot, and the run that made it."""

    number: int
    past: PastChange
    badge: Badge
    change: ShownChange
    run: PastRun


@dataclass(frozen=True)
class ShownSlot:
    """A slot with all that happened to it; `rate` is the last one that stood."""

    anchor: str
    slot_id: str
    name: str
    badge: Badge
    rate: float | None
    changes: tuple[ShownPast, ...]
    trend: Trend | None
    sparkline: Trend | None
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class ShownEndpoint:
    """What the ledger tells of one endpoint, the latest first."""

    endpoint: Endpoint
    anchor: str
    slots: tuple[ShownSlot, ...]
    runs: tuple[PastRun, ...]
    graph: Drawing | None
    changes: int
    rejected: int


def ledger_page(
    chronicles: Mapping[Endpoint, Chronicle], *, location: str, damage: str, made_at: datetime
) -> str:
    """The page of a ledger, which is kept at `location`; `damage` names its lines that cannot be
    read. Raises ReconcilerError without jinja2."""
    return rendered(
        "ledger.html",
        location=location,
        damage=damage,
        made_at=made_at,
        endpoints=[
            _endpoint(endpoint, chronicle, number=number, until=made_at)
            for number, (endpoint, chronicle) in enumerate(chronicles.items(), start=1)
        ],
    )


def _endpoint(
    endpoint: Endpoint, chronicle: Chronicle, *, number: int, until: datetime
) -> ShownEndpoint:
    begun = [run.begun for run in chronicle.runs]
    period = Period(since=min(begun, default=until), until=max(until, *begun))
    slots = tuple(_slots(chronicle, period=period, prefix=f"slot-{number}"))
    return ShownEndpoint(
        endpoint=endpoint,
        anchor=f"endpoint-{number}",
        slots=slots,
        runs=chronicle.runs[::-1],
        graph=_graph(slots),
        changes=len(chronicle.changes),
        rejected=sum(
            each.status is not None and each.status not in STANDING for each in chronicle.changes
        ),
    )


def _slots(chronicle: Chronicle, *, period: Period, prefix: str) -> Iterator[ShownSlot]:
    """The slots that were changed, the one that was changed last first."""
    runs = {run.run_id: run for run in chronicle.runs}
    by_slot: dict[str, list[PastChange]] = {}
    for each in reversed(chronicle.changes):
        by_slot.setdefault(each.change.slot_id, []).insert(0, each)
    for number, (slot_id, past) in enumerate(by_slot.items(), start=1):
        samples = chronicle.samples.get(slot_id, ())
        stood = [sample.rate for sample in samples if sample.stands]
        name = past[-1].change.name
        yield ShownSlot(
            anchor=f"{prefix}-{number}",
            slot_id=slot_id,
            name="" if name == slot_id else name,
            badge=_badge(past[-1]),
            rate=stood[-1] if stood else None,
            changes=tuple(_shown(past, runs)),
            trend=trend(samples, past, period=period),
            sparkline=sparkline(samples, period=period),
            samples=samples,
        )


def _shown(past: Sequence[PastChange], runs: Mapping[str, PastRun]) -> Iterator[ShownPast]:
    for number, each in enumerate(past, start=1):
        (change,) = shown_changes([each.change]).values()
        yield ShownPast(
            number=number, past=each, badge=_badge(each), change=change, run=runs[each.run_id]
        )


def _badge(past: PastChange) -> Badge:
    return OF_STATUS[past.status] if past.status else OPEN


def _graph(slots: Sequence[ShownSlot]) -> Drawing | None:
    """What depended on what when each slot was last changed."""
    uses = {slot.slot_id: _uses(slot.changes[-1].past) for slot in slots}
    named = {slot.slot_id: slot.name for slot in slots}
    others = {used for each in uses.values() for used in each} - uses.keys()
    nodes = [
        Node(key=slot_id, slot_id=slot_id, name=named.get(slot_id, ""), mark=mark, uses=used)
        for slot_id, used, mark in (
            *((slot_id, used, Mark.UPDATE) for slot_id, used in uses.items()),
            *((slot_id, (), Mark.OUTSIDE) for slot_id in others),
        )
    ]
    return drawn(
        sorted(nodes, key=lambda node: node.slot_id),
        anchors={slot.slot_id: slot.anchor for slot in slots},
        badges={
            **{slot.slot_id: slot.badge for slot in slots},
            **dict.fromkeys(others, _OUTSIDE),
        },
    )


def _uses(past: PastChange) -> tuple[str, ...]:
    """What the slot depends on since this change."""
    change = past.change
    was_undone = past.status is not None and past.status not in STANDING
    if was_undone or change.action is Action.DELETE:
        return change.before.dependencies if change.before else ()
    return change.after.distinct_dependencies if change.after else ()
