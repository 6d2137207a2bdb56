"""Measure what a person waits for, and compare each ratio with its target: `make bench`.

    python -m tests.benchmarks

Ratios are of processor time, which a busy machine affects least. Each is the median over rounds in
which both sides run in turn. Exits 1 if a target is missed. Takes a few minutes.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.benchmarks import plan, rollout, startup
from tests.benchmarks.process import Cost, typical

ROUNDS = {100: 5, 1_000: 5, 10_000: 5, 100_000: 1}
OF_OCTODNS = {1_000: None, 10_000: 1 / 5}
"""The maximum time for a plan of so many slots, as a fraction of octoDNS's time; None for no
target."""
LARGE, LARGEST = 10_000, 100_000
MOST_GROWTH = 11.0
MOST_BYTES = 600_000_000


@dataclass(frozen=True)
class Ratio:
    """One line of the result; `most` is the target, or None."""

    what: str
    value: float
    most: float | None

    @property
    def is_met(self) -> bool:
        return self.most is None or self.value <= self.most

    def __str__(self) -> str:
        target = "" if self.most is None else f"at most {self.most:g}"
        return f"{self.what:84}{self.value:8.2f}   {target:14}{'' if self.is_met else 'MISSED'}"


@dataclass(frozen=True)
class Plans:
    """The rounds of one size; `theirs` are octoDNS's, if it was measured."""

    size: int
    ours: list[Cost] = field(default_factory=list)
    theirs: list[Cost] = field(default_factory=list)

    def measure(self) -> None:
        with plan.project(self.size) as project, plan.zone(self.size) as zone:
            for _ in range(ROUNDS[self.size]):
                self.ours.append(project.plan())
                if self.size in OF_OCTODNS:
                    self.theirs.append(zone.plan())

    def ratios(self) -> Iterator[Ratio]:
        if not self.theirs:
            return
        rounds = tuple(zip(self.ours, self.theirs, strict=True))
        what = f"a plan of {self.size:,} slots, in octoDNS's time"
        most = OF_OCTODNS[self.size]
        yield Ratio(what, statistics.median(one.cpu / other.cpu for one, other in rounds), most)
        yield Ratio(
            "    on the clock",
            statistics.median(one.wall / other.wall for one, other in rounds),
            None,
        )

    def lines(self) -> Iterator[str]:
        for who, costs in (("reconciler", self.ours), ("octoDNS", self.theirs)):
            if costs:
                cost = typical(costs)
                yield (
                    f"{who:12}{self.size:>9,}{cost.cpu:12.2f}{cost.wall:12.2f}"
                    f"{cost.peak / 1e6:12.0f}"
                )


def _ratios(sizes: dict[int, Plans], starts: dict[str, float]) -> Iterator[Ratio]:
    for plans in sizes.values():
        yield from plans.ratios()
    large, largest = typical(sizes[LARGE].ours), typical(sizes[LARGEST].ours)
    yield Ratio(
        f"a plan of {LARGEST:,} slots, in the time of {LARGE:,}",
        largest.cpu / large.cpu,
        MOST_GROWTH,
    )
    yield Ratio(f"    its memory, in {MOST_BYTES // 10**6} MB", largest.peak / MOST_BYTES, 1.0)
    for start in startup.STARTS:
        what = f"reconciler {start.command}, in the time of `{start.beside}`"
        yield Ratio(what, starts[start.command], start.most)


def _rollouts() -> Iterator[Ratio]:
    what = f"a rollout to {rollout.TARGETS:,} targets"
    for name, settings in rollout.CASES.items():
        off = rollout.outcome(settings).off
        yield Ratio(f"{what}, {name}: off the arithmetic", off, rollout.MOST_OFF)
    cost = rollout.measured()
    yield Ratio(f"{what}, in {rollout.MOST_SECONDS:g} s", cost.cpu / rollout.MOST_SECONDS, 1.0)
    most = rollout.MOST_BYTES
    yield Ratio(f"    its memory, in {most // 10**6} MB", cost.peak / most, 1.0)


def main() -> None:
    """Measure, print the ratios and the measurements, and exit 1 unless all targets are met."""
    sizes = {size: Plans(size) for size in ROUNDS}
    for plans in sizes.values():
        _say(f"Planning {plans.size:,} slots ...")
        plans.measure()
    _say("Starting ...")
    with startup.project() as folder:
        starts = {start.command: start.ratio(folder) for start in startup.STARTS}
    _say("Rolling out ...")
    ratios = (*_ratios(sizes, starts), *_rollouts())
    print(*ratios, sep="\n")
    print(f"\n{'':12}{'slots':>9}{'CPU s':>12}{'clock s':>12}{'peak MB':>12}")
    for plans in sizes.values():
        print(*plans.lines(), sep="\n")
    sys.exit(not all(ratio.is_met for ratio in ratios))


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
