"""A slot's success rate over months, with its changes as marks.

The rates that stood are joined by a line: those before a change, and those with which a change
passed. A rate that did not stand is a point of its own, and so a rejected change is seen as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.model.chronicle import PastChange, Sample
from reconciler.reports.html.badges import OF_STATUS, Badge
from reconciler.reports.html.scales import Scale, Tick, polyline, rate_scale
from reconciler.reports.numbers import counted, rate

OPEN = Badge("warn", "…", "never finished")
_LABEL_WIDTH = 14
_TICKS = 4
_DAYS, _MINUTES = timedelta(days=8), timedelta(minutes=8)
"""The shortest periods in which each mark has a day, or a minute, of its own."""


@dataclass(frozen=True)
class Period:
    """The time that all trends of a page cover, so that they can be compared."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        """How long it is; at least a minute, so that it can be divided."""
        return max((self.until - self.since).total_seconds(), 60.0)

    def share(self, moment: datetime) -> float:
        """How far into it a moment is, in seconds."""
        return (moment - self.since).total_seconds()

    def ticks(self, along: Scale) -> tuple[Tick, ...]:
        """Marks at equal distances, as days, or as times if it is short."""
        length = timedelta(seconds=self.seconds)
        pattern = "%d %b %Y" if length >= _DAYS else "%H:%M" if length >= _MINUTES else "%H:%M:%S"
        return tuple(
            Tick(
                at=along(self.seconds * n / _TICKS),
                text=f"{self.since + timedelta(seconds=self.seconds * n / _TICKS):{pattern}}",
            )
            for n in range(_TICKS + 1)
        )


@dataclass(frozen=True)
class Mark:
    """A change: its place, its number, "" if another one is too near, and its result."""

    x: float
    label: str
    badge: Badge


@dataclass(frozen=True)
class Point:
    """A rate: where it is, and what it says; `kind` is good, bad or muted."""

    x: float
    y: float
    kind: str
    text: str


@dataclass(frozen=True)
class Trend:
    """The drawing, of this size; `bottom` is the height of the axis of times."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    rates: tuple[Tick, ...]
    times: tuple[Tick, ...]
    minimum: float | None
    marks: tuple[Mark, ...]
    points: tuple[Point, ...]
    path: str
    text: str


def trend(
    samples: Sequence[Sample], changes: Sequence[PastChange], *, period: Period
) -> Trend | None:
    """The drawing of a slot's rates and changes; None if nothing was ever measured."""
    return _drawn(samples, changes, period=period, width=760, height=190, edges=(40, 16, 24, 28))


def sparkline(samples: Sequence[Sample], *, period: Period) -> Trend | None:
    """The same rates without any text, for a row of a table."""
    return _drawn(samples, (), period=period, width=160, height=28, edges=(4, 4, 4, 4))


def _drawn(
    samples: Sequence[Sample],
    changes: Sequence[PastChange],
    *,
    period: Period,
    width: int,
    height: int,
    edges: tuple[int, int, int, int],
) -> Trend | None:
    if not samples:
        return None
    left, right, top, bottom = edges[0], width - edges[1], edges[2], height - edges[3]
    minimum = next((each.minimum for each in reversed(changes) if each.minimum is not None), None)
    known = [each.rate for each in samples] + ([minimum] if minimum is not None else [])
    up, rates = rate_scale(known, top=top, bottom=bottom)
    along = Scale(low=0, high=period.seconds, start=left, end=right)
    points = [
        Point(
            x=along(period.share(each.at)),
            y=up(each.rate),
            kind="muted" if each.is_baseline else "good" if each.stands else "bad",
            text=f"{rate(each.rate)} at {each.at:%Y-%m-%d %H:%M} UTC",
        )
        for each in samples
    ]
    return Trend(
        width=width,
        height=height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        rates=tuple(rates),
        times=period.ticks(along),
        minimum=up(minimum) if minimum is not None else None,
        marks=tuple(_marks(changes, period=period, along=along)),
        points=tuple(points),
        path=polyline((each.x, each.y) for each in points if each.kind != "bad"),
        text=_text(samples, changes),
    )


def _marks(changes: Sequence[PastChange], *, period: Period, along: Scale) -> list[Mark]:
    marks: list[Mark] = []
    labelled = float("-inf")
    for number, each in enumerate(changes, start=1):
        x = along(period.share(each.begun))
        has_room = x - labelled >= _LABEL_WIDTH
        labelled = x if has_room else labelled
        badge = OF_STATUS[each.status] if each.status else OPEN
        marks.append(Mark(x=x, label=str(number) if has_room else "", badge=badge))
    return marks


def _text(samples: Sequence[Sample], changes: Sequence[PastChange]) -> str:
    """The drawing in words."""
    first, last = samples[0], samples[-1]
    return (
        f"{counted(len(samples), 'rate')}, from {rate(first.rate)} to {rate(last.rate)}, and "
        f"{counted(len(changes), 'change')}."
    )
