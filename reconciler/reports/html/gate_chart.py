"""What a gate measured, as a small chart: the rates over time, against minimum and baseline."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.duration import duration
from reconciler.reports.html.badges import OF_VERDICT, Badge
from reconciler.reports.html.scales import Scale, Tick, apart, polyline, rate_scale
from reconciler.reports.html.story import Judged, Reading
from reconciler.reports.numbers import counted, rate

WIDTH, HEIGHT = 344, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, WIDTH - 106, 12, HEIGHT - 26
_LINE = 13
"""The height of a line of text."""


@dataclass(frozen=True)
class Dot:
    """A measurement: where it is, and its colour; one without a rate is at the bottom."""

    x: float
    y: float
    kind: str
    text: str


@dataclass(frozen=True)
class Level:
    """A horizontal line for a rate, and the height of its label."""

    kind: str
    y: float
    label_y: float
    label: str


@dataclass(frozen=True)
class GateChart:
    """The chart of one slot under judgement. `settled` is where the settling time ends."""

    slot_id: str
    verdict: Badge | None
    reason: str
    rates: tuple[Tick, ...]
    times: tuple[Tick, ...]
    settled: float
    levels: tuple[Level, ...]
    dots: tuple[Dot, ...]
    path: str
    text: str
    readings: tuple[Reading, ...]

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = _LEFT, _RIGHT, _TOP, _BOTTOM


def gate_chart(judged: Judged) -> GateChart:
    """The chart of everything that was measured of a slot under judgement."""
    levels = {"baseline": judged.baseline, "minimum": judged.minimum}
    known = {name: each for name, each in levels.items() if each is not None}
    measured = [each for each in judged.readings if each.rate is not None]
    up, rates = rate_scale(
        [*known.values(), *(each.rate for each in measured if each.rate is not None)],
        top=_TOP,
        bottom=_BOTTOM,
    )
    last = max([judged.settling, 1.0, *(each.seconds for each in judged.readings)])
    along = Scale(low=0, high=last, start=_LEFT, end=_RIGHT)
    dots = [_dot(each, judged, up=up, along=along) for each in judged.readings]
    labels = apart({name: up(value) + 4 for name, value in known.items()}, least=_LINE)
    verdict = judged.verdict
    return GateChart(
        slot_id=judged.slot_id,
        verdict=OF_VERDICT[verdict.result] if verdict else None,
        reason=verdict.reason if verdict else "",
        rates=tuple(rates),
        times=(Tick(_LEFT, "0 s"), Tick(_RIGHT, duration(last))),
        settled=along(min(judged.settling, last)),
        levels=tuple(
            Level(kind=name, y=up(value), label_y=labels[name], label=f"{name} {rate(value)}")
            for name, value in known.items()
        ),
        dots=tuple(dots),
        path=polyline((dot.x, dot.y) for dot in dots if dot.kind != "none"),
        text=_text(judged, measured),
        readings=tuple(judged.readings),
    )


def _dot(reading: Reading, judged: Judged, *, up: Scale, along: Scale) -> Dot:
    x, at = along(reading.seconds), f"after {reading.seconds:.0f} s"
    if reading.rate is None:
        return Dot(x=x, y=_BOTTOM, kind="none", text=f"not measured {at}: {reading.reason}")
    verdict = judged.verdict
    is_last = reading is judged.readings[-1]
    kind = OF_VERDICT[verdict.result].kind if verdict and is_last else "muted"
    return Dot(x=x, y=up(reading.rate), kind=kind, text=f"{rate(reading.rate)} {at}")


def _text(judged: Judged, measured: list[Reading]) -> str:
    """The chart in words."""
    parts = [counted(len(judged.readings), "measurement")]
    if measured:
        parts.append(f"the last {rate(measured[-1].rate)}")
    if judged.baseline is not None:
        parts.append(f"baseline {rate(judged.baseline)}")
    if judged.minimum is not None:
        parts.append(f"minimum {rate(judged.minimum)}")
    return f"{', '.join(parts)}."
