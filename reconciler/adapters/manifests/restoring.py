"""The former content of slots → their files, edited in place; nothing is written yet.

Where a file says something of its own for an environment, the content goes there, and otherwise to
the slot's own keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.manifests import files, yaml_source
from reconciler.adapters.manifests.desired import read_slot
from reconciler.adapters.manifests.documents.shared import FieldValue
from reconciler.adapters.manifests.editing import (
    NotEditableError,
    with_fields,
    without_items,
    without_line,
)
from reconciler.adapters.manifests.environments import KEY, for_environment, said_for
from reconciler.adapters.manifests.folder import Manifests
from reconciler.adapters.manifests.names import file_names
from reconciler.adapters.manifests.schema import SCHEMA_FILE
from reconciler.adapters.manifests.text import shown
from reconciler.adapters.manifests.wording import slot_id_in
from reconciler.adapters.manifests.writer import (
    FIRST_LINE,
    NOT_EDITABLE,
    NOT_REGULAR,
    SlotForm,
    rest,
)
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.model.listed import listed
from reconciler.model.problem import Source
from reconciler.model.slot import LiveSlot
from reconciler.model.written import WriteResult, Written

_STATE, _EXAMPLES = "state", "examples"


@dataclass(frozen=True)
class _Example:
    """An example's place in its slot's document, and its text."""

    kind: str
    index: int
    text: str


class Restorer:
    """Edits the files of a project so that they say again what slots were before a change, in its
    `environment` if that change was made in one."""

    def __init__(self, folder: Path, *, existing: Manifests, environment: str | None) -> None:
        self._texts: dict[Path, tuple[bytes, str]] = {}
        self._folder = folder
        self._existing = existing
        self._environment = environment
        self._form = SlotForm(existing)
        self._taken = files.names_in(folder)

    @property
    def edited(self) -> dict[Path, bytes]:
        """The new contents of the files."""
        return {path: mark + text.encode() for path, (mark, text) in self._texts.items()}

    def shared(self, slot_id: str, former: LiveSlot) -> Mapping[str, tuple[str, ...]]:
        """The fields of a present slot that would change in other environments too, each with
        their names."""
        if slot_id not in self._existing.desired:
            return {}
        document = self._document(self._text(self._path(slot_id))[1], slot_id)
        fields = self._fields(document, former)
        return {
            key: others for key in fields if (others := tuple(self._others_with(document, key)))
        }

    def restore(self, slot_id: str, former: LiveSlot | None) -> Written:
        """Edit the slot's file to say what was there before; None stands for no slot."""
        reason = self._form.why_unreadable(self._form.text(former), former) if former else ""
        if reason:
            return Written(WriteResult.LEFT_OUT, slot_id=slot_id, reason=reason)
        if slot_id not in self._existing.desired:
            return self._created(slot_id, former)
        path = self._path(slot_id)
        kept = Written(WriteResult.KEPT, str(path), slot_id, NOT_REGULAR)
        if not (path.is_file() and files.is_within(path, self._folder)):
            return kept
        mark, text = self._text(path)
        document = self._document(text, slot_id)
        others = tuple(self._others_with(document, _STATE))
        if others and (former is None or self._is_absent(document)):
            return Written(WriteResult.KEPT, str(path), slot_id, self._only_here(others))
        try:
            after = self._edited(text, document, slot_id, former)
        except NotEditableError:
            return Written(WriteResult.KEPT, str(path), slot_id, NOT_EDITABLE)
        self._texts[path] = mark, after
        return Written(WriteResult.REFRESHED, str(path), slot_id)

    def drop_examples(self, places: Mapping[str, Collection[Source]]) -> dict[str, tuple[str, ...]]:
        """Take the examples at these places out of the edited files, by slot id, and return their
        texts. Raises NotEditableError."""
        found = {slot_id: list(self._examples_at(slot_id, at)) for slot_id, at in places.items()}
        for slot_id, examples in found.items():
            path = self._path(slot_id)
            mark, text = self._text(path)
            for kind in {each.kind for each in examples}:
                gone = [each.index for each in examples if each.kind == kind]
                text = without_items(text, slot_id=slot_id, path=(_EXAMPLES, kind), indices=gone)
            self._texts[path] = mark, text
        return {slot_id: tuple(each.text for each in found[slot_id]) for slot_id in found}

    def _examples_at(self, slot_id: str, places: Collection[Source]) -> Iterator[_Example]:
        path = self._path(slot_id)
        document = self._document(self._text(path)[1], slot_id, file=shown(path))
        for kind, examples in document.value.get(_EXAMPLES, {}).items():
            for index, each in enumerate(examples):
                if document.places.where((_EXAMPLES, kind, index)) in places:
                    text = each["text"] if isinstance(each, dict) else each
                    yield _Example(kind=kind, index=index, text=text)

    def _created(self, slot_id: str, former: LiveSlot | None) -> Written:
        others = tuple(each for each in self._existing.environments if each != self._environment)
        if former is None or others:
            reason = self._only_here(others) if others else "no file describes it"
            return Written(WriteResult.LEFT_OUT, slot_id=slot_id, reason=reason)
        names = file_names({slot_id: former.content.name or ""}, taken=self._taken)
        path = self._folder / names[slot_id]
        self._taken.append(names[slot_id])
        first_line = FIRST_LINE if SCHEMA_FILE in self._taken else ""
        self._texts[path] = b"", first_line + self._form.text(former)
        return Written(WriteResult.CREATED, str(path), slot_id)

    def _edited(self, text: str, document: Document, slot_id: str, former: LiveSlot | None) -> str:
        """Raises NotEditableError."""
        if former is None:
            return self._with(text, document, slot_id, {_STATE: "absent"})
        fields = self._fields(document, former)
        if self._is_absent(document):
            if _STATE not in self._here(document):
                found = without_line(text, slot_id=slot_id, key=_STATE)
                if found is not None:
                    return self._with(found, document, slot_id, fields)
            fields[_STATE] = "present"
        return self._with(text, document, slot_id, fields)

    def _with(
        self, text: str, document: Document, slot_id: str, fields: Mapping[str, FieldValue]
    ) -> str:
        """The text with these fields, each where the document says it for the environment. Raises
        NotEditableError, also if anything else would change."""
        here = self._here(document)
        order = self._form.documents.order
        after = with_fields(
            text,
            slot_id=slot_id,
            fields={key: value for key, value in fields.items() if key not in here},
            order=order,
        )
        if fields.keys() & here.keys():
            after = with_fields(
                after,
                slot_id=slot_id,
                fields={key: value for key, value in fields.items() if key in here},
                order=order,
                within=(KEY, self._environment or ""),
            )
        edited = {*fields, *((KEY,) if fields.keys() & here.keys() else ())}
        if rest(text, slot_id, edited) != rest(after, slot_id, edited):
            raise NotEditableError("another part refers to what is edited")
        return after

    def _fields(self, document: Document, former: LiveSlot) -> dict[str, FieldValue]:
        """The fields to set, the state aside."""
        said = self._said(document)
        slot, problems = read_slot(
            said, documents=self._form.documents, settings=self._existing.settings
        )
        if slot is not None and slot.content is not None and not problems:
            if self._is_absent(document):
                return self._form.differing_anew(former, slot)
            return self._form.differing(former, slot)
        fields = self._form.documents.written(former, self._existing.settings)
        del fields["slot_id"]
        fields.update(self._form.cleared(said.value.keys() - fields.keys(), former))
        return fields

    def _said(self, document: Document) -> Document:
        """What the document says in the environment, as if the slot were present."""
        value = self._as_here(document).value
        present = {key: each for key, each in value.items() if key != _STATE}
        return Document(value=present, places=document.places)

    def _is_absent(self, document: Document) -> bool:
        return bool(self._as_here(document).value.get(_STATE) == "absent")

    def _as_here(self, document: Document) -> Document:
        keys = self._form.documents.overridable
        return for_environment(document, self._environment or "", keys=keys)

    def _here(self, document: Document) -> Mapping[str, object]:
        """What the document says for the environment alone."""
        return said_for(document, self._environment or "")

    def _others_with(self, document: Document, key: str) -> Iterator[str]:
        """The other environments that have what the document itself says for `key`."""
        if key in self._here(document):
            return
        for name in self._existing.environments:
            if name != self._environment and key not in said_for(document, name):
                yield name

    def _only_here(self, others: tuple[str, ...]) -> str:
        return (
            f"whether the slot exists would change in {listed(others)} too; write `state` under "
            f"`environments: {self._environment}:` in its file, or at the top if all are meant"
        )

    def _document(self, text: str, slot_id: str, *, file: str = "") -> Document:
        documents, _ = yaml_source.parse(text, file=file)
        return next(each for each in documents if slot_id_in(each) == slot_id)

    def _text(self, path: Path) -> tuple[bytes, str]:
        """The byte order mark and the text, with the edits so far."""
        return self._texts[path] if path in self._texts else files.read_marked(path)

    def _path(self, slot_id: str) -> Path:
        return Path(self._existing.desired.where(slot_id).file)
