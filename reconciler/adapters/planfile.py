"""Saved plans: a Plan → a file, and back."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reconciler.adapters.encodings import SAVE_AS_UTF_8, marked_encoding
from reconciler.adapters.files import leads_out, read_regular, real_path, write_whole
from reconciler.errors import PlanFileError
from reconciler.model.plan import FORMAT_VERSION, Plan

_OWNER_ONLY = 0o600
"""Permissions: a plan holds the content of live slots."""
_ANOTHER_NAME = "Give --out another name, such as plan.json."
_MAKE_ANOTHER = "Make a new one with: reconciler plan --out FILE"


def require_plan_path(path: Path, *, slots: Path, ledger: Collection[Path]) -> None:
    """Raises PlanFileError where a plan would take the place of a slot file or of one of the
    ledger's files, or where a link leads it out of the working tree."""
    if leads_out(path):
        raise PlanFileError(
            f"{path} leads out of the working tree through a link, and is not written.",
            hint="Such a link may have come with the repository. Name the file that is meant.",
        )
    real = real_path(path)
    if real in {real_path(each) for each in ledger}:
        raise PlanFileError(
            f"{path} belongs to the ledger, and is not written over.", hint=_ANOTHER_NAME
        )
    if real.suffix.lower() in (".yaml", ".yml") and real.is_relative_to(real_path(slots)):
        raise PlanFileError(
            f"{path} would be read as a slot file, and is not written.", hint=_ANOTHER_NAME
        )


def write_plan_file(path: Path, document: str) -> None:
    """Write a plan's JSON whole or not at all; into a device or pipe, as it comes.

    Raises PlanFileError.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(document, encoding="utf-8")
            return
        # What a link leads to is replaced, not the link.
        write_whole(real_path(path), document.encode(), mode=_OWNER_ONLY)
    except OSError as error:
        raise PlanFileError(
            f"The plan cannot be written to {path}: {error.strerror}.",
            hint="Check that the folder is there and can be written to.",
        ) from error


def read_plan_file(path: Path) -> Plan:
    """The plan in a file. Raises PlanFileError unless it is whole, known and undamaged."""
    try:
        content = read_regular(path)
    except OSError as error:
        raise PlanFileError(
            f"The plan file {path} cannot be read: {error.strerror}.", hint=_MAKE_ANOTHER
        ) from error
    encoding = marked_encoding(content)
    if encoding is not None:
        raise PlanFileError(f"{path} is {encoding} text, not UTF-8.", hint=SAVE_AS_UTF_8)
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{path} is not JSON.", hint=_MAKE_ANOTHER) from error
    if not isinstance(document, dict):
        raise PlanFileError(f"{path} is not a plan file.", hint=_MAKE_ANOTHER)
    return plan_in(document, path=path)


def plan_in(document: dict[str, Any], *, path: Path) -> Plan:
    """The plan in the JSON object that was read from a file. Raises PlanFileError likewise."""
    if "format_version" not in document:
        raise PlanFileError(f"{path} is not a plan file.", hint=_MAKE_ANOTHER)
    _require_known_major(document["format_version"], path=path)
    return _plan(document, path=path)


def _require_known_major(version: Any, *, path: Path) -> None:
    ours = FORMAT_VERSION.split(".")[0]
    if not isinstance(version, str) or version.split(".")[0] != ours:
        raise PlanFileError(
            f"{path} has the format version {str(version)[:20]!r}, and this tool reads {ours}.x.",
            hint="Make and apply a plan with the same version of reconciler.",
        )


def _plan(document: dict[str, Any], *, path: Path) -> Plan:
    keys = (field.serialization_alias or name for name, field in Plan.model_fields.items())
    known = {key: document[key] for key in keys if key in document}
    try:
        plan = _without_unknown_keys(known)
        digest = _digest_as_spelled(plan, document)  # which no infinite number has
    except (ValidationError, ValueError) as error:
        raise PlanFileError(
            f"{path} is damaged: it lacks something, or holds something of an unknown shape.",
            hint=_MAKE_ANOTHER,
        ) from error
    if digest != document.get("digest"):
        raise PlanFileError(
            f"{path} is damaged, or was edited: its digest is not that of its contents.",
            hint=_MAKE_ANOTHER,
        )
    return plan


def _digest_as_spelled(plan: Plan, document: dict[str, Any]) -> str:
    """The digest by the file's own spelling of the origin, which the plan has normalised."""
    endpoint = plan.endpoint.model_copy(update={"origin": document["target"]["origin"]})
    return plan.model_copy(update={"endpoint": endpoint}).digest


def _without_unknown_keys(document: dict[str, Any]) -> Plan:
    """The plan; keys within it that a newer minor version has added are dropped."""
    try:
        return Plan.model_validate_json(json.dumps(document))
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        if any(each["type"] != "extra_forbidden" for each in wrong):
            raise
        for each in wrong:
            *around, key = each["loc"]
            place: Any = document
            for step in around:
                place = place[step]
            del place[key]
        return Plan.model_validate_json(json.dumps(document))
