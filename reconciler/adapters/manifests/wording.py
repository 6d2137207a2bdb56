"""pydantic's errors in a document, in a user's words and with their positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic_core import ErrorDetails

from reconciler.adapters.manifests import yaml_problems
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.adapters.manifests.yaml_values import MAX_PROBLEMS, NotText
from reconciler.model.base import Frozen
from reconciler.model.closest import closest
from reconciler.model.problem import Problem
from reconciler.model.rule import Rule
from reconciler.model.rules.keys import BAD_VALUE, MISSING_KEY, OTHER_API, UNKNOWN_KEY, WRONG_TYPE
from reconciler.model.state import Path

_SHOWN = 60  # characters of a value or a key; a message is a line, not a file
_PERCENT = 100
_OF_THE_KEY = "[key]"
"""How pydantic ends the path of an error in a key, after the key."""
REFUSED = "refused"
"""The type of an error of our own, whose context is `why`, after "but", and `hint`."""
_MATCH_EXAMPLE = ("examples", "match")


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a document should be: a `model` of `api`. `others` are the models of the same document
    in other APIs, by name, and `keys` says how to begin if it has no keys."""

    api: str
    model: type[Frozen]
    others: Mapping[str, type[Frozen]]
    keys: str


def in_words(errors: Sequence[ErrorDetails], *, document: Document, form: Form) -> list[Problem]:
    """The errors as problems, at most MAX_PROBLEMS."""
    slot_id = slot_id_in(document)
    problems = [
        _problem(details, document=document, form=form, slot_id=slot_id)
        for details in errors[:MAX_PROBLEMS]
    ]
    if len(errors) > MAX_PROBLEMS:
        last = problems[-1].source
        problems.append(yaml_problems.too_many_problems(last, most=MAX_PROBLEMS))
    return problems


def slot_id_in(document: Document) -> str | None:
    """The id as written, even in a document with problems; None if there is none."""
    slot_id = document.value.get("slot_id") if isinstance(document.value, dict) else None
    return slot_id if isinstance(slot_id, str) else None


def _problem(
    details: ErrorDetails, *, document: Document, form: Form, slot_id: str | None
) -> Problem:
    path: Path = tuple(details["loc"])
    place = None
    if path[-1:] == (_OF_THE_KEY,):
        path = path[:-1]
        place = document.places.where_key(path)
        rule, message, hint = _explain_key(details, path=path)
    elif details["type"] == "extra_forbidden":
        place = document.places.where_key(path)
        rule, message, hint = _unknown_key(path, form=form)
    else:
        rule, message, hint = _explain(details, path=path, document=document, form=form)
    return rule.problem(
        place or document.places.where(path),
        message=message,
        hint=hint,
        slot_id=slot_id,
    )


def _unknown_key(path: Path, *, form: Form) -> tuple[Rule, str, str]:
    for api, model in form.others.items():
        if path[-1] in _keys_around(path, model=model):
            return (
                OTHER_API,
                f"`{_dotted(path)}` belongs to {api}, but this project's `api` is {form.api}",
                f"Remove it; or, if the tenant has {api}, write `api: {api}` in reconciler.yaml.",
            )
    message = f"unknown key `{_dotted(path)}`"
    if path[-1] == "<<":
        return UNKNOWN_KEY, message, "Merge keys are not supported: write the keys out."
    close = closest(str(path[-1]), _keys_around(path, model=form.model))
    return UNKNOWN_KEY, message, f"Did you mean `{close}`?" if close else "Remove it."


def _explain(
    details: ErrorDetails, *, path: Path, document: Document, form: Form
) -> tuple[Rule, str, str]:
    """Rule, message and hint for a pydantic error."""
    kind, given = details["type"], details["input"]
    if kind == "missing":
        return MISSING_KEY, f"`{_dotted(path)}` is missing", "Add it."
    expected = _EXPECTED.get(kind)
    if expected is None:
        return _explain_value(details, field=_dotted(path))
    if _is_bare_example(path, document.value):
        path, expected = path[:-1], "text, or keys `text` and `value`"
    field = f"`{_dotted(path)}`" if path else "a file"
    written = document.places.written(path)
    if kind == "string_type" and written and given is not None:
        shown = _cut(written)
        message = f"{field} must be {expected}, but {shown!r} is {_kind(given)} in YAML"
        return WRONG_TYPE, message, f'Quote it: "{shown}"'
    unlike = _shown(given) if isinstance(given, float) else _kind(given)
    hint = _way_out(kind, given) if path else form.keys
    return WRONG_TYPE, f"{field} must be {expected}, not {unlike}", hint


