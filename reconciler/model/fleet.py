"""A fleet: the same slots in many tenants, and how a change of them is rolled out.

A target is one environment of one tenant, as `fleet.yaml` names it: `acme/production`. It leads to
an endpoint, like a single project.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.environment import ANYWHERE, Expectation

TENANT_PATTERN = r"^[a-z][a-z0-9-]{0,62}$"
LABEL_KEY = r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"
"""Kubernetes' pattern of a label's key, but for the end, which may be any of these characters."""
LABEL_VALUE = r"^([A-Za-z0-9][A-Za-z0-9_.-]{0,62})?$"
"""The same of a value. The name of every tenant and environment is one."""
GIVEN_LABELS = frozenset({"tenant", "environment"})
"""The labels that every target has, named after it."""
DEFAULT_POOL = "default"
CANARY_PARALLEL = 5
"""How many targets of the first of several steps are in hand at once, unless it says otherwise:
as many as this can fail before the first failure is known."""


class Amount(Frozen):
    """A number of targets, or a percentage of all of them; one of the two is set."""

    count: int | None = Field(default=None, ge=0)
    percent: float | None = Field(default=None, ge=0, le=100)

    def at_most(self, total: int) -> int:
        """How many of `total` it allows: a percentage is rounded down."""
        if self.count is not None:
            return min(self.count, total)
        return math.floor(total * (self.percent or 0.0) / 100)

    def at_least(self, total: int) -> int:
        """How many of `total` it asks for: a percentage is rounded up, so that a small one is never
        none."""
        if self.count is not None:
            return min(self.count, total)
        return math.ceil(total * (self.percent or 0.0) / 100)

    def __str__(self) -> str:
        return str(self.count) if self.count is not None else f"{self.percent:g}%"


NONE = Amount(count=0)
ALL = Amount(percent=100)


class Requirement(Frozen):
    """One part of a label selector: `key=value`, `key!=value`, `key` or `!key`.

    A label that a target does not have is equal to no value.
    """

    key: str
    value: str | None = None
    negated: bool = False

    def holds_for(self, labels: Mapping[str, str]) -> bool:
        """Whether a target with these labels is selected."""
        found = self.key in labels if self.value is None else labels.get(self.key) == self.value
        return found is not self.negated

    def __str__(self) -> str:
        if self.value is None:
            return f"{'!' if self.negated else ''}{self.key}"
        return f"{self.key}{'!=' if self.negated else '='}{self.value}"


class Selector(Frozen):
    """Labels that a target must have, all of them; without any, it selects every target.

    Every target has the labels `tenant` and `environment` besides its own.
    """

    requirements: tuple[Requirement, ...] = ()

    def selects(self, target: Target) -> bool:
        """Whether it selects the target."""
        return all(each.holds_for(target.all_labels) for each in self.requirements)

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


EVERYTHING = Selector()


class Target(Frozen):
    """One environment of one tenant.

    `slots` is the folder of its slot files, relative to that of fleet.yaml. `credentials` is the
    name of the credentials, which lie where the target is reached from, and `pool` the name of the
    workers that can reach it. `expect` is where the credentials have to lead. `ids`,
    `promote_from` and `soak_hours` are those of an environment in reconciler.yaml, here for this
    tenant: `promote_from` names another environment of the same tenant. What fleet.yaml leaves out,
    here None or empty, is as reconciler.yaml says for the environment of this name, if it does.
    """

    tenant: str
    environment: str
    labels: Mapping[str, str] = Field(default_factory=dict)
    slots: str
    pool: str = DEFAULT_POOL
    credentials: str
    expect: Expectation = ANYWHERE
    ids: Mapping[str, str] = Field(default_factory=dict)
    promote_from: str | None = None
    soak_hours: float | None = None

    @property
    def name(self) -> str:
        """`tenant/environment`, which is unique in a fleet."""
        return f"{self.tenant}/{self.environment}"

    @cached_property
    def all_labels(self) -> Mapping[str, str]:
        """Its labels, and those that every target has."""
        return {**self.labels, "tenant": self.tenant, "environment": self.environment}


class Step(Frozen):
    """A part of a rollout: the targets that `select` selects, of those up to `targets` of the whole
    fleet. What an earlier step has is not in it again, and counts towards `targets`.

    Once its last target has ended, a step bakes until its last change is `bake_hours` old; then the
    targets with a change that was not as old when they ended are judged again by their metrics.
    `max_failures` and `max_parallel` are those of the rollout if None.
    """

    select: Selector = EVERYTHING
    targets: Amount = ALL
    bake_hours: float = Field(default=0, ge=0)
    max_failures: Amount | None = None
    max_parallel: int | None = Field(default=None, ge=1)


class LabelLimit(Frozen):
    """At most `limit` targets in hand that have the same value of this label."""

    label: str
    limit: int = Field(ge=1)


class FleetRollout(Frozen):
    """In which steps targets are changed, how many at once, and how many may fail in a step before
    the rollout halts: it does when more than `max_failures` have."""

    steps: tuple[Step, ...] = (Step(),)
    max_parallel: int = Field(default=200, ge=1)
    max_parallel_per: LabelLimit | None = None
    max_failures: Amount = NONE


class FleetLimits(Frozen):
    """What one run must not exceed. More targets than `max_targets` are refused."""

    max_targets: int | None = Field(default=None, ge=0)


class FleetDrift(Frozen):
    """How often workers look for drift, and whether they measure; None for never."""

    every_minutes: float | None = Field(default=None, gt=0)
    metrics: bool = False


class Fleet(Frozen):
    """The targets in the order of the files, and the settings of the fleet."""

    targets: tuple[Target, ...] = ()
    rollout: FleetRollout = FleetRollout()
    limits: FleetLimits = FleetLimits()
    drift: FleetDrift = FleetDrift()

    @cached_property
    def by_name(self) -> Mapping[str, Target]:
        """The targets by their names."""
        return {each.name: each for each in self.targets}

    @cached_property
    def _by_tenant(self) -> Mapping[str, tuple[Target, ...]]:
        found: dict[str, list[Target]] = {}
        for each in self.targets:
            found.setdefault(each.tenant, []).append(each)
        return {tenant: tuple(targets) for tenant, targets in found.items()}

    def of_tenant(self, tenant: str) -> tuple[Target, ...]:
        """The targets of one tenant."""
        return self._by_tenant.get(tenant, ())
