"""Live slots → slot files: new files are written, existing ones edited in place.

Before text is written, it is read back with the reader that a plan uses. So a plan directly after a
pull shows no changes, whatever the names and patterns contain.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from reconciler.adapters.manifests import files, yaml_source
from reconciler.adapters.manifests.desired import read_slot
from reconciler.adapters.manifests.documents import DOCUMENTS
from reconciler.adapters.manifests.documents.shared import FieldValue
from reconciler.adapters.manifests.editing import NotEditableError, with_fields
from reconciler.adapters.manifests.folder import Manifests
from reconciler.adapters.manifests.names import file_names
from reconciler.adapters.manifests.scalars import flow_list, literal, scalar
from reconciler.adapters.manifests.schema import SCHEMA_FILE, is_ours, schema_text
from reconciler.adapters.manifests.wording import slot_id_in
from reconciler.model.content import SlotContent
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import LiveState
from reconciler.model.written import WriteResult, Written

FIRST_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""The line that tells editors which schema to use for validation and completion."""
NOT_REGULAR = "it is not a regular file in this folder; it may be a link out of it"
NOT_EDITABLE = "its YAML cannot be edited in place; change it by hand"
_MAX_LINE = 100


class SlotWriter:
    """Writes slots of `live` into a folder whose current content is `existing`, as files of its
    API.

    `live` is everything in the tenant, because a file's name must not depend on the selection.
    Without `overwrite`, files that differ are kept. Raises ManifestError if a file cannot be
    written.
    """

    def __init__(
        self, folder: Path, *, live: LiveState, existing: Manifests, overwrite: bool
    ) -> None:
        self._folder = folder
        self._live = live
        self._existing = existing.desired
        self._form = SlotForm(existing)
        self._overwrite = overwrite
        self._names = file_names(
            {
                each.slot_id: each.content.name or ""
                for each in live.values()
                if each.slot_id not in self._existing
            },
            taken=files.names_in(folder),
        )

    def write(self, slot_id: str) -> Written:
        """Update one slot's file to the live slot."""
        slot = self._live[slot_id]
        desired = self._existing.get(slot_id)
        if desired is not None and says(desired, slot):
            return self._result(WriteResult.UNCHANGED, slot_id, self._path(slot_id))
        text = FIRST_LINE + self._form.text(slot)
        reason = self._form.why_unreadable(text, slot)
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
        text = schema_text(self._form.documents).encode()
        if old == text:
            return Written(WriteResult.UNCHANGED, str(path))
        if there and not (self._overwrite or is_ours(old)):
            return Written(WriteResult.KEPT, str(path), reason="it was not written by reconciler")
        files.write(path.resolve(), text)
        return Written(WriteResult.REFRESHED if there else WriteResult.CREATED, str(path))

    def _refresh(self, slot: LiveSlot, desired: DesiredSlot) -> Written:
        path = self._path(slot.slot_id)
        if not self._overwrite:
            reason = f"it differs in {', '.join(self._form.differing(slot, desired))}"
            return self._result(WriteResult.KEPT, slot.slot_id, path, reason)
        if not (path.is_file() and files.is_within(path, self._folder)):
            return self._result(WriteResult.KEPT, slot.slot_id, path, NOT_REGULAR)
        mark, text = files.read_marked(path)
        after = self._form.edited(text, slot, desired)
        if after is None:
            return self._result(WriteResult.KEPT, slot.slot_id, path, NOT_EDITABLE)
        files.write(path.resolve(), mark + after.encode())
        return self._result(WriteResult.REFRESHED, slot.slot_id, path)

    def _path(self, slot_id: str) -> Path:
        return Path(self._existing.where(slot_id).file)

    @staticmethod
    def _result(result: WriteResult, slot_id: str, path: Path | None, reason: str = "") -> Written:
        return Written(
            result=result, path=str(path) if path else None, slot_id=slot_id, reason=reason
        )


