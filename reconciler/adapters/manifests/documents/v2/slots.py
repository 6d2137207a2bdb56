"""The slot document of version 2: a slot filler of a flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from reconciler.adapters.manifests.documents import shared
from reconciler.adapters.manifests.documents.shared import Fault, SlotId, Text
from reconciler.adapters.manifests.documents.v2.gate import GateDocument
from reconciler.adapters.manifests.places import Places
from reconciler.model.content import FillerContent
from reconciler.model.problem import Source
from reconciler.model.rules.keys import BAD_VALUE, MISSING_KEY
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, FillerAddress, SlotState
from reconciler.model.state import Locator, Path

FillerType = Literal[
    "age",
    "date",
    "duration",
    "email",
    "intent",
    "slot",
    "money",
    "number",
    "percentage",
    "regex",
    "temperature",
]
FillerName = Annotated[str, Field(min_length=1, pattern=r"^[^@+=-]")]
SOUGHT = ("regex", "slot")
"""The keys that say what a filler looks for: each for the type of its own name, and for no other.
"""
NEUTRAL_TYPE: FillerType = "date"


class SlotDocument(shared.SlotDocument):
    """A slot filler as written in a file. Fields that it does not name are left as they are."""

    slot_id: SlotId = Field(
        description="The slot's key in plans, the ledger and `dependencies`; it never changes."
    )
    flow: Text | None = Field(
        default=None,
        description="The flow that the slot filler belongs to, by name or reference id. Default: "
        "the project's `flow`.",
    )
    name: FillerName | None = Field(
        default=None,
        description="The slot filler's name, used once in its flow. Default: the slot_id.",
    )
    reference_id: Text | None = Field(
        default=None,
        description="The slot filler's reference id. It is then found under any name, so that "
        "`name` can be changed.",
    )
    type: FillerType = Field(description="What the slot filler looks for; it cannot be changed.")
    regex: Text | None = Field(
        default=None,
        description="For type regex: a regular expression of JavaScript, as /…/ without flags.",
    )
    slot: Text | None = Field(
        default=None, description="For type slot: the name of a slot in an attached lexicon."
    )
    context_key: str | None = Field(
        default=None, description="The key of the context that gets the result."
    )
    profile_key: str | None = Field(
        default=None, description="The key of the contact profile that gets the result."
    )
    result_location: str | None = Field(
        default=None, description="CognigyScript: where the result is; if falsy, there is none."
    )
    additional_validation: str | None = Field(
        default=None, description="CognigyScript that must be true for a result to count."
    )
    store_result_in_context: bool | None = Field(
        default=None, description="Whether the result is stored in the context."
    )
    store_in_contact_profile: bool | None = Field(
        default=None, description="Whether the result is stored in the contact profile."
    )
    store_detailed_results: bool | None = Field(
        default=None, description="Whether the result is stored with its details."
    )
    skip_if_result_in_context: bool | None = Field(
        default=None, description="Whether it is skipped if the context already has a result."
    )
    use_positive_only: bool | None = Field(
        default=None, description="Whether negated keyphrases are left out."
    )
    dependencies: shared.Dependencies = ()
    description: shared.Description = ""
    state: shared.Presence = Field(
        default="present",
        description="`absent` requests the slot's deletion; then slot_id, state and flow are "
        "enough.",
    )
    protect: shared.Protect = False
    gate: GateDocument = Field(
        default=GateDocument(),
        description="Gate settings of this slot that differ from reconciler.yaml.",
    )
    examples: shared.ExamplesDocument = Field(
        default=shared.ExamplesDocument(),
        description="Texts that the regex must match, and must not match.",
    )

    def to_slot(self, settings: Settings) -> DesiredSlot:
        """The slot that this document describes; its flow may be the settings'."""
        flow, name = self.flow or settings.flow or "", self.name or self.slot_id
        content = None
        if self.state == "present":
            fields = {key: getattr(self, key) for key in MANAGED}
            content = FillerContent(
                flow=flow, name=name, type=self.type, dependencies=self.dependencies, **fields
            )
        return DesiredSlot(
            slot_id=self.slot_id,
            content=content,
            state=SlotState(self.state),
            protect=self.protect,
            description=self.description,
            gate=self.gate.to_override(),
            examples=self.examples.to_examples(),
            address=FillerAddress(flow=flow, name=name, reference_id=self.reference_id),
        )


MANAGED = tuple(
    key for key in FillerContent.FIELDS if key not in ("flow", "name", "type", "dependencies")
)
"""The fields of a slot filler that are managed only if a file names them."""

CONTENT = tuple(key for key in FillerContent.FIELDS if key != "type")
"""The fields that an environment may have its own value for: a filler's type cannot be changed."""


class AbsentSlotDocument(SlotDocument):
    """A slot that is to be deleted: `slot_id` and `state` are enough, and its flow."""

    type: FillerType = NEUTRAL_TYPE


@dataclass(frozen=True)
class FillerPlaces:
    """The places of a slot filler's fields by their names in the model, where it has `patterns`."""

    places: Places

    def where(self, path: Path = ()) -> Source:
        """The position of the value at `path`, or of its closest parent."""
        if path[:1] == ("patterns",):
            return self.places.where(("regex",))
        if path == ("name",) and self.places.written(path) is None:
            return self.places.where(("slot_id",))
        return self.places.where(path)


def faults(given: Mapping[str, Any], settings: Settings) -> Iterator[Fault]:
    """A slot filler has a flow, and looks for what its type says."""
    if "flow" not in given and settings.flow is None:
        yield Fault(
            key="flow",
            rule=MISSING_KEY,
            message="`flow` is missing, and reconciler.yaml names none either",
            hint="Add it here, or to reconciler.yaml if most slots belong to the same flow.",
        )
    kind = given.get("type")
    if given.get("state") == "absent" or kind not in get_args(FillerType):
        return
    for key in SOUGHT:
        if kind == key and key not in given:
            yield Fault(
                key=key,
                rule=MISSING_KEY,
                message=f"`{key}` is missing: a slot of type {kind} needs it",
                hint="Add it.",
            )
        elif kind != key and key in given:
            yield Fault(
                key=key,
                rule=BAD_VALUE,
                message=f"`{key}` is only for slots of type {key}, but `type` is {kind}",
                hint=f"Remove it, or write `type: {key}`.",
            )


def locator(places: Places) -> Locator:
    """Finds the fields of the slot in this document."""
    return FillerPlaces(places).where
