"""The documents of version 1: a slot has patterns and a fill strategy, and a success rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents import shared
from reconciler.adapters.manifests.documents.shared import (
    Documents,
    Fault,
    FieldValue,
    SlotId,
    Text,
)
from reconciler.adapters.manifests.places import Places
from reconciler.model.base import Frozen
from reconciler.model.content import PatternContent
from reconciler.model.gate import GateOverride, GatePolicy
from reconciler.model.settings import Limits, Rollout, Settings, Watch
from reconciler.model.slot import DesiredSlot, LiveSlot, SlotState
from reconciler.model.state import Locator

_NEUTRAL_TYPE = "-"
_NO_OVERRIDE = GateOverride()
_DEFAULT_POLICY = GatePolicy()


class GateDocument(Frozen):
    """When a change may stand. Rates are fractions, times are in seconds."""

    enabled: bool | None = Field(default=None, description="Whether metrics judge a change at all.")
    min_success_rate: shared.Fraction | None = Field(
        default=None,
        description="Fraction; below it the gate fails, unless the baseline was below it already.",
    )
    max_drop: shared.Fraction | None = Field(
        default=None, description="Fraction; the most that the rate may fall from the baseline."
    )
    time_range: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]{1,32}$",
        description="The period over which the tenant measures.",
    )
    min_samples: int | None = Field(
        default=None, ge=0, description="With fewer samples, a measurement is inconclusive."
    )
    settle_seconds: shared.Seconds | None = Field(
        default=None, description="Seconds to wait after the PUT before the first measurement."
    )
    poll_interval_seconds: shared.Interval | None = Field(
        default=None, description="Seconds between two measurements."
    )
    timeout_seconds: shared.Seconds | None = Field(
        default=None, description="Seconds after settling until the verdict is inconclusive."
    )
    consecutive_passes: int | None = Field(
        default=None, ge=1, description="How many measurements in a row must pass."
    )
    when_inconclusive: Literal["pass", "fail"] | None = Field(
        default=None,
        description="What an inconclusive verdict counts as; with a baseline it always fails.",
    )
    bake_hours: float | None = Field(
        default=None,
        ge=0,
        le=8760,
        description="Hours for which `drift --metrics` goes on judging a change that passed; by "
        "default as long as time_range; 0 for not at all.",
    )

    def to_override(self) -> GateOverride:
        """The fields that this document sets."""
        if not self.model_fields_set:
            return _NO_OVERRIDE
        return _override(**vars(self))


# Thousands of slots have the same few: each of its own would take as much memory as the slot.
_override = lru_cache(maxsize=256, typed=True)(GateOverride)


class SlotGateDocument(GateDocument):
    """What a slot's file says about its own gate; the project's settings hold for the rest."""

    watch: tuple[str, ...] = Field(
        default=(), description="Ids of other slots that are judged together with this one."
    )


class SlotDocument(shared.SlotDocument):
    """One slot as written in a file."""

    slot_id: SlotId = Field(description="The slot's id in the tenant; it never changes.")
    name: Text = Field(description="The slot's name for people; each name is used once.")
    type: Text = Field(description="The slot's type in the tenant, such as `regex` or `list`.")
    patterns: tuple[str, ...] = Field(
        default=(),
        description="Regular expressions of at most 50 characters, tried in this order.",
    )
    fill_strategy: Literal["bestMatch", "firstMatch", "strict", "fuzzy"] = Field(
        description="How the tenant chooses among several extractions."
    )
    dependencies: shared.Dependencies = ()
    trigger_retrain: bool = Field(
        default=True,
        description="Whether a change to this slot retrains the bot; if false, there is no gate.",
    )
    description: shared.Description = ""
    state: shared.Presence = Field(
        default="present",
        description="`absent` requests the slot's deletion; then slot_id and state are enough.",
    )
    protect: shared.Protect = False
    gate: SlotGateDocument = Field(
        default=SlotGateDocument(),
        description="Gate settings of this slot that differ from reconciler.yaml.",
    )
    examples: shared.ExamplesDocument = Field(
        default=shared.ExamplesDocument(),
        description="Texts that the patterns must match, and must not match.",
    )

    def to_slot(self, settings: Settings) -> DesiredSlot:  # noqa: ARG002 - nothing is inherited
        """The slot that this document describes."""
        content = None
        if self.state == "present":
            content = PatternContent(
                name=self.name,
                type=self.type,
                patterns=self.patterns,
                fill_strategy=self.fill_strategy,
                dependencies=self.dependencies,
            )
        return DesiredSlot(
            slot_id=self.slot_id,
            content=content,
            trigger_retrain=self.trigger_retrain,
            state=SlotState(self.state),
            protect=self.protect,
            description=self.description,
            gate=self.gate.to_override(),
            examples=self.examples.to_examples(),
        )


class AbsentSlotDocument(SlotDocument):
    """A slot that is to be deleted: `slot_id` and `state` are enough."""

    name: Text = "-"
    type: Text = _NEUTRAL_TYPE
    fill_strategy: Literal["bestMatch", "firstMatch", "strict", "fuzzy"] = "bestMatch"


class EnvironmentDocument(shared.EnvironmentDocument):
    """What reconciler.yaml says about one environment."""

    ids: dict[SlotId, SlotId] = Field(
        default={},
        description="This tenant's ids of the slots whose `slot_id` differs, by slot_id.",
    )
    gate: GateDocument = Field(default=GateDocument(), description="When a change stands.")

    def tenant_ids(self) -> Mapping[str, str]:
        """The tenant's ids of the slots for which it has another than the `slot_id`."""
        return self.ids


