"""From rates and times to places in a drawing, and the marks along its axes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
_MOST_STEPS = 4
_LEAST_SPAN = 0.1
"""So that noise does not look like a mountain."""


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` become places from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value, to a tenth of a pixel."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its place, and what it stands for."""

    at: float
    text: str


def rate_scale(rates: Iterable[float], *, top: float, bottom: float) -> tuple[Scale, list[Tick]]:
    """A scale upwards to 1.0 that has room for these rates, and its marks."""
    lowest = min(1 - _LEAST_SPAN, *rates, 1.0)
    step = next(each for each in _STEPS if (1 - lowest) / each <= _MOST_STEPS)
    low = max(0.0, floor(lowest / step + 1e-9) * step)
    scale = Scale(low=low, high=1.0, start=bottom, end=top)
    count = round((1 - low) / step)
    values = [1 - number * step for number in range(count + 1)]
    return scale, [Tick(at=scale(value), text=f"{value:.2f}") for value in values if value >= 0]


def polyline(places: Iterable[tuple[float, float]]) -> str:
    """The path of an SVG from place to place; "" if there are none."""
    return " ".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(places))


def apart(places: dict[str, float], *, least: float) -> dict[str, float]:
    """The same places, moved so that each is at least so far below the one before."""
    moved: dict[str, float] = {}
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        moved[name] = max([place, *(each + least for each in moved.values())])
    return moved