def _is_bare_example(path: Path, value: Any) -> bool:
    """Whether `path` ends in a `text` key that only our model of a `match` example has."""
    if path[:2] != _MATCH_EXAMPLE or path[-1] != "text":
        return False
    for step in path[:-1]:
        value = value[step]
    return not isinstance(value, dict)


def _way_out(kind: str, given: Any) -> str:
    if kind == "tuple_type" and isinstance(given, str):
        quoted = _cut(given).replace("'", "''")  # where a backslash has no special meaning
        return f"Write it as a list: ['{quoted}']"
    if kind in ("int_type", "float_type") and isinstance(given, str):
        return _as_a_number(given)
    if kind == "string_type" and given is None:
        return "Add the text, in quotes if it begins with #."
    return ""


def _as_a_number(written: str) -> str:
    """How to write a number that YAML 1.1 reads as text, such as `0o10`, or a quoted `5`."""
    try:
        return f"Write it in decimal, without quotes: {_cut(str(int(written, 0)))}"
    except ValueError:
        return ""


def _explain_key(details: ErrorDetails, *, path: Path) -> tuple[Rule, str, str]:
    """The same for a key of a mapping whose keys are names, which only a pattern restricts."""
    message = (
        f"the name {_shown(details['input'])} in `{_dotted(path[:-1])}` has an invalid character "
        "or length"
    )
    return BAD_VALUE, message, f"It must match {details.get('ctx', {}).get('pattern', '')}"


def _explain_value(details: ErrorDetails, *, field: str) -> tuple[Rule, str, str]:
    """Like `_explain`, for a value of the right type that is not allowed."""
    given, context = details["input"], details.get("ctx", {})
    expected = details["msg"].removeprefix("Input should be ")
    message, hint = f"`{field}` is {_shown(given)}, but should be {expected}", ""
    if details["type"] == REFUSED:
        message, hint = f"`{field}` is {_shown(given)}, but {context['why']}", context["hint"]
    elif details["type"] == "literal_error" and isinstance(given, str):
        hint = _closest_choice(given, expected=str(context.get("expected", "")))
    elif details["type"] == "string_pattern_mismatch":
        message = f"`{field}` is {_shown(given)}, which has an invalid character or length"
        hint = f"It must match {context.get('pattern', '')}"
    elif details["type"] == "string_too_short":
        message, hint = f"`{field}` is empty", "Add the text."
    elif details["type"] == "too_short" and not given:
        message, hint = f"`{field}` is empty", "Add one, or leave out the key."
    elif details["type"] == "value_error":  # one of our own, in our own words
        message = f"`{field}`: {context.get('error', expected)}"
    elif context.get("le") == 1 and isinstance(given, (int, float)) and 1 < given <= _PERCENT:
        hint = f"Write it as a fraction: {given / _PERCENT:g}"
    return BAD_VALUE, message, hint


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
    return "empty" if value is None else "keys and values"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"{_cut(value)!r}"
    try:
        return _cut(str(value))
    except ValueError:  # more digits than Python prints
        return "a number that is far too large"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{_cut(step)}"
    return text.removeprefix(".")


def _closest_choice(given: str, *, expected: str) -> str:
    """`expected` is pydantic's list of a Literal's values: `'a', 'b' or 'c'`."""
    choices = expected.replace(" or ", ", ").replace("'", "").split(", ")
    close = closest(given, choices)
    return f"Did you mean {close}?" if close else ""


def _keys_around(path: Path, *, model: type[Frozen]) -> list[str]:
    """The keys that a document of this model may have where `path` has its last key."""
    known: Any = model
    for step in path[:-1]:
        known = _present(known)
        if get_origin(known) is dict:
            known = get_args(known)[1]
        elif isinstance(step, str):
            field = known.model_fields.get(step)
            known = field.annotation if field is not None else None
        else:
            known = _item_of(known)
        if not (isinstance(known, type) and issubclass(known, Frozen)) and not get_args(known):
            return []
    return list(getattr(_present(known), "model_fields", ()))


def _present(annotation: Any) -> Any:
    """X for `X | None`, and any other annotation as it is."""
    options = [each for each in get_args(annotation) if each is not type(None)]
    is_optional = get_origin(annotation) in (Union, UnionType) and len(options) == 1
    return options[0] if is_optional else annotation


def _item_of(annotation: Any) -> Any:
    """A tuple's item type: X for `tuple[X, ...]` and for `tuple[Annotated[X, …], ...]`."""
    item = next(iter(get_args(annotation)), None)
    return item if isinstance(item, type) else next(iter(get_args(item)), None)
