"""The models of slot documents and settings, with their errors in a user's words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from reconciler.adapters.manifests.wording import in_words
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.model.base import Frozen
from reconciler.model.content import PatternContent
from reconciler.model.gate import GateOverride
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.slot import SLOT_ID_PATTERN, DesiredSlot, Examples, MatchExample, SlotState

SlotId = Annotated[str, Field(pattern=SLOT_ID_PATTERN)]
Text = Annotated[str, Field(min_length=1)]


def _spelled_out(example: Any) -> Any:
    """Turn a bare text into an example without a `value`. Any other scalar fails as its `text`."""
    return example if isinstance(example, dict) else {"text": example}


class _ExamplesDocument(Frozen):
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
    """One slot as written in a file. The description of a field is its help text in editors."""

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
    dependencies: tuple[SlotId, ...] = Field(
        default=(), description="Ids of the slots that must exist before this one."
    )
    trigger_retrain: bool = Field(
        default=True,
        description="Whether a change to this slot retrains the bot; if false, there is no gate.",
    )
    description: str = Field(default="", description="For people; it is never sent to the tenant.")
    state: Literal["present", "absent"] = Field(
        default="present",
        description="`absent` requests the slot's deletion; then slot_id and state are enough.",
    )
    protect: bool = Field(
        default=False, description="If true, any deletion of this slot is refused."
    )
    gate: GateOverride = Field(
        default=GateOverride(),
        description="Gate settings of this slot that differ from reconciler.yaml.",
    )
    examples: _ExamplesDocument = Field(
        default=_ExamplesDocument(),
        description="Texts that the patterns must match, and must not match.",
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_extensions(cls, data: Any) -> Any:
        if isinstance(data, dict) and [key for key in data if key.startswith("x-")]:
            return {key: value for key, value in data.items() if not key.startswith("x-")}
        return data

    def to_slot(self) -> DesiredSlot:
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
            gate=self.gate,
            examples=self.examples.to_examples(),
        )


_OF_NO_TYPE = "-"
"""A type that requires nothing of a slot's patterns."""


class AbsentSlotDocument(SlotDocument):
    """A slot that is to be deleted: `slot_id` and `state` are enough."""

    name: Text = "-"
    type: Text = _OF_NO_TYPE
    fill_strategy: Literal["bestMatch", "firstMatch", "strict", "fuzzy"] = "bestMatch"


def read_slot(document: Document) -> tuple[DesiredSlot | None, list[Problem]]:
    """The slot that a document describes, and the document's problems.

    If there are problems, the slot contains only the valid parts, so that these are checked in the
    same run; nothing is planned from it. It is None if not even its id is valid.
    """
    value = document.value
    absent = isinstance(value, dict) and value.get("state") == "absent"
    model = AbsentSlotDocument if absent else SlotDocument
    given = _without_nulls(value, model)
    try:
        return model.model_validate(given).to_slot(), []
    except ValidationError as error:
        return _sound_part(given, error), in_words(error, document=document, model=model)


def _sound_part(given: Any, error: ValidationError) -> DesiredSlot | None:
    faulty = {details["loc"][0] for details in error.errors() if details["loc"]}
    if not isinstance(given, dict) or "slot_id" in faulty or "slot_id" not in given:
        return None
    sound = {key: item for key, item in given.items() if key not in faulty}
    sound.setdefault("name", f"({given['slot_id']})")  # a unique name
    if faulty & {"patterns", "type", "fill_strategy"}:
        sound.pop("examples", None)  # they would fail because of what is missing
    misspelt = faulty - SlotDocument.model_fields.keys()
    if "patterns" in faulty or (misspelt and "patterns" not in sound):
        sound["type"] = _OF_NO_TYPE
    return AbsentSlotDocument.model_validate(sound).to_slot()


def read_settings(document: Document) -> tuple[Settings, list[Problem]]:
    """The settings in a document, and its problems; with problems, they are the defaults."""
    try:
        return Settings.model_validate(_without_nulls(document.value, Settings)), []
    except ValidationError as error:
        return Settings(), in_words(error, document=document, model=Settings)


def _without_nulls(value: Any, model: Any) -> Any:
    """Drop keys without a value: they mean the default, as in every YAML-configured tool.

    Keys that `model` does not know are kept: they are misspelt, whatever their value.
    """
    if not _has_null(value) or not (isinstance(model, type) and issubclass(model, Frozen)):
        return value
    known = model.model_fields
    return {
        key: _without_nulls(item, known[key].annotation) if key in known else item
        for key, item in value.items()
        if item is not None or key not in known
    }


def _has_null(value: Any) -> bool:
    return isinstance(value, dict) and (
        None in value.values()
        or any(_has_null(item) for item in value.values() if isinstance(item, dict))
    )
