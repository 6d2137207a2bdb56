"""The parts that a plan, a drift and an outcome have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Discriminator, Field, JsonValue, Tag

from reconciler.formats.reading import LISTED, WORD, Count, Fraction, Shape
from reconciler.model.base import rfc3339
from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.content import (
    CanonicalFillerContent,
    CanonicalPatternContent,
    FillerContent,
    PatternContent,
)
from reconciler.model.endpoint import Endpoint, Kind
from reconciler.model.environment import NAME_PATTERN
from reconciler.model.gate import Rejection
from reconciler.model.plan import Selection, Summary
from reconciler.model.promotion import Waiting

Texts = Annotated[tuple[str, ...], LISTED]
EnvironmentName = Annotated[str, Field(pattern=NAME_PATTERN)]


class EndpointShape(Shape):
    """The tenant and the bot or project; the origin is as the document spells it."""

    origin: str
    bot_id: str | None = None
    kind: Kind = "bot"

    @property
    def value(self) -> Endpoint:
        """The endpoint, its origin normalised."""
        return Endpoint(origin=self.origin, bot_id=self.bot_id, kind=self.kind)


def endpoint_object(endpoint: Endpoint) -> dict[str, str | None]:
    """What EndpointShape reads."""
    return {**endpoint.model_dump(), "kind": endpoint.kind}


class RejectionShape(Shape):
    """Slot content that a gate has rejected."""

    slot_id: str
    run_id: str
    reason: str
    success_rate: Fraction | None = None
    baseline: Fraction | None = None
    live: bool = False
    blocks: Texts = ()

    @property
    def value(self) -> Rejection:
        """The rejection."""
        return Rejection(**self.model_dump())


class SelectionShape(Shape):
    """The part of the plan that was selected."""

    targets: Texts = ()
    prune: bool = False

    @property
    def value(self) -> Selection:
        """The selection."""
        return Selection(**self.model_dump())


class SummaryShape(Shape):
    """How many slots there are of each kind."""

    create: Count = 0
    update: Count = 0
    delete: Count = 0
    skipped: Count = 0
    waiting: Count = 0
    unchanged: Count = 0
    unmanaged: Count = 0
    claimed: Count = 0

    @property
    def value(self) -> Summary:
        """The counts."""
        return Summary(**self.model_dump())


class _Field(Shape):
    field: str
    before: JsonValue
    after: JsonValue


class _Patterns(Shape):
    name: str | None
    type: str | None
    patterns: Texts
    fill_strategy: str | None
    dependencies: Texts

    @property
    def value(self) -> PatternContent:
        """The content."""
        return PatternContent(**self.model_dump())

    @property
    def canonical(self) -> CanonicalPatternContent:
        """The content in its canonical form."""
        return CanonicalPatternContent(**self.model_dump())


class _Filler(Shape):
    flow: str
    name: str
    type: str
    regex: str | None = None
    slot: str | None = None
    context_key: str | None = None
    profile_key: str | None = None
    result_location: str | None = None
    additional_validation: str | None = None
    store_result_in_context: bool | None = None
    store_in_contact_profile: bool | None = None
    store_detailed_results: bool | None = None
    skip_if_result_in_context: bool | None = None
    use_positive_only: bool | None = None
    dependencies: Texts = ()

    @property
    def value(self) -> FillerContent:
        """The content."""
        return FillerContent(**self.model_dump())

    @property
    def canonical(self) -> CanonicalFillerContent:
        """The content in its canonical form."""
        return CanonicalFillerContent(**self.model_dump())


def _api_of(value: Any) -> str:
    """Only a slot filler is in a flow."""
    return "filler" if isinstance(value, Mapping) and "flow" in value else "slot"


_Slot = Annotated[
    Annotated[_Patterns, Tag("slot")] | Annotated[_Filler, Tag("filler")], Discriminator(_api_of)
]


class ChangeShape(Shape):
    """One change."""

    slot_id: str
    name: str
    action: Annotated[Action, WORD]
    wave: int
    depends_on: Texts = ()
    fields: Annotated[tuple[_Field, ...], LISTED] = ()
    before: _Slot | None = None
    after: _Slot | None = None
    trigger_retrain: bool = True
    tenant_id: str | None = None

    @property
    def value(self) -> Change:
        """The change."""
        return Change(
            slot_id=self.slot_id,
            name=self.name,
            action=self.action,
            wave=self.wave,
            depends_on=self.depends_on,
            fields=tuple(FieldChange(**each.model_dump()) for each in self.fields),
            before=self.before.canonical if self.before else None,
            after=self.after.value if self.after else None,
            trigger_retrain=self.trigger_retrain,
            tenant_id=self.tenant_id,
        )


class WaitingShape(Shape):
    """A change that waits for another environment."""

    slot_id: str
    environment: EnvironmentName = Field(alias="for")
    reason: str
    until: Annotated[datetime | None, WORD] = None
    change: ChangeShape

    @property
    def value(self) -> Waiting:
        """What waits."""
        return Waiting(
            change=self.change.value,
            environment=self.environment,
            reason=self.reason,
            until=self.until,
        )


def waiting_json(waiting: Iterable[Waiting]) -> list[dict[str, Any]]:
    """The changes that wait, as JSON."""
    return [
        {
            "slot_id": each.slot_id,
            "for": each.environment,
            "reason": each.reason,
            "until": rfc3339(each.until) if each.until else None,
            "change": each.change.model_dump(mode="json"),
        }
        for each in waiting
    ]


class PlanShape(Shape):
    """Everything but the changes, which a plan and a drift have in different shapes."""

    environment: EnvironmentName | None = None
    target: EndpointShape
    scope: SelectionShape = SelectionShape()
    tool_version: str
    desired_digest: str
    summary: SummaryShape
    unmanaged: Texts = ()
    rejected: Annotated[tuple[RejectionShape, ...], LISTED] = ()
    waiting: Annotated[tuple[WaitingShape, ...], LISTED] = ()
    warnings: Texts = ()

    @property
    def common(self) -> dict[str, Any]:
        """The fields that a Plan and a DriftReport have in common."""
        return {
            "environment": self.environment,
            "endpoint": self.target.value,
            "selection": self.scope.value,
            "tool_version": self.tool_version,
            "desired_digest": self.desired_digest,
            "summary": self.summary.value,
            "unmanaged": self.unmanaged,
            "rejected": tuple(each.value for each in self.rejected),
            "waiting": tuple(each.value for each in self.waiting),
            "warnings": self.warnings,
        }
