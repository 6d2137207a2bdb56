"""A folder of YAML files → the desired state, the settings and all problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import get_args

from reconciler.adapters.manifests import environments, yaml_source
from reconciler.adapters.manifests.desired import read_api, read_settings, read_slot
from reconciler.adapters.manifests.documents import DEFAULT, DOCUMENTS, Documents
from reconciler.adapters.manifests.listing import list_files
from reconciler.adapters.manifests.text import UnreadableError, decoded, read_text, shown
from reconciler.adapters.manifests.wording import slot_id_in
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.errors import ManifestError
from reconciler.model.environment import Environment
from reconciler.model.problem import Problem, Source
from reconciler.model.rule import Rule
from reconciler.model.rules.files import EMPTY_FILE, MISPLACED_SETTINGS
from reconciler.model.rules.keys import BAD_VALUE, MISSING_KEY, OTHER_API
from reconciler.model.rules.names import DUPLICATE_SLOT_ID
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState, Locator

SETTINGS_FILE = "reconciler.yaml"
_SETTINGS_STEM = "reconciler"


@dataclass(frozen=True)
class Manifests:
    """The content of a folder. If `problems` contain an error, `desired` is incomplete.

    `api` is the name of the API that the files are for.
    `environments` are those that reconciler.yaml declares, in its order.
    `drafts` also has the valid parts of slots with problems: to be checked, but never planned.
    """

    desired: DesiredState
    drafts: DesiredState
    settings: Settings
    problems: tuple[Problem, ...]
    api: str
    environments: Mapping[str, Environment] = field(default_factory=dict)

    @property
    def lacks_flow(self) -> bool:
        """Whether slots belong to flows, but neither the settings nor a file names one."""
        has_flows = "flow" in DOCUMENTS[self.api].settings.model_fields
        return has_flows and self.settings.flow is None and not self.desired

    @property
    def has_ids(self) -> bool:
        """Whether a tenant of the API may have another id for a slot than the files."""
        environments = DOCUMENTS[self.api].settings.model_fields["environments"]
        return "ids" in get_args(environments.annotation)[1].model_fields

    def require_no_errors(self, folder: FilePath, *, hint: str) -> None:
        """Raises ManifestError with the errors among `problems`, if there are any."""
        errors = [problem for problem in self.problems if problem.is_error]
        if errors:
            raise ManifestError(f"{folder} cannot be used as it is.", problems=errors, hint=hint)


def read_manifests(
    folder: FilePath,
    *,
    within: Manifests | None = None,
    edited: Mapping[FilePath, bytes] = MappingProxyType({}),
    base: FilePath | None = None,
) -> Manifests:
    """Read every slot file below `folder`, as those of the API that its reconciler.yaml names.

    A folder without one has the API and the settings of the project that it is `within`, if any.
    The files in `edited` are read as if they had this content already, even new ones. Places show
    the files relative to `base`, if there is one. All problems are collected. Raises ManifestError
    if there is nothing to read or a folder cannot be listed. A folder with only a reconciler.yaml
    is a project without slots yet. Empty documents in a file are skipped.
    """
    reading = _Reading(folder, within=within, edited=edited, base=base)
    listing = list_files(folder, base=base)
    reading.problems.extend(listing.problems)
    files = tuple(dict.fromkeys((*listing.files, *edited)))
    for path in sorted(files, key=lambda path: path != folder / SETTINGS_FILE):
        reading.read(path)
    place_of = {shown(path, base=base): place for place, path in enumerate(files)}
    reading.forgotten_api()
    reading.problems.sort(key=lambda problem: place_of.get(problem.source.file, -1))
    if not files and not listing.problems:
        raise ManifestError(
            f"{shown(folder, base=base)} contains no slot files.",
            hint="Add *.yaml files with one slot each. Files and folders whose names begin with "
            ". or _ are ignored.",
        )
    return Manifests(
        desired=DesiredState(reading.slots.values(), locators=reading.locators),
        drafts=DesiredState(reading.drafts.values(), locators=reading.locators),
        settings=reading.settings,
        problems=tuple(reading.problems),
        api=(reading.documents or DEFAULT).api,
        environments={each.name: each.environment() for each in reading.environments},
    )


def read_api_name(folder: FilePath) -> str:
    """The name of the API that a folder's files are for, which need not exist yet.

    Raises ManifestError if its reconciler.yaml leaves that open.
    """
    reading = _Reading(folder)
    if (folder / SETTINGS_FILE).exists():
        reading.read(folder / SETTINGS_FILE)
    if reading.documents is None:
        raise ManifestError(
            f"{folder / SETTINGS_FILE} does not say which API the files are for.",
            problems=reading.problems,
            hint="Correct it first.",
        )
    return reading.documents.api


class _Reading:
    def __init__(
        self,
        folder: FilePath,
        *,
        within: Manifests | None = None,
        edited: Mapping[FilePath, bytes] = MappingProxyType({}),
        base: FilePath | None = None,
    ) -> None:
        self._settings_file = folder / SETTINGS_FILE
        self._edited = edited
        self._base = base
        self.documents: Documents | None = DOCUMENTS[within.api] if within else DEFAULT
        """Of the API that the files are for; None if reconciler.yaml leaves that open."""
        self.is_api_said = within is not None
        self._first: dict[str, Locator] = {}
        self.slots: dict[str, DesiredSlot] = {}
        self.drafts: dict[str, DesiredSlot] = {}
        self.locators: dict[str, Locator] = {}
        self.settings = within.settings if within else Settings()
        self.environments: list[environments.EnvironmentReading] = []
        self.problems: list[Problem] = []

    @property
    def _settings_name(self) -> str:
        return shown(self._settings_file, base=self._base)

    def read(self, path: FilePath) -> None:
        file = shown(path, base=self._base)
        is_settings = path == self._settings_file
        try:
            text = self._text(path, file=file)
        except UnreadableError as error:
            self.problems.append(error.problem)
            if is_settings:
                self.documents = None
            return
        documents, problems = yaml_source.parse(text, file=file)
        self.problems.extend(problems)
        if is_settings:
            self._settings(documents, sound=not problems)
            return
        for document in documents:
            if _lacks_slot_id(document) and path.stem == _SETTINGS_STEM:
                self._misplaced_settings(document)
            elif self.documents is not None:
                self._slot(document, self.documents)
        if not documents and not problems:
            self._report(
                Source(file=file),
                EMPTY_FILE,
                "the file contains no slot",
                "Add a slot, or delete the file.",
            )

    def _text(self, path: FilePath, *, file: str) -> str:
        if path in self._edited:
            return decoded(self._edited[path], file=file)
        return read_text(path, file=file, most_bytes=yaml_source.MAX_BYTES)

    def forgotten_api(self) -> None:
        """One problem instead of all, where no slot can be read because reconciler.yaml does not
        say that the files are for another API: they have its keys, and lack ours."""
        foreign = [each for each in self.problems if each.rule == OTHER_API.id]
        lacks_ours = any(each.rule == MISSING_KEY.id for each in self.problems)
        if self.is_api_said or not foreign or not lacks_ours or self.slots:
            return
        api = next(each for each in DOCUMENTS if each != DEFAULT.api)
        self.problems.clear()
        self.drafts.clear()
        self._report(
            foreign[0].source,
            OTHER_API,
            f"the files are for {api}, but {self._settings_name} does not say so",
            f"Write `api: {api}` in {SETTINGS_FILE}.",
        )

    def _settings(self, documents: list[Document], *, sound: bool) -> None:
        """Without an API, slot files are only checked as YAML: nobody knows what they may say."""
        if not sound:
            self.documents = None
            return
        if documents:
            value = documents[0].value
            self.is_api_said = not isinstance(value, dict) or "api" in value
            self.documents, problems = read_api(documents[0])
            self.problems.extend(problems)
        if len(documents) > 1:
            self._report(
                documents[1].places.where(),
                BAD_VALUE,
                f"{SETTINGS_FILE} contains {len(documents)} documents, but only one is allowed",
                "Merge them into one.",
            )
        elif documents and self.documents is not None:
            self.settings, problems = read_settings(documents[0], documents=self.documents)
            self.problems.extend(problems)
            if not problems:
                self.environments = environments.environments_in(
                    documents[0], documents=self.documents
                )

    def _misplaced_settings(self, document: Document) -> None:
        self._report(
            document.places.where(),
            MISPLACED_SETTINGS,
            f"settings are read only from {self._settings_name}; this file is read as a "
            "slot, but has no `slot_id`",
            "Move it there, or exclude it with a name that begins with _.",
        )

    def _slot(self, document: Document, documents: Documents) -> None:
        slot, problems = read_slot(document, documents=documents, settings=self.settings)
        self.problems.extend(problems)
        self.problems.extend(self._elsewhere(document, documents, sound=not problems))
        slot_id = slot_id_in(document) or ""
        if slot_id in self._first:
            self.problems.append(
                DUPLICATE_SLOT_ID.problem(
                    document.places.where(("slot_id",)),
                    slot_id=slot_id,
                    message=f"slot_id {slot_id[:128]!r} is already used at "
                    f"{self._first[slot_id](('slot_id',))}",
                    hint="A slot is defined only once: remove one of the two, or correct its "
                    "slot_id.",
                )
            )
            return
        if slot_id:
            self._first[slot_id] = document.places.where
        if slot is not None:
            self.drafts[slot.slot_id] = slot
            self.locators[slot.slot_id] = documents.locator(document.places)
            if not problems:
                self.slots[slot.slot_id] = slot

    def _elsewhere(
        self, document: Document, documents: Documents, *, sound: bool
    ) -> Iterator[Problem]:
        """The problems of what a slot's document says for the environments."""
        yield from environments.problems_of(
            document,
            declared=[each.name for each in self.environments],
            keys=documents.overridable,
            slot_id=slot_id_in(document),
        )
        for environment in self.environments if sound else ():
            yield from environment.read(document, documents=documents)

    def _report(self, source: Source, rule: Rule, message: str, hint: str) -> None:
        self.problems.append(rule.problem(source, message=message, hint=hint))


def _lacks_slot_id(document: Document) -> bool:
    return isinstance(document.value, dict) and "slot_id" not in document.value