class SettingsDocument(shared.SettingsDocument):
    """slots/reconciler.yaml; every key is optional."""

    api: shared.Api = "cognigy-v1"
    owns: shared.Owns = ()
    protect: shared.Protected = ()
    gate: GateDocument = Field(default=GateDocument(), description="When a change stands.")
    rollout: shared.RolloutPart = Rollout()
    limits: shared.LimitsPart = Limits()
    watch: shared.WatchPart = Watch()
    environments: dict[shared.EnvironmentName, EnvironmentDocument] = Field(
        default={}, description="Deployments of the same slots, such as staging and production."
    )

    def to_settings(self) -> Settings:
        """The settings that this document describes."""
        return Settings(
            owns=self.owns,
            protect=self.protect,
            gate=_DEFAULT_POLICY.overridden_by(self.gate.to_override()),
            rollout=self.rollout,
            limits=self.limits,
            watch=self.watch,
        )


def _gate_defaults() -> GateDocument:
    fields = _DEFAULT_POLICY.model_dump()
    return GateDocument(**{**fields, "bake_hours": _DEFAULT_POLICY.hours_on_probation})


def _faults(_given: Mapping[str, Any], _settings: Settings) -> Iterator[Fault]:
    return iter(())


def _locator(places: Places) -> Locator:
    return places.where


def _written(slot: LiveSlot, _settings: Settings) -> dict[str, FieldValue]:
    """All that the slot has; a tenant may lack some of it."""
    content = slot.canonical
    fields: dict[str, FieldValue] = {"slot_id": slot.slot_id}
    if content.name is not None:
        fields["name"] = content.name
    if content.type is not None:
        fields["type"] = content.type
    fields["patterns"] = content.patterns
    if content.fill_strategy is not None:
        fields["fill_strategy"] = content.fill_strategy
    if content.dependencies:
        fields["dependencies"] = content.dependencies
    return fields


DOCUMENTS = Documents(
    api="cognigy-v1",
    slot=SlotDocument,
    absent_slot=AbsentSlotDocument,
    settings=SettingsDocument,
    gate_defaults=_gate_defaults,
    patterns="patterns",
    neutral_type=_NEUTRAL_TYPE,
    extraction=frozenset({"patterns", "type", "fill_strategy"}),
    sought=(),
    faults=_faults,
    locator=_locator,
    overridable=frozenset({*PatternContent.FIELDS, "gate", "protect", "state"}),
    order=("slot_id", "name", "type", "patterns", "fill_strategy", "dependencies", "state"),
    written=_written,
    cleared={"patterns": (), "dependencies": ()},
)
