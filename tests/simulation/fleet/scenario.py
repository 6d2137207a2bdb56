"""What a seed draws."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Expectation
from reconciler.model.fleet import Amount, Fleet, FleetRollout, Step, Target
from tests.simulation.fleet.trouble import Kind, Mishap

BAKE_HOURS = 1.0
WORKER_SKEW, CONTROLLER_SKEW = 60.0, 10.0
"""How wrong the clock of a machine may be, in seconds either way."""
PER_MINUTE = 30
"""How many requests each tenant allows: few, so that the limit matters."""
STAGING = "staging"
GOOD = ("^apple$", "^pear$")
BETTER = (*GOOD, "^plum$")
BEST = (*GOOD, "^fig$")
BAD = ("^nothing$",)
STEPS_OF_A_RUN = 260


@dataclass(frozen=True)
class Scenario:
    """One seed: the fleet, what its files say first, and what goes wrong until they are good.

    `edits` and `halts` are the times of somebody's edits and of requests to halt. `rivals` are the
    times at which somebody else begins an apply of the fleet too. `failover` is when the database
    fails over to a standby, and how many seconds that lags behind.
    """

    seed: int
    fleet: Fleet
    endpoints: Mapping[str, Endpoint]
    first: tuple[str, ...]
    workers: int
    mishaps: tuple[Mishap, ...]
    odds: float
    edits: tuple[float, ...]
    halts: tuple[float, ...]
    rivals: tuple[float, ...]
    is_loose: bool
    is_sleepy: bool
    failover: tuple[float, float] | None


def drawn(seed: int) -> Scenario:
    """What this seed is."""
    dice = random.Random(f"scenario {seed}")
    origins = [f"https://origin{number}.cognigy.com" for number in range(dice.randint(2, 4))]
    names = [f"t{number}/production" for number in range(dice.randint(3, 5))]
    if dice.random() < 0.4:
        names += [each.replace("production", STAGING) for each in names if dice.random() < 0.5]
    endpoints = {
        name: Endpoint(origin=dice.choice(origins), bot_id=f"bot_{number}")
        for number, name in enumerate(names)
    }
    targets = tuple(_target(name, each, among=endpoints) for name, each in endpoints.items())
    workers = dice.randint(2, 3)
    return Scenario(
        seed=seed,
        fleet=Fleet(targets=targets, rollout=_rollout(dice)),
        endpoints=endpoints,
        first=dice.choice([BETTER, BETTER, BAD]),
        workers=workers,
        mishaps=tuple(_mishaps(dice, workers)),
        odds=dice.choice([0.0, 0.01, 0.03]),
        edits=_times(dice, most=2),
        halts=_times(dice, most=1),
        rivals=_times(dice, most=1),
        is_loose=dice.random() < 0.5,
        is_sleepy=dice.random() < 0.15,
        failover=_failover(dice),
    )


def _target(name: str, endpoint: Endpoint, *, among: Collection[str]) -> Target:
    tenant, _, environment = name.partition("/")
    is_promoted = environment != STAGING and f"{tenant}/{STAGING}" in among
    return Target(
        tenant=tenant,
        environment=environment,
        slots="slots",
        credentials=tenant,
        expect=Expectation(origin=endpoint.origin, bot_id=endpoint.bot_id),
        promote_from=STAGING if is_promoted else None,
    )


def _rollout(dice: random.Random) -> FleetRollout:
    canary = Step(targets=Amount(count=1), bake_hours=dice.choice([0.0, BAKE_HOURS]))
    half = Step(targets=Amount(percent=50), bake_hours=dice.choice([0.0, 0.0, BAKE_HOURS]))
    return FleetRollout(
        steps=dice.choice([(Step(),), (canary, Step()), (canary, half, Step())]),
        max_parallel=dice.randint(1, 4),
        max_failures=Amount(count=dice.choice([0, 0, 1])),
    )


def _mishaps(dice: random.Random, workers: int) -> list[Mishap]:
    found = []
    for _ in range(dice.randint(0, 4)):
        kind = dice.choice([*Kind])
        process = dice.choice(["controller", *(f"worker{number}" for number in range(workers))])
        step = int(dice.triangular(1, STEPS_OF_A_RUN, 30))
        seconds = dice.choice([5.0, 40.0, 90.0, 200.0])
        found.append(Mishap(process, step, kind, seconds))
    return found


def _failover(dice: random.Random) -> tuple[float, float] | None:
    if dice.random() > 0.1:
        return None
    return dice.uniform(5, 45), dice.choice([1.0, 4.0, 10.0])


def _times(dice: random.Random, *, most: int) -> tuple[float, ...]:
    number = dice.randint(0, most) if dice.random() < 0.4 else 0
    return tuple(dice.uniform(5, 400) for _ in range(number))