class SlotForm:
    """How live slots are written in the files of a project."""

    def __init__(self, project: Manifests) -> None:
        self.documents = DOCUMENTS[project.api]
        self._settings = project.settings

    def text(self, slot: LiveSlot) -> str:
        """A document for the live slot, with what it has."""
        fields = self.documents.written(slot, self._settings)
        return "".join(f"{line}\n" for key, value in fields.items() for line in _lines(key, value))

    def why_unreadable(self, text: str, slot: LiveSlot) -> str:
        """Why our reader would not read the live slot from `text`; empty if it would."""
        if len(text.encode()) > yaml_source.MAX_BYTES:
            return f"a slot file may have at most {yaml_source.MAX_BYTES:,} bytes"
        documents, problems = yaml_source.parse(text, file="")
        for document in documents:
            if slot_id_in(document) != slot.slot_id:
                continue
            desired, wrong = read_slot(document, documents=self.documents, settings=self._settings)
            if desired is None or wrong:
                return "; ".join(each.message for each in wrong)
            return "" if says(desired, slot) else "it would read back differently"
        return "; ".join(each.message for each in problems) or "it would read back as another slot"

    def edited(self, text: str, slot: LiveSlot, desired: DesiredSlot) -> str | None:
        """`text`, which describes `desired`, with the fields of the live slot; None if the result
        would not say exactly what it should."""
        fields = self.differing(slot, desired)
        if desired.is_absent:
            fields.update(self.cleared(keys_in(text, slot.slot_id) - fields.keys(), slot))
        try:
            edited = with_fields(
                text, slot_id=slot.slot_id, fields=fields, order=self.documents.order
            )
        except NotEditableError:
            return None
        same = rest(text, slot.slot_id, fields) == rest(edited, slot.slot_id, fields)
        return edited if same and not self.why_unreadable(edited, slot) else None

    def differing(self, slot: LiveSlot, desired: DesiredSlot) -> dict[str, FieldValue]:
        """The fields to set. Dependencies are a set, so those that remain keep their order."""
        in_file = desired.completed_by(slot)
        if in_file.content is None or in_file.canonical is None:
            fields = self.documents.written(slot, self._settings)
            del fields["slot_id"]
            return {**fields, "state": "present"}
        before, live = in_file.canonical.canonical_fields(), slot.canonical.canonical_fields()
        differ = [key for key in self.documents.order if before.get(key) != live.get(key)]
        fields = {
            key: self.documents.cleared[key] if live[key] is None else live[key] for key in differ
        }
        for key in self.documents.sought if "type" in fields else ():
            if key == live["type"]:
                fields[key] = live[key]
            elif getattr(desired.content, key) is not None:
                fields[key] = self.documents.cleared[key]
        if "dependencies" in fields:
            fields["dependencies"] = _in_order(slot.content, after=in_file.content)
        return fields

    def differing_anew(self, slot: LiveSlot, desired: DesiredSlot) -> dict[str, FieldValue]:
        """The fields to set so that a slot created from the file is this one: fields that the file
        leaves unmanaged would then have no values to keep."""
        fields = self.differing(slot, desired)
        if desired.content is None:
            return fields
        created, live = desired.content.completed(None).canonical(), slot.canonical
        before, after = created.canonical_fields(), live.canonical_fields()
        for key in self.documents.order:
            if before.get(key) != after.get(key) and key not in fields:
                fields[key] = self.documents.cleared[key] if after[key] is None else after[key]
        return fields

    def cleared(self, keys: Collection[str], slot: LiveSlot) -> dict[str, FieldValue]:
        """What these keys of an absent slot's file say once the slot is present again."""
        live, cleared = slot.canonical.canonical_fields(), self.documents.cleared
        return {key: cleared.get(key, live[key]) for key in keys if key in live}


def says(desired: DesiredSlot, slot: LiveSlot) -> bool:
    """Whether a file asks for what is live, fields that it does not manage aside."""
    return desired.completed_by(slot).canonical == slot.canonical


def _in_order(live: SlotContent, *, after: SlotContent) -> tuple[str, ...]:
    """The live dependencies, in the tenant's order unless the file has those that remain in
    another."""
    stored = tuple(dict.fromkeys(live.dependencies))
    remain = tuple(each for each in after.dependencies if each in stored)
    if tuple(each for each in stored if each in remain) == remain:
        return stored
    return tuple(dict.fromkeys((*remain, *live.distinct_dependencies)))


def _lines(key: str, value: FieldValue) -> list[str]:
    if not isinstance(value, tuple):
        return [f"{key}: {literal(value)}"]
    on_one_line = f"{key}: {flow_list(value)}"
    if not value or (key == "dependencies" and len(on_one_line) <= _MAX_LINE):
        return [on_one_line]
    return [f"{key}:", *(f"  - {scalar(each)}" for each in value)]


def keys_in(text: str, slot_id: str) -> set[str]:
    """The keys of the slot's document."""
    documents, _ = yaml_source.parse(text, file="")
    return {key for each in documents if slot_id_in(each) == slot_id for key in each.value}


def rest(text: str, slot_id: str, fields: Collection[str]) -> list[str]:
    """Everything that the text says apart from these fields of the slot."""
    documents, problems = yaml_source.parse(text, file="")
    said = [each.message for each in problems]
    for document in documents:
        value = document.value
        if slot_id_in(document) == slot_id:
            value = {key: each for key, each in value.items() if key not in fields}
        said.append(json.dumps(value, default=str))
    return said
