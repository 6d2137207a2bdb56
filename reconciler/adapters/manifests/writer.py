"""Live slots → slot files: new files are written, existing ones edited in place.

Before text is written, it is read back with the reader that a plan uses. So a plan directly after a
pull shows no changes, whatever the names and patterns contain.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from reconciler.adapters.manifests import files, yaml_source
from reconciler.adapters.manifests.desired import read_slot
from reconciler.adapters.manifests.documents import DEFAULT
from reconciler.adapters.manifests.editing import FieldValue, NotEditableError, with_fields
from reconciler.adapters.manifests.names import file_names
from reconciler.adapters.manifests.scalars import flow_list, scalar
from reconciler.adapters.manifests.schema import SCHEMA_FILE, is_ours, schema_text
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.model.written import WriteResult, Written

FIRST_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""The line that tells editors which schema to use for validation and completion."""
_ORDER = ("slot_id", "name", "type", "patterns", "fill_strategy", "dependencies", "state")
_MAX_LINE = 100


class SlotWriter:
    """Writes slots of `live` into a folder whose current content is `existing`.

    `live` is everything in the tenant, because a file's name must not depend on the selection.
    Without `overwrite`, files that differ are kept. Raises ManifestError if a file cannot be
    written.
    """

    def __init__(
        self, folder: Path, *, live: LiveState, existing: DesiredState, overwrite: bool
    ) -> None:
        self._folder = folder
        self._live = live
        self._existing = existing
        self._overwrite = overwrite
        self._names = file_names(
            {
                each.slot_id: each.content.name or ""
                for each in live.values()
                if each.slot_id not in existing
            },
            taken=files.names_in(folder),
        )

    def write(self, slot_id: str) -> Written:
        """Update one slot's file to the live slot."""
        slot = self._live[slot_id]
        desired = self._existing.get(slot_id)
        if desired is not None and desired.canonical == slot.canonical:
            return self._result(WriteResult.UNCHANGED, slot_id, self._path(slot_id))
        text = FIRST_LINE + slot_text(slot)
        reason = _why_unreadable(text, slot)
        if reason:
            return self._result(WriteResult.LEFT_OUT, slot_id, None, reason)
        if desired is not None:
            return self._refresh(slot, desired)
        path = self._folder / self._names[slot_id]
        files.write(path, text.encode())
        return self._result(WriteResult.CREATED, slot_id, path)

    def write_schema(self) -> Written:
        """Write the schema next to the slots, replacing one of an earlier reconciler version."""
        path = self._folder / SCHEMA_FILE
        there = path.is_symlink() or path.exists()
        if there and not (path.is_file() and files.is_within(path, self._folder)):
            return Written(
                WriteResult.KEPT, str(path), reason="it is not a regular file in this folder"
            )
        old = files.read(path) if there else b""
        if old == schema_text().encode():
            return Written(WriteResult.UNCHANGED, str(path))
        if there and not (self._overwrite or is_ours(old)):
            return Written(WriteResult.KEPT, str(path), reason="it was not written by reconciler")
        files.write(path.resolve(), schema_text().encode())
        return Written(WriteResult.REFRESHED if there else WriteResult.CREATED, str(path))

    def _refresh(self, slot: LiveSlot, desired: DesiredSlot) -> Written:
        path = self._path(slot.slot_id)
        fields = _differing(slot, desired)
        if not self._overwrite:
            reason = f"it differs in {', '.join(fields)}"
            return self._result(WriteResult.KEPT, slot.slot_id, path, reason)
        if not (path.is_file() and files.is_within(path, self._folder)):
            reason = "it is not a regular file in this folder; it may be a link out of it"
            return self._result(WriteResult.KEPT, slot.slot_id, path, reason)
        data = files.read(path)
        mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        after = _edited(data.removeprefix(mark).decode(), slot, fields)
        if after is None:
            reason = "its YAML cannot be edited in place; change it by hand"
            return self._result(WriteResult.KEPT, slot.slot_id, path, reason)
        files.write(path.resolve(), mark + after.encode())
        return self._result(WriteResult.REFRESHED, slot.slot_id, path)

    def _path(self, slot_id: str) -> Path:
        return Path(self._existing.where(slot_id).file)

    @staticmethod
    def _result(result: WriteResult, slot_id: str, path: Path | None, reason: str = "") -> Written:
        return Written(
            result=result, path=str(path) if path else None, slot_id=slot_id, reason=reason
        )


