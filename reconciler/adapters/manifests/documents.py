"""What a file may say: the models of a slot document, and their errors in a user's words."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from reconciler.adapters.manifests.yaml_source import Document, NotText
from reconciler.model.base import Frozen
from reconciler.model.gate import GateOverride
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.slot import (
    SLOT_ID_PATTERN,
    DesiredSlot,
    Examples,
    MatchExample,
    SlotContent,
    SlotState,
)
from reconciler.model.state import Path

SlotId = Annotated[str, Field(pattern=SLOT_ID_PATTERN)]
Text = Annotated[str, Field(min_length=1)]


def _spelled_out(example: Any) -> Any:
    """A bare text is an example without a `value`; whatever else is no mapping is no text."""
    return example if isinstance(example, dict) else {"text": example}


class _ExamplesDocument(Frozen):
    match: tuple[Annotated[MatchExample, BeforeValidator(_spelled_out)], ...] = ()
    reject: tuple[str, ...] = ()


class SlotDocument(Frozen):
    """One slot as a file writes it; the docstring of a field is its help."""

    slot_id: SlotId
    name: Text
    type: Text
    patterns: tuple[str, ...] = ()
    fill_strategy: Literal["bestMatch", "firstMatch", "strict", "fuzzy"]
    dependencies: tuple[SlotId, ...] = ()
    trigger_retrain: bool = True
    description: str = ""
    state: Literal["present", "absent"] = "present"
    protect: bool = False
    gate: GateOverride = GateOverride()
    examples: _ExamplesDocument = _ExamplesDocument()

    @model_validator(mode="before")
    @classmethod
    def _drop_extensions(cls, data: Any) -> Any:
        if isinstance(data, dict) and any(key.startswith("x-") for key in data):
            return {key: value for key, value in data.items() if not key.startswith("x-")}
        return data

    def to_slot(self) -> DesiredSlot:
        """The noun that this document writes."""
        content = None
        if self.state == "present":
            content = SlotContent(
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
            examples=Examples(match=self.examples.match, reject=self.examples.reject),
        )


class AbsentSlotDocument(SlotDocument):
    """A slot that is to be deleted: `slot_id` and `state` suffice."""

    name: Text = "-"
    type: Text = "-"
    fill_strategy: Literal["bestMatch", "firstMatch", "strict", "fuzzy"] = "bestMatch"


def read_slot(document: Document) -> tuple[DesiredSlot | None, list[Problem]]:
    """The slot that a document writes, or what is wrong with it."""
    value = document.value
    absent = isinstance(value, dict) and value.get("state") == "absent"
    model = AbsentSlotDocument if absent else SlotDocument
    try:
        return model.model_validate(_without_nulls(value)).to_slot(), []
    except ValidationError as error:
        return None, _in_words(error, document=document, model=model)


def read_settings(document: Document) -> tuple[Settings, list[Problem]]:
    """The settings that a document writes; the defaults where it is wrong."""
    try:
        return Settings.model_validate(_without_nulls(document.value)), []
    except ValidationError as error:
        return Settings(), _in_words(error, document=document, model=Settings)


def _without_nulls(value: Any) -> Any:
    """A key without a value means the default, as in every YAML-configured tool."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value


def _in_words(error: ValidationError, *, document: Document, model: type[Frozen]) -> list[Problem]:
    slot_id = document.value.get("slot_id") if isinstance(document.value, dict) else None
    return [
        _problem(
            details,
            document=document,
            model=model,
            slot_id=slot_id if isinstance(slot_id, str) else None,
        )
        for details in error.errors(include_url=False)
    ]


def _problem(
    details: ErrorDetails, *, document: Document, model: type[Frozen], slot_id: str | None
) -> Problem:
    path: Path = tuple(details["loc"])
    field = _dotted(path)
    place = document.where_key(path) if details["type"] == "extra_forbidden" else None
    rule, message, hint = _explain(details, field=field, document=document)
    if details["type"] == "extra_forbidden":
        hint = _did_you_mean(path, model=model) or hint
    return Problem(
        source=place or document.where(path),
        rule=rule,
        message=message,
        hint=hint,
        slot_id=slot_id,
    )


def _explain(details: ErrorDetails, *, field: str, document: Document) -> tuple[str, str, str]:
    """Rule, message and hint for one of pydantic's error types."""
    kind, given = details["type"], details["input"]
    if kind == "missing":
        return "missing-key", f"`{field}` is missing", "Add it."
    if kind == "extra_forbidden":
        return "unknown-key", f"`{field}` is not a key that is known here", "Remove it."
    written = document.written(tuple(details["loc"]))
    if kind == "string_type" and written:
        shown = written[:60]
        message = f"`{field}` must be text, but {shown!r} is {_kind(given)} to YAML"
        return "wrong-type", message, f'Quote it: "{shown}"'
    if kind in _EXPECTED:
        whole = f"`{field}`" if field else "a file"
        return "wrong-type", f"{whole} must be {_EXPECTED[kind]}, not {_kind(given)}", ""
    return _explain_value(details, field=field)


def _explain_value(details: ErrorDetails, *, field: str) -> tuple[str, str, str]:
    """As `_explain`, for a value of the right type that is refused."""
    given, context = details["input"], details.get("ctx", {})
    expected = details["msg"].removeprefix("Input should be ")
    message, hint = f"`{field}` is {_shown(given)}, and should be {expected}", ""
    if details["type"] == "string_pattern_mismatch":
        message = f"`{field}` is {_shown(given)}, which has a character or a length not allowed"
        hint = f"It must match {context.get('pattern', '')}"
    elif details["type"] == "string_too_short":
        message, hint = f"`{field}` is empty", "Give it a text."
    return "bad-value", message, hint


_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "model_type": "keys and values",
    "dict_type": "keys and values",
}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, NotText):
        return "a date"
    if isinstance(value, tuple):
        return "a list"
    return "nothing" if value is None else "keys and values"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"{value[:60]!r}"
    try:
        return str(value)[:60]
    except ValueError:  # more digits than Python prints
        return "a number beyond all bounds"


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _did_you_mean(path: Path, *, model: type[Frozen]) -> str:
    known: Any = model
    for step in path[:-1]:
        field = known.model_fields.get(step) if isinstance(step, str) else None
        known = field.annotation if field is not None else None
        if not (isinstance(known, type) and issubclass(known, Frozen)):
            return ""
    close = difflib.get_close_matches(str(path[-1]), known.model_fields, n=1)
    return f"Did you mean `{close[0]}`?" if close else ""
