"""fleet.yaml and the files that it includes → a declared fleet, and all problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from reconciler.adapters.manifests import yaml_source
from reconciler.adapters.manifests.desired import without_nulls
from reconciler.adapters.manifests.fleet.documents import (
    VERSION,
    DefaultsDocument,
    FleetDocument,
    IncludedDocument,
)
from reconciler.adapters.manifests.fleet.including import included_by
from reconciler.adapters.manifests.fleet.places import Level, level_at
from reconciler.adapters.manifests.fleet.targets import reserved_labels, targets_of
from reconciler.adapters.manifests.text import UnreadableError, decoded, read_bytes, shown
from reconciler.adapters.manifests.wording import Form, in_words
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.errors import ManifestError
from reconciler.model.declared_fleet import DeclaredFleet, DeclaredTarget
from reconciler.model.problem import Problem, Source
from reconciler.model.rules.files import EMPTY_FILE
from reconciler.model.rules.fleet import FLEET_VERSION
from reconciler.model.rules.keys import BAD_VALUE, UNKNOWN_KEY
from reconciler.model.state import Path as PlacePath

FLEET_FILE = "fleet.yaml"

_Model = TypeVar("_Model", bound=IncludedDocument)
_KEYS: Mapping[type[IncludedDocument], str] = {
    FleetDocument: f"Begin it with `version: {VERSION}`, and list the tenants under `targets`.",
    IncludedDocument: "List the tenants under `targets`.",
}
"""How to begin a file that has no keys."""


@dataclass(frozen=True, kw_only=True)
class FleetManifests:
    """What fleet.yaml and the files that it includes say, without the slots.

    `files` are the bytes that were read, by path relative to the folder of fleet.yaml, in the order
    in which they were: fleet.yaml first.
    """

    declared: DeclaredFleet
    problems: tuple[Problem, ...]
    files: Mapping[str, bytes]


def read_fleet_manifests(path: Path, *, base: Path | None = None) -> FleetManifests:
    """Read a fleet.yaml and all files that it includes. Places show the files relative to `base`,
    if there is one. Raises ManifestError if there is no such file."""
    if _is_missing(path):
        raise ManifestError(
            f"The fleet file {shown(path)} does not exist.",
            hint=f"Run this in the folder that contains {FLEET_FILE}, or pass --file FILE.",
        )
    return _Reading(path, base=base).manifests()


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # reading it says why
    return False


class _Reading:
    def __init__(self, path: Path, *, base: Path | None) -> None:
        self._path = path
        self._base = base
        self._root = path.parent
        self._files: dict[str, bytes] = {}
        self._problems: list[Problem] = []
        self._targets: list[DeclaredTarget] = []
        self._is_whole = True

    def manifests(self) -> FleetManifests:
        """Read everything."""
        document = self._document(self._path, holds="nothing")
        fleet = None if document is None else self._fleet(document)
        return FleetManifests(
            declared=fleet or DeclaredFleet(locate=_Whole(shown(self._path)).where, is_whole=False),
            problems=tuple(self._problems),
            files=self._files,
        )

    def _document(self, path: Path, *, holds: str) -> Document | None:
        """The one document of a file; None, and a problem, if it has none or several."""
        file = shown(path, base=self._base)
        try:
            data = read_bytes(path, file=file, most_bytes=yaml_source.MAX_BYTES)
            self._files[path.relative_to(self._root).as_posix()] = data
            documents, problems = yaml_source.parse(decoded(data, file=file), file=file)
        except UnreadableError as error:
            documents, problems = [], [error.problem]
        self._problems.extend(problems)
        if not documents and not problems:
            self._problems.append(
                EMPTY_FILE.problem(
                    Source(file=file),
                    message=f"the file contains {holds}",
                    hint="Restore it, or delete the file.",
                )
            )
        if len(documents) > 1:
            self._problems.append(
                BAD_VALUE.problem(
                    documents[1].places.where(),
                    message=f"{path.name} contains {len(documents)} documents, but only one is "
                    "allowed",
                    hint="Merge them into one.",
                )
            )
        if len(documents) == 1 and not problems:
            return documents[0]
        self._is_whole = False
        return None

    def _fleet(self, document: Document) -> DeclaredFleet | None:
        other = _other_version(document)
        if other is not None:
            self._problems.append(other)
            return None
        fleet, kept = self._read(document, FleetDocument)
        if fleet is None:
            return None
        self._problems.extend(reserved_labels(fleet.defaults.labels, document, ("defaults",)))
        level = level_at(("defaults",), document)
        self._take(fleet, document, kept, defaults=fleet.defaults, level=level)
        included = included_by(fleet.include, fleet_file=self._path, locate=document.places.where)
        self._problems.extend(included.problems)
        self._is_whole = self._is_whole and included.is_whole
        for path in included.files:
            self._include(path, defaults=fleet.defaults, level=level)
        return DeclaredFleet(
            targets=tuple(self._targets),
            rollout=fleet.rollout.to_rollout(),
            limits=fleet.to_limits(),
            drift=fleet.to_drift(),
            locate=document.places.where,
            is_whole=self._is_whole,
        )

    def _include(self, path: Path, *, defaults: DefaultsDocument, level: Level) -> None:
        document = self._document(path, holds="no targets")
        if document is None:
            return
        misplaced = FleetDocument.model_fields.keys() - IncludedDocument.model_fields.keys()
        if isinstance(document.value, dict):
            for key in document.value.keys() & misplaced:
                self._problems.append(
                    UNKNOWN_KEY.problem(
                        document.places.where_key((key,)),
                        message=f"`{key}` belongs in {self._path.name}: a file that it includes "
                        "has only `targets`",
                        hint="Move it there.",
                    )
                )
            value = {key: item for key, item in document.value.items() if key not in misplaced}
            document = Document(value=value, places=document.places)
        targets, kept = self._read(document, IncludedDocument)
        if targets is not None:
            self._take(targets, document, kept, defaults=defaults, level=level)

    def _read(
        self, document: Document, model: type[_Model]
    ) -> tuple[_Model | None, tuple[int, ...]]:
        """The valid parts of the document, and the positions in the file of the tenants that it
        has; None if it is not a mapping."""
        given = without_nulls(document.value, model)
        count = len(given["targets"]) if _has_targets(given) else 0
        try:
            return model.model_validate(given), tuple(range(count))
        except ValidationError as error:
            errors = error.errors(include_url=False)
        form = Form(api="", model=model, others={}, keys=_KEYS[model])
        self._problems.extend(in_words(errors, document=document, form=form))
        self._is_whole = False
        if not isinstance(given, dict):
            return None, ()
        faulty = {each["loc"][0] for each in errors}
        sound = {key: item for key, item in given.items() if key not in faulty}
        if model is FleetDocument:
            sound["version"] = VERSION
        wrong = {
            each["loc"][1] for each in errors if each["loc"][0] == "targets" and _in_item(each)
        }
        kept: tuple[int, ...] = ()
        if _has_targets(given):
            kept = tuple(number for number in range(count) if number not in wrong)
            sound["targets"] = tuple(given["targets"][number] for number in kept)
        return model.model_validate(sound), kept

    def _take(
        self,
        document: IncludedDocument,
        written: Document,
        kept: tuple[int, ...],
        *,
        defaults: DefaultsDocument,
        level: Level,
    ) -> None:
        for number, tenant in zip(kept, document.targets, strict=True):
            path: PlacePath = ("targets", number)
            self._problems.extend(reserved_labels(tenant.labels, written, path))
            for name, environment in tenant.environments.items():
                inner = (*path, "environments", name)
                self._problems.extend(reserved_labels(environment.labels, written, inner))
            self._targets.extend(
                targets_of(tenant, written, path, defaults=defaults, defaults_level=level)
            )


@dataclass(frozen=True)
class _Whole:
    """The place of a file of which nothing is known."""

    file: str

    def where(self, _path: PlacePath) -> Source:
        return Source(file=self.file)


def _other_version(document: Document) -> Problem | None:
    """The problem of a fleet.yaml that says it is of another version: it may have other keys."""
    version = document.value.get("version") if isinstance(document.value, dict) else None
    if not isinstance(version, int) or version == VERSION:
        return None
    written = document.places.written(("version",)) or ""
    return FLEET_VERSION.problem(
        document.places.where(("version",)),
        message=f"`version` is {written[:40]}, but this reconciler reads version {VERSION}",
        hint=f"Write `version: {VERSION}`, or install the reconciler that this file is for.",
    )


def _has_targets(given: Any) -> bool:
    return isinstance(given, dict) and isinstance(given.get("targets"), tuple)


def _in_item(details: Mapping[str, Any]) -> bool:
    return len(details["loc"]) > 1 and isinstance(details["loc"][1], int)
