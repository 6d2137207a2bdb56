"""The policy of a rollout over 100,000 modelled targets, as discrete events in virtual time.

    python -m tests.benchmarks.rollout

Each target takes two minutes on average. Half of the tenants have a staging environment that their
production is promoted from, and every tenth production shares its origin with another one. The
arithmetic is that of a perfect packing: the targets of each step, two minutes each, over as many as
may be in hand; then its bake and its checks.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

import click

from reconciler.model.environment import Expectation
from reconciler.model.fleet import (
    Amount,
    FleetRollout,
    LabelLimit,
    Requirement,
    Selector,
    Step,
    Target,
)
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus
from reconciler.planning.rollout.decision import Begin, Done, Wait
from reconciler.planning.rollout.policy import Rollout
from reconciler.planning.rollout.stages import Stage, arranged
from tests.benchmarks.process import Cost, cost

TARGETS = 100_000
APPLY_SECONDS, CHECK_SECONDS = 120.0, 3.0
SPREAD = 0.25
"""An apply takes between three and five quarters of its average."""
REGIONS = 20
BEGUN = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
MOST_OFF = 0.1
MOST_BYTES = 600_000_000
MOST_SECONDS = 60.0
ROOT = Path(__file__).parents[2]

_CANARIES = Selector(requirements=(Requirement(key="ring", value="canary"),))


def at_once(parallel: int) -> FleetRollout:
    """All targets in one step."""
    return FleetRollout(max_parallel=parallel)


def stepwise(parallel: int) -> FleetRollout:
    """The steps that the documentation suggests, with a limit for each region."""
    return FleetRollout(
        steps=(
            Step(select=_CANARIES, bake_hours=24),
            Step(targets=Amount(percent=1)),
            Step(targets=Amount(percent=10), bake_hours=1),
            Step(),
        ),
        max_parallel=parallel,
        max_parallel_per=LabelLimit(label="region", limit=2 * parallel // REGIONS),
    )


def fleet(size: int) -> tuple[Target, ...]:
    """So many targets, of which one in a thousand is a canary."""
    found: list[Target] = []
    while len(found) < size:
        number = len(found)
        labels = {"region": f"r{number % REGIONS}"}
        if number % 1000 == 0:
            labels["ring"] = "canary"
        shared = number - number % 20 if number % 10 == 0 else number
        found.append(_target(number, "production", origin=shared, labels=labels))
        if number % 3 == 0:
            found.append(_target(number, "staging", origin=-number, labels=labels))
    return tuple(found[:size])


def _target(number: int, environment: str, *, origin: int, labels: dict[str, str]) -> Target:
    return Target(
        tenant=f"t{number}",
        environment=environment,
        labels=labels,
        slots="slots",
        credentials=f"t{number}-{environment}",
        expect=Expectation(origin=f"https://{environment}{origin}.cognigy.com"),
        promote_from="staging" if environment == "production" else None,
    )


@dataclass(frozen=True)
class Outcome:
    """`seconds` of virtual time, and those of the arithmetic; `baking` are in both."""

    seconds: float
    expected: float
    baking: float

    @property
    def off(self) -> float:
        """By which fraction it is off the arithmetic, apart from the bakes."""
        return abs((self.seconds - self.baking) / (self.expected - self.baking) - 1)


def outcome(settings: FleetRollout, size: int = TARGETS) -> Outcome:
    """Roll out to a fleet of this size, in which nothing fails."""
    targets = fleet(size)
    stages = arranged(settings, targets, salt="content")
    rollout = Rollout(settings, targets=targets, stages=stages)
    return Outcome(
        seconds=_finished(rollout),
        expected=_expected(stages),
        baking=sum(each.bake_seconds for each in stages),
    )


def _finished(rollout: Rollout) -> float:
    random = Random(0)  # noqa: S311 - a model
    now, due = 0.0, list[tuple[float, str, FleetAction]]()
    while True:
        decision = rollout.next(_at(now))
        if isinstance(decision, Done):
            return now
        if isinstance(decision, Begin):
            for name in decision.names:
                takes = CHECK_SECONDS if decision.action is FleetAction.CHECK else APPLY_SECONDS
                end = now + takes * random.uniform(1 - SPREAD, 1 + SPREAD)
                heapq.heappush(due, (end, name, decision.action))
        elif isinstance(decision, Wait) and decision.until is not None:
            now = (decision.until - BEGUN).total_seconds()
        else:
            now, name, action = heapq.heappop(due)
            rollout.ended(_result(name, action), at=_at(now))


def _result(name: str, action: FleetAction) -> TargetResult:
    is_check = action is FleetAction.CHECK
    status = TargetStatus.IN_SYNC if is_check else TargetStatus.VERIFIED
    return TargetResult(name=name, action=action, status=status)


def _at(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def _expected(stages: Sequence[Stage]) -> float:
    return sum(
        _packed(stage, APPLY_SECONDS)
        + stage.bake_seconds
        + (_packed(stage, CHECK_SECONDS) if stage.bake_seconds else 0)
        for stage in stages
    )


def _packed(stage: Stage, seconds: float) -> float:
    if not stage.names:
        return 0
    return max(len(stage.names) / stage.max_parallel, 1) * seconds


def measured() -> Cost:
    """The cost of all cases, one after the other in a process of their own."""
    return cost(sys.executable, "-m", "tests.benchmarks.rollout", folder=ROOT)


CASES = {
    "2,000 at once": at_once(2_000),
    "10,000 at once": at_once(10_000),
    "step by step, 2,000 at once": stepwise(2_000),
}


def main() -> None:
    """Print a line for each case."""
    click.echo(
        f"{TARGETS:,} targets, two minutes each\n{'':32}{'minutes':>9}{'expected':>10}{'off':>7}"
    )
    for name, settings in CASES.items():
        found = outcome(settings)
        click.echo(f"{name:32}{found.seconds / 60:9.1f}{found.expected / 60:10.1f}{found.off:7.1%}")


if __name__ == "__main__":
    main()
