"""Fleets for the tests of the rollout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property

from hypothesis import strategies as st

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
from reconciler.model.fleet_history import FleetRun, Recorded
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus
from reconciler.planning.rollout.policy import Rollout
from reconciler.planning.rollout.stages import Stage, arranged

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
SALT = "sha256:content"


def target(
    name: str, *, origin: str | None = None, promote_from: str | None = None, **labels: str
) -> Target:
    """`tenant/environment`, or a tenant's production; by default on an origin of its own."""
    tenant, _, environment = name.partition("/")
    return Target(
        tenant=tenant,
        environment=environment or "production",
        slots="slots",
        credentials=name,
        labels=labels,
        expect=Expectation(origin=origin),
        promote_from=promote_from,
    )


def selector(text: str) -> Selector:
    """From `key=value`."""
    key, _, value = text.partition("=")
    return Selector(requirements=(Requirement(key=key, value=value),))


def result(
    name: str,
    status: TargetStatus = TargetStatus.VERIFIED,
    *,
    action: FleetAction = FleetAction.APPLY,
    ended_at: datetime | None = None,
    changed_at: datetime | None = None,
) -> TargetResult:
    """How a target ended."""
    return TargetResult(
        name=name, action=action, status=status, ended_at=ended_at, changed_at=changed_at
    )


def recorded(results: Iterable[TargetResult]) -> FleetRun:
    """The run that ended so, oldest result first."""
    applies, checks = {}, {}
    for each in results:
        found = Recorded(fleet_run_id="run_1", step=1, result=each)
        if each.action is FleetAction.CHECK:
            checks[each.name] = found
        else:
            applies[each.name] = found
            checks.pop(each.name, None)
    return FleetRun(
        run_id="run_1",
        started_at=NOON,
        action=FleetAction.APPLY,
        results=applies,
        checks=checks,
    )


@dataclass(frozen=True)
class Case:
    """A fleet with the settings of its rollout, and how each apply and each check will end."""

    targets: tuple[Target, ...]
    settings: FleetRollout
    applies: Mapping[str, TargetStatus] = field(default_factory=dict)
    checks: Mapping[str, TargetStatus] = field(default_factory=dict)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return arranged(self.settings, self.targets, salt=SALT)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(name for stage in self.stages for name in stage.names)

    def rollout(self, past: FleetRun | None = None) -> Rollout:
        return Rollout(self.settings, targets=self.targets, stages=self.stages, past=past)

    def result(self, name: str, action: FleetAction, *, at: datetime) -> TargetResult:
        outcomes = self.checks if action is FleetAction.CHECK else self.applies
        return result(name, outcomes[name], action=action, ended_at=at)


WELL = st.sampled_from(
    [TargetStatus.VERIFIED, TargetStatus.VERIFIED, TargetStatus.VERIFIED, TargetStatus.IN_SYNC]
)
ANY_APPLY = st.one_of(
    WELL,
    WELL,
    st.sampled_from(
        [
            TargetStatus.REJECTED,
            TargetStatus.FAILED,
            TargetStatus.STALE,
            TargetStatus.HELD,
            TargetStatus.WAITING,
        ]
    ),
)
CHECKED_WELL = st.sampled_from([TargetStatus.IN_SYNC, TargetStatus.DIFFERS])
ANY_CHECK = st.one_of(
    CHECKED_WELL,
    CHECKED_WELL,
    st.sampled_from([TargetStatus.UNHEALTHY, TargetStatus.FAILED]),
)
AMOUNTS = st.one_of(
    st.builds(Amount, count=st.integers(0, 6)), st.builds(Amount, percent=st.floats(0, 100))
)
SELECTORS = st.sampled_from(
    [Selector(), selector("ring=canary"), selector("region=eu"), selector("environment=staging")]
)


@st.composite
def targets(draw: st.DrawFn) -> tuple[Target, ...]:
    """Up to a dozen tenants, some with an environment that is promoted from another."""
    found: list[Target] = []
    origins = st.sampled_from([None, "https://a.test", "https://b.test", "https://c.test"])
    for number in range(draw(st.integers(0, 8))):
        labels = {"region": draw(st.sampled_from(["eu", "us", "ap"]))}
        if draw(st.booleans()):
            labels["ring"] = "canary"
        tenant = f"t{number}"
        found.append(
            target(f"{tenant}/production", origin=draw(origins), promote_from="staging", **labels)
        )
        if draw(st.booleans()):
            found.append(target(f"{tenant}/staging", origin=draw(origins), **labels))
    return tuple(draw(st.permutations(found)))


@st.composite
def settings(draw: st.DrawFn) -> FleetRollout:
    steps = st.builds(
        Step,
        select=SELECTORS,
        targets=AMOUNTS,
        bake_hours=st.sampled_from([0.0, 0.0, 1.0, 24.0]),
        max_failures=st.one_of(st.none(), AMOUNTS),
        max_parallel=st.one_of(st.none(), st.integers(1, 8)),
    )
    limit = st.builds(
        LabelLimit, label=st.sampled_from(["region", "ring"]), limit=st.integers(1, 3)
    )
    return FleetRollout(
        steps=(*draw(st.lists(steps, max_size=3)), *draw(st.sampled_from([(), (Step(),)])))
        or (Step(),),
        max_parallel=draw(st.integers(1, 10)),
        max_parallel_per=draw(st.one_of(st.none(), limit)),
        max_failures=draw(AMOUNTS),
    )


@st.composite
def cases(
    draw: st.DrawFn,
    applies: st.SearchStrategy[TargetStatus] = ANY_APPLY,
    checks: st.SearchStrategy[TargetStatus] = ANY_CHECK,
) -> Case:
    found = draw(targets())
    return Case(
        targets=found,
        settings=draw(settings()),
        applies={each.name: draw(applies) for each in found},
        checks={each.name: draw(checks) for each in found},
    )


def later(hours: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hours)
