"""What the documents of every API have in common.

The description of a field is its help text in editors.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from reconciler.adapters.manifests.places import Places
from reconciler.model.base import Frozen
from reconciler.model.environment import NAME_PATTERN, Expectation
from reconciler.model.rule import Rule
from reconciler.model.settings import Limits, Rollout, Settings, Watch
from reconciler.model.slot import SLOT_ID_PATTERN, DesiredSlot, Examples, LiveSlot, MatchExample
from reconciler.model.state import Locator

FieldValue = str | bool | tuple[str, ...] | None
"""What a key of a slot file may have; None stands for a key without a value."""

ApiName = Literal["cognigy-v1", "cognigy-v2"]
Text = Annotated[str, Field(min_length=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Interval = Annotated[float, Field(gt=0, le=86_400)]
SlotId = Annotated[str, Field(pattern=SLOT_ID_PATTERN)]

Api = Annotated[ApiName, Field(description="The API of the tenant that holds the slots.")]
Dependencies = Annotated[
    tuple[SlotId, ...], Field(description="Ids of the slots that must exist before this one.")
]
Description = Annotated[str, Field(description="For people; it is never sent to the tenant.")]
Presence = Literal["present", "absent"]
Protect = Annotated[bool, Field(description="If true, any deletion of this slot is refused.")]
Owns = Annotated[tuple[str, ...], Field(description="Globs over slot_id: what --prune may delete.")]
Protected = Annotated[
    tuple[str, ...],
    Field(description="Ids of slots that are never deleted, whatever the files say."),
]
RolloutPart = Annotated[
    Rollout, Field(description="When the gate judges, and what follows a rejection.")
]
LimitsPart = Annotated[Limits, Field(description="What a run must not exceed.")]
WatchPart = Annotated[Watch, Field(description="What `reconciler watch` does by itself.")]


EnvironmentName = Annotated[str, Field(pattern=NAME_PATTERN)]
Overrides = Annotated[
    dict[EnvironmentName, dict[str, Any]],
    Field(
        description="What differs in an environment that reconciler.yaml declares, by its name: "
        "the content, `gate`, `protect` and `state`."
    ),
]


def _spelled_out(example: Any) -> Any:
    """Turn a bare text into an example without a `value`. Any other scalar fails as its `text`."""
    return example if isinstance(example, dict) else {"text": example}


class ExamplesDocument(Frozen):
    """Texts that are checked offline against the slot's patterns."""

    match: tuple[Annotated[MatchExample, BeforeValidator(_spelled_out)], ...] = Field(
        default=(),
        description="Texts that a pattern must match, either bare or with the expected `value`.",
    )
    reject: tuple[str, ...] = Field(default=(), description="Texts that no pattern may match.")

    def to_examples(self) -> Examples:
        """The examples that this document describes."""
        if not self.match and not self.reject:
            return _NO_EXAMPLES
        return Examples(match=self.match, reject=self.reject)


_NO_EXAMPLES = Examples()


class SlotDocument(Frozen):
    """One slot as written in a file. Keys that begin with `x-` are dropped."""

    environments: Overrides = Field(default={})

    @model_validator(mode="before")
    @classmethod
    def _drop_extensions(cls, data: Any) -> Any:
        if isinstance(data, dict) and [key for key in data if key.startswith("x-")]:
            return {key: value for key, value in data.items() if not key.startswith("x-")}
        return data

    @abstractmethod
    def to_slot(self, settings: Settings) -> DesiredSlot:
        """The slot that this document describes in a project with these settings."""


PromoteFrom = Annotated[
    EnvironmentName | None,
    Field(
        description="The environment where a slot's content has to pass its gate before it is "
        "planned here."
    ),
]
SoakHours = Annotated[
    float,
    Field(
        ge=0,
        le=8760,
        description="Hours for which the content has to stay healthy there before it is planned "
        "here.",
    ),
]


class ExpectDocument(Frozen):
    """Where the configuration of an environment has to lead. Any other is refused."""

    origin: str | None = Field(
        default=None,
        pattern=r"^https?://[A-Za-z0-9.:\[\]-]{1,255}/?$",
        description="The tenant's origin, such as https://acme.cognigy.com.",
    )
    bot_id: Text | None = Field(default=None, description="The id of the bot, or of the project.")

    def to_expectation(self) -> Expectation:
        """The expectation that this document describes."""
        return Expectation(origin=self.origin, bot_id=self.bot_id)


OVERRIDABLE_SETTINGS = ("gate", "snapshot", "rollout", "limits", "watch", "owns", "protect")
"""The keys of reconciler.yaml that an environment may have too, where the API has them."""


class EnvironmentDocument(Frozen):
    """One deployment of the same slots. Every other key takes precedence over the project's."""

    expect: ExpectDocument = Field(
        default=ExpectDocument(), description="Where the configuration has to lead."
    )
    promote_from: PromoteFrom = None
    soak_hours: SoakHours = 0
    owns: Owns = ()
    protect: Protected = ()
    rollout: RolloutPart = Rollout()
    limits: LimitsPart = Limits()
    watch: WatchPart = Watch()

    def tenant_ids(self) -> Mapping[str, str]:
        """The tenant's ids of the slots for which it has another than the `slot_id`."""
        return {}


class SettingsDocument(Frozen):
    """reconciler.yaml; every key is optional."""

    environments: Mapping[str, EnvironmentDocument]

    @abstractmethod
    def to_settings(self) -> Settings:
        """The settings that this document describes."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A rule that a document breaks in a way that its model cannot express, by a key or the lack
    of it."""

    key: str
    rule: Rule
    message: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class Documents:
    """How the files of one API are written.

    `absent_slot` is `slot` with no required key but `slot_id`, `gate_defaults` the policy of an
    empty `gate`, as a document. `patterns` is the key of the patterns, `neutral_type` a type that
    requires nothing of them, and `extraction` are all keys that the examples depend on. `sought`
    are keys that slots of the type of the same name need, and no others have. `faults` are those
    of a slot, given its keys with a value. `locator` finds the place of a slot's field by its name
    in the model. `overridable` are the keys of a slot that may differ between environments.

    `order` are the keys that a live slot can set, in the order of a new file. `written` are those
    of a file for a live slot, without what needs no mention, and `cleared` the values of keys that
    the live slot has nothing for.
    """

    api: str
    slot: type[SlotDocument]
    absent_slot: type[SlotDocument]
    settings: type[SettingsDocument]
    gate_defaults: Callable[[], Frozen]
    patterns: str
    neutral_type: str
    extraction: frozenset[str]
    sought: tuple[str, ...]
    faults: Callable[[Mapping[str, Any], Settings], Iterator[Fault]]
    locator: Callable[[Places], Locator]
    overridable: frozenset[str]
    order: tuple[str, ...]
    written: Callable[[LiveSlot, Settings], dict[str, FieldValue]]
    cleared: Mapping[str, FieldValue]
