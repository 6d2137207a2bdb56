"""Documents → slots and settings, with their errors in a user's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from reconciler.adapters.manifests.documents import DEFAULT, DOCUMENTS, Documents
from reconciler.adapters.manifests.documents.shared import ApiName
from reconciler.adapters.manifests.wording import Form, in_words, slot_id_in
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.model.base import Frozen
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot

_NOTHING_GIVEN = Settings()


class _ApiChoice(BaseModel):
    """The one key of reconciler.yaml that says how the others are read."""

    model_config = ConfigDict(extra="ignore", strict=True, defer_build=True)
    api: ApiName | None = None


def read_api(document: Document) -> tuple[Documents | None, list[Problem]]:
    """The documents of the API that the settings in a document name, or None and the problem."""
    if not isinstance(document.value, dict):
        return DEFAULT, []
    try:
        choice = _ApiChoice.model_validate(document.value)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        return None, in_words(errors, document=document, form=_settings_form(DEFAULT))
    return DOCUMENTS[choice.api or DEFAULT.api], []


def read_slot(
    document: Document, *, documents: Documents, settings: Settings = _NOTHING_GIVEN
) -> tuple[DesiredSlot | None, list[Problem]]:
    """The slot that a document describes in a project with these settings, and the document's
    problems.

    If there are problems, the slot contains only the valid parts, so that these are checked in the
    same run; nothing is planned from it. It is None if not even its id is valid.
    """
    value = document.value
    absent = isinstance(value, dict) and value.get("state") == "absent"
    model = documents.absent_slot if absent else documents.slot
    given = without_nulls(value, model)
    faulty: set[Any] = set()
    problems: list[Problem] = []
    slot = None
    try:
        slot = model.model_validate(given).to_slot(settings)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        faulty.update(_first_keys(errors))
        problems = in_words(errors, document=document, form=_slot_form(documents))
    if isinstance(given, dict):
        for fault in documents.faults(given, settings):
            faulty.add(fault.key)
            problems.append(
                fault.rule.problem(
                    document.places.where((fault.key,)),
                    message=fault.message,
                    hint=fault.hint,
                    slot_id=slot_id_in(document),
                )
            )
    if not problems:
        return slot, []
    return _sound_part(given, faulty, documents=documents, settings=settings), problems


def _sound_part(
    given: Any, faulty: Collection[Any], *, documents: Documents, settings: Settings
) -> DesiredSlot | None:
    if not isinstance(given, dict) or "slot_id" in faulty or "slot_id" not in given:
        return None
    sound = {key: item for key, item in given.items() if key not in faulty}
    if "name" in faulty:
        sound["name"] = f"({given['slot_id']})"  # a unique name
    if documents.extraction & set(faulty):
        sound.pop("examples", None)  # they would fail because of what is missing
    misspelt = set(faulty) - documents.slot.model_fields.keys()
    patterns = documents.patterns
    if patterns in faulty or (misspelt and patterns not in sound):
        sound["type"] = documents.neutral_type
    return documents.absent_slot.model_validate(sound).to_slot(settings)


def read_settings(
    document: Document, *, documents: Documents = DEFAULT
) -> tuple[Settings, list[Problem]]:
    """The settings in a document, and its problems; with problems, they are its valid parts."""
    model = documents.settings
    given = without_nulls(document.value, model)
    try:
        return model.model_validate(given).to_settings(), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        problems = in_words(errors, document=document, form=_settings_form(documents))
        faulty = _first_keys(errors)
        items = given.items() if isinstance(given, dict) else ()
        sound = {key: item for key, item in items if key not in faulty}
        return model.model_validate(sound).to_settings(), problems


def _first_keys(errors: Iterable[ErrorDetails]) -> set[str | int]:
    return {details["loc"][0] for details in errors if details["loc"]}


def _slot_form(documents: Documents) -> Form:
    others = {api: each.slot for api, each in DOCUMENTS.items() if each is not documents}
    return Form(
        api=documents.api,
        model=documents.slot,
        others=others,
        keys="Begin with `slot_id:`. Several slots have a line of `---` between them.",
    )


def _settings_form(documents: Documents) -> Form:
    others = {api: each.settings for api, each in DOCUMENTS.items() if each is not documents}
    return Form(
        api=documents.api,
        model=documents.settings,
        others=others,
        keys='Write each setting with its key, such as `owns: ["*"]`.',
    )


def without_nulls(value: Any, model: Any) -> Any:
    """Drop keys without a value: they mean the default, as in every YAML-configured tool.

    Keys that `model` does not know are kept: they are misspelt, whatever their value.
    """
    if not _has_null(value):
        return value
    if get_origin(model) is dict and isinstance(value, dict):
        _, kind = get_args(model)
        empty: Any = {} if isinstance(kind, type) and issubclass(kind, Frozen) else None
        given = {key: empty if item is None else item for key, item in value.items()}
        return {key: without_nulls(item, kind) for key, item in given.items()}
    if get_origin(model) is tuple and isinstance(value, tuple):
        return tuple(without_nulls(item, get_args(model)[0]) for item in value)
    if not (isinstance(model, type) and issubclass(model, Frozen) and isinstance(value, dict)):
        return value
    known = model.model_fields
    return {
        key: without_nulls(item, known[key].annotation) if key in known else item
        for key, item in value.items()
        if item is not None or key not in known
    }


def _has_null(value: Any) -> bool:
    if isinstance(value, (dict, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            if item is None or (isinstance(item, (dict, tuple)) and _has_null(item)):
                return True
    return False