def slot_text(slot: LiveSlot) -> str:
    """A document with the slot's id and five fields, without those that are null."""
    content = slot.canonical
    lines = [f"slot_id: {scalar(slot.slot_id)}"]
    for key, value in (("name", content.name), ("type", content.type)):
        if value is not None:
            lines.append(f"{key}: {scalar(value)}")
    lines.append("patterns:" if content.patterns else "patterns: []")
    lines.extend(f"  - {scalar(pattern)}" for pattern in content.patterns)
    if content.fill_strategy is not None:
        lines.append(f"fill_strategy: {scalar(content.fill_strategy)}")
    if content.dependencies:
        on_one_line = f"dependencies: {flow_list(content.dependencies)}"
        if len(on_one_line) <= _MAX_LINE:
            lines.append(on_one_line)
        else:
            lines.append("dependencies:")
            lines.extend(f"  - {scalar(each)}" for each in content.dependencies)
    return "\n".join(lines) + "\n"


def _edited(text: str, slot: LiveSlot, fields: Mapping[str, FieldValue]) -> str | None:
    """`text` with the fields set; None if the result would not say exactly what it should."""
    try:
        edited = with_fields(text, slot_id=slot.slot_id, fields=fields, order=_ORDER)
    except NotEditableError:
        return None
    same = _rest(text, slot.slot_id, fields) == _rest(edited, slot.slot_id, fields)
    return edited if same and not _why_unreadable(edited, slot) else None


def _differing(slot: LiveSlot, desired: DesiredSlot) -> dict[str, FieldValue]:
    """The fields to set. Dependencies are a set, so those that remain keep their order."""
    live: dict[str, Any] = slot.canonical.canonical_fields()
    fields: dict[str, FieldValue] = {}
    if desired.canonical is None or desired.content is None:
        fields = {"state": "present"}
        in_file: dict[str, Any] = {}
        dependencies: tuple[str, ...] = ()
    else:
        in_file = desired.canonical.canonical_fields()
        dependencies = tuple(dict.fromkeys(desired.content.dependencies))
    for key in _ORDER[1:-1]:
        if in_file.get(key) != live[key]:
            fields[key] = live[key]
    if "dependencies" in fields:
        remaining = [each for each in dependencies if each in live["dependencies"]]
        fields["dependencies"] = tuple(dict.fromkeys((*remaining, *live["dependencies"])))
    return fields


def _why_unreadable(text: str, slot: LiveSlot) -> str:
    """Why our reader would not read the live slot from `text`; empty if it would."""
    if len(text.encode()) > yaml_source.MAX_BYTES:
        return f"a slot file may have at most {yaml_source.MAX_BYTES:,} bytes"
    documents, problems = yaml_source.parse(text, file="")
    for document in documents:
        if not isinstance(document.value, dict) or document.value.get("slot_id") != slot.slot_id:
            continue
        desired, wrong = read_slot(document, documents=DEFAULT)
        if desired is None or wrong:
            return "; ".join(each.message for each in wrong)
        return "" if desired.canonical == slot.canonical else "it would read back differently"
    return "; ".join(each.message for each in problems) or "it would read back as another slot"


def _rest(text: str, slot_id: str, fields: Collection[str]) -> list[str]:
    """Everything that the text says apart from these fields of the slot."""
    documents, problems = yaml_source.parse(text, file="")
    said = [each.message for each in problems]
    for document in documents:
        value = document.value
        if isinstance(value, dict) and value.get("slot_id") == slot_id:
            value = {key: each for key, each in value.items() if key not in fields}
        said.append(json.dumps(value, default=str))
    return said
