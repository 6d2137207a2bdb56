"""A folder of YAML files → the desired state, the settings, and every problem found."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from reconciler.adapters.manifests import yaml_source
from reconciler.adapters.manifests.documents import read_settings, read_slot
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.errors import ManifestError
from reconciler.model.problem import Problem, Source
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState, Locator

SETTINGS_FILE = "reconciler.yaml"


@dataclass(frozen=True)
class Manifests:
    """What a folder says. With an error among `problems`, `desired` is not all that it asks for."""

    desired: DesiredState
    settings: Settings
    problems: tuple[Problem, ...]


def read_manifests(folder: FilePath) -> Manifests:
    """Read every slot file below `folder`, and its reconciler.yaml.

    All problems are collected. Raises ManifestError where there is nothing to read at all.
    """
    reading = _Reading(folder)
    for path in _files(folder):
        reading.read(path)
    if not reading.found_any:
        raise ManifestError(
            f"{folder} holds no slot files.",
            hint="Put one slot a file there, as *.yaml; files and folders whose name starts "
            "with . or _ are left out.",
        )
    return Manifests(
        desired=DesiredState(reading.slots.values(), locators=reading.locators),
        settings=reading.settings,
        problems=tuple(reading.problems),
    )


class _Reading:
    def __init__(self, folder: FilePath) -> None:
        self._folder = folder
        self.slots: dict[str, DesiredSlot] = {}
        self.locators: dict[str, Locator] = {}
        self.settings = Settings()
        self.problems: list[Problem] = []
        self.found_any = False

    def read(self, path: FilePath) -> None:
        # A name that is no text cannot be printed; its bytes are escaped.
        file = path.as_posix().encode("utf-8", errors="backslashreplace").decode()
        text = self._text(path, file=file)
        is_settings = path == self._folder / SETTINGS_FILE
        self.found_any = self.found_any or not is_settings
        if text is None:
            return
        documents, problems = yaml_source.parse(text, file=file)
        self.problems.extend(problems)
        if is_settings:
            self._settings(documents)
            return
        for document in documents:
            self._slot(document)
        if not documents and not problems:
            self._report(
                Source(file=file),
                "empty-file",
                "there is no slot in it",
                "Write one, or delete it.",
            )

    def _text(self, path: FilePath, *, file: str) -> str | None:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for its writer
                self._report(Source(file=file), "unreadable", "not a regular file", "Remove it.")
                return None
            size = status.st_size
            if size > yaml_source.MAX_BYTES:
                self._report(
                    Source(file=file),
                    "file-too-large",
                    f"{size:,} bytes; a slot file may have {yaml_source.MAX_BYTES:,}",
                    "Split it.",
                )
                return None
            # Line endings are YAML's business, and it reads all three kinds alike.
            data = path.read_bytes()
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # Of the error's own text, which lacks the byte order mark; sound up to the start.
            before = bytes(error.object[: error.start]).decode("utf-8")
            source = Source(
                file=file,
                line=before.count("\n") + 1,
                column=len(before) - (before.rfind("\n") + 1) + 1,
            )
            self._report(source, "not-utf8", "not UTF-8 text", "Save the file as UTF-8.")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._report(Source(file=file), "unreadable", f"cannot be read: {reason}", "")
        return None

    def _settings(self, documents: list[Document]) -> None:
        if len(documents) > 1:
            self._report(
                documents[1].where(),
                "bad-value",
                f"{SETTINGS_FILE} holds {len(documents)} documents, and may hold one",
                "Join them.",
            )
        elif documents:
            self.settings, problems = read_settings(documents[0])
            self.problems.extend(problems)

    def _slot(self, document: Document) -> None:
        slot, problems = read_slot(document)
        self.problems.extend(problems)
        if slot is None:
            return
        if slot.slot_id in self.slots:
            first = self.locators[slot.slot_id](("slot_id",))
            self.problems.append(
                Problem(
                    source=document.where(("slot_id",)),
                    rule="duplicate-slot-id",
                    slot_id=slot.slot_id,
                    message=f"slot_id {slot.slot_id!r} is taken already, at {first}",
                    hint="A slot has one file: remove one of the two, or correct its slot_id.",
                )
            )
            return
        self.slots[slot.slot_id] = slot
        self.locators[slot.slot_id] = document.where

    def _report(self, source: Source, rule: str, message: str, hint: str) -> None:
        self.problems.append(Problem(source=source, rule=rule, message=message, hint=hint))


def _files(folder: FilePath) -> Iterator[FilePath]:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise ManifestError(
            f"The slots folder {folder} {what}.",
            hint="Run this where slots/ is, or name the folder with --slots DIR.",
        )
    try:
        for parent, folders, files in os.walk(folder, onerror=_raise):
            folders[:] = sorted(name for name in folders if name[0] not in "._")
            for name in sorted(files):
                if name[0] not in "._" and name.endswith((".yaml", ".yml")):
                    yield FilePath(parent) / name
    except OSError as error:
        raise ManifestError(
            f"{error.filename or folder} cannot be listed: {error.strerror}.",
            hint="Check the folder's permissions.",
        ) from error


def _raise(error: OSError) -> None:
    raise error
