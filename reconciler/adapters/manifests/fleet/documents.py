"""What fleet.yaml and the files that it includes may say.

The description of a field is its help text in editors. What is None is said elsewhere: an
environment has what its tenant says, and a tenant what the defaults say.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.adapters.manifests.documents.shared import (
    EnvironmentName,
    PromoteFrom,
    SlotId,
)
from reconciler.adapters.manifests.documents.v2.settings import ExpectDocument
from reconciler.adapters.manifests.fleet.written import (
    AmountOf,
    CredentialsName,
    FolderPath,
    Glob,
    LabelKey,
    LabelValue,
    NotEmpty,
    PoolName,
    SelectorText,
    TenantName,
)
from reconciler.model.base import Frozen
from reconciler.model.fleet import (
    ALL,
    DEFAULT_POOL,
    EVERYTHING,
    NONE,
    FleetDrift,
    FleetLimits,
    FleetRollout,
    LabelLimit,
    Step,
)

VERSION = 1
"""The only version of fleet.yaml that there is."""
_YEAR = 8760  # hours

Labels = Annotated[
    dict[LabelKey, LabelValue],
    Field(
        description="What selectors select by. Every target also has `tenant` and `environment`."
    ),
]
Slots = Annotated[
    FolderPath | None,
    Field(description="The folder of the slot files, relative to fleet.yaml."),
]
Pool = Annotated[
    PoolName | None,
    Field(description="The name of the workers that can reach the tenant."),
]
Credentials = Annotated[
    CredentialsName | None,
    Field(
        description="The name of the credentials where the tenant is reached from; {tenant} and "
        "{environment} stand for those of the target."
    ),
]
MaxParallel = Annotated[int, Field(ge=1, le=100_000)]
MaxParallelOfStep = Annotated[
    MaxParallel | None,
    Field(description="How many targets of the step are in hand at once. Default: the rollout's."),
]


class DefaultsDocument(Frozen):
    """`defaults` in fleet.yaml."""

    slots: Slots = "slots"
    pool: Pool = DEFAULT_POOL
    credentials: Credentials = "{tenant}-{environment}"
    labels: Labels = Field(default={})


class TargetDocument(Frozen):
    """One environment of a tenant: a target."""

    expect: ExpectDocument = Field(
        default=ExpectDocument(), description="Where the credentials have to lead."
    )
    labels: Labels = Field(default={})
    slots: Slots = None
    pool: Pool = None
    credentials: Credentials = None
    ids: dict[SlotId, SlotId] = Field(
        default={},
        description="This tenant's ids of the slots whose `slot_id` differs, by slot_id.",
    )
    promote_from: PromoteFrom = None
    soak_hours: float | None = Field(
        default=None,
        ge=0,
        le=_YEAR,
        description="Hours for which the content has to stay healthy there before it is planned "
        "here.",
    )


class TenantDocument(Frozen):
    """One customer's tenant, and the environments that it has."""

    tenant: TenantName = Field(description="The name of the tenant, which its targets begin with.")
    labels: Labels = Field(default={})
    slots: Slots = None
    pool: Pool = None
    credentials: Credentials = None
    environments: Annotated[dict[EnvironmentName, TargetDocument], NotEmpty] = Field(
        description="The targets of this tenant, by environment.",
        json_schema_extra={"minProperties": 1},
    )


class StepDocument(Frozen):
    """A part of the rollout: the targets that `select` selects, up to `targets` of the fleet."""

    select: SelectorText = Field(
        default=EVERYTHING,
        description="A label selector, such as ring=canary or region=eu,tier!=test.",
    )
    targets: AmountOf = Field(
        default=ALL,
        description="How many of the fleet's targets are changed after this step, as a number or a "
        "percentage.",
    )
    bake_hours: float = Field(
        default=0,
        ge=0,
        le=_YEAR,
        description="Hours to wait after the step before its targets are judged again.",
    )
    max_failures: AmountOf | None = Field(
        default=None,
        description="How many targets of the step may fail, as a number or a percentage of the "
        "step. Default: the rollout's.",
    )
    max_parallel: MaxParallelOfStep = None

    def to_step(self) -> Step:
        """The step that this document describes."""
        return Step(
            select=self.select,
            targets=self.targets,
            bake_hours=self.bake_hours,
            max_failures=self.max_failures,
            max_parallel=self.max_parallel,
        )


class LabelLimitDocument(Frozen):
    """How many targets with the same value of a label are in hand at once."""

    label: LabelKey = Field(description="The key of the label, such as region.")
    limit: MaxParallel = Field(description="The most targets in hand with one value of it.")


class RolloutDocument(Frozen):
    """`rollout` in fleet.yaml."""

    steps: Annotated[tuple[StepDocument, ...], NotEmpty] = Field(
        default=(StepDocument(),),
        description="One after the other; by default all targets at once.",
        json_schema_extra={"minItems": 1},
    )
    max_parallel: MaxParallel = Field(
        default=200, description="How many targets are in hand at once."
    )
    max_parallel_per: LabelLimitDocument | None = Field(
        default=None,
        description="How many targets that have a label in common are in hand at once.",
    )
    max_failures: AmountOf = Field(
        default=NONE,
        description="How many targets of a step may fail, as a number or a percentage, before the "
        "rollout halts.",
    )

    def to_rollout(self) -> FleetRollout:
        """The rollout that this document describes."""
        per = self.max_parallel_per
        return FleetRollout(
            steps=tuple(each.to_step() for each in self.steps),
            max_parallel=self.max_parallel,
            max_parallel_per=LabelLimit(label=per.label, limit=per.limit) if per else None,
            max_failures=self.max_failures,
        )


class LimitsDocument(Frozen):
    """`limits` in fleet.yaml."""

    max_targets: int | None = Field(
        default=None, ge=1, description="An apply of more targets than this is refused."
    )


class DriftDocument(Frozen):
    """`drift` in fleet.yaml."""

    every_minutes: float | None = Field(
        default=None, gt=0, le=_YEAR * 60, description="How often; by default never."
    )
    metrics: bool = Field(default=False, description="Whether they also measure the slots.")


class IncludedDocument(Frozen):
    """A file that fleet.yaml includes."""

    targets: tuple[TenantDocument, ...] = Field(
        default=(), description="The tenants of the fleet, each with its environments."
    )


class FleetDocument(IncludedDocument):
    """fleet.yaml."""

    version: int = Field(
        ge=VERSION, le=VERSION, description=f"The version of the format: {VERSION}."
    )
    include: tuple[Glob, ...] = Field(
        default=(),
        description="Globs of files with more `targets`, relative to fleet.yaml, such as "
        "customers/*.yaml.",
    )
    defaults: DefaultsDocument = Field(
        default=DefaultsDocument(), description="What targets have that say nothing else."
    )
    rollout: RolloutDocument = Field(
        default=RolloutDocument(), description="In which steps the fleet is changed."
    )
    limits: LimitsDocument = Field(
        default=LimitsDocument(), description="What one run must not exceed."
    )
    drift: DriftDocument = Field(
        default=DriftDocument(), description="How workers look for drift by themselves."
    )

    def to_limits(self) -> FleetLimits:
        """The limits that this document describes."""
        return FleetLimits(max_targets=self.limits.max_targets)

    def to_drift(self) -> FleetDrift:
        """The drift checks that this document describes."""
        return FleetDrift(every_minutes=self.drift.every_minutes, metrics=self.drift.metrics)
