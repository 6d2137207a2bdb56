"""What the files say for one environment: a document with the keys of the environment over its own.

A document of a slot has them under `environments: {NAME: …}`, and reconciler.yaml next to the keys
of the environment itself. Both are then read like any other document, so that the same rules hold,
and each problem has the place of the line that says it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.manifests.desired import read_settings, read_slot, without_nulls
from reconciler.adapters.manifests.documents import Documents
from reconciler.adapters.manifests.documents.shared import (
    OVERRIDABLE_SETTINGS,
    EnvironmentDocument,
)
from reconciler.adapters.manifests.places import Places
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.model.closest import closest
from reconciler.model.environment import Environment
from reconciler.model.listed import listed
from reconciler.model.problem import Problem, Source
from reconciler.model.rules.environments import NOT_OVERRIDABLE, UNKNOWN_ENVIRONMENT
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState, Locator, Path

KEY = "environments"
_BY_KEY = frozenset({"gate", "snapshot", "rollout", "limits", "watch"})
"""Keys whose value is not replaced as a whole, but key by key."""


class EnvironmentReading:
    """An environment whose slots are being read."""

    def __init__(
        self, name: str, declared: EnvironmentDocument, *, settings: Settings, locate: Locator
    ) -> None:
        self.name = name
        self._declared = declared
        self._settings = settings
        self._locate = locate
        self._slots: dict[str, DesiredSlot] = {}
        self._locators: dict[str, Locator] = {}

    def read(self, document: Document, *, documents: Documents) -> list[Problem]:
        """Read what a slot's document says for this environment, if it says anything. The slot is
        kept if it has no problems."""
        if self.name not in _all_in(document):
            return []
        here = for_environment(document, self.name, keys=documents.overridable)
        slot, problems = read_slot(here, documents=documents, settings=self._settings)
        if slot is not None and not problems:
            self._slots[slot.slot_id] = slot
            self._locators[slot.slot_id] = documents.locator(here.places)
        return problems

    def environment(self) -> Environment:
        """The environment with all slots that have been read."""
        declared = self._declared
        return Environment(
            name=self.name,
            settings=self._settings,
            overridden=DesiredState(self._slots.values(), locators=self._locators),
            ids=declared.tenant_ids(),
            expect=declared.expect.to_expectation(),
            promote_from=declared.promote_from,
            soak_hours=declared.soak_hours,
            locate=self._locate,
        )


def environments_in(document: Document, *, documents: Documents) -> list[EnvironmentReading]:
    """The environments that a valid reconciler.yaml declares, still without slots."""
    if not _all_in(document):
        return []
    declared = documents.settings.model_validate(without_nulls(document.value, documents.settings))
    return [
        EnvironmentReading(
            name,
            each,
            settings=read_settings(
                for_environment(document, name, keys=OVERRIDABLE_SETTINGS), documents=documents
            )[0],
            locate=_Within(document.places, path=(KEY, name)).where,
        )
        for name, each in declared.environments.items()
    ]


def for_environment(document: Document, name: str, *, keys: Collection[str]) -> Document:
    """The document with the value that each of these keys has for the environment, if any."""
    value = {key: item for key, item in document.value.items() if key != KEY}
    if not isinstance(_all_in(document).get(name), dict):
        return Document(value=value, places=document.places)
    taken = {key: item for key, item in said_for(document, name).items() if key in keys}
    for key, item in taken.items():
        before = value.get(key)
        if key in _BY_KEY and isinstance(item, dict) and isinstance(before, dict):
            value[key] = {**before, **item}
        else:
            value[key] = item
    return Document(value=value, places=_Overlaid(document.places, within=(KEY, name), over=taken))


def said_for(document: Document, name: str) -> Mapping[str, Any]:
    """What a slot's document says for the environment alone, without keys that have no value."""
    over = _all_in(document).get(name)
    items = over.items() if isinstance(over, dict) else ()
    return {key: item for key, item in items if item is not None}


def problems_of(
    document: Document, *, declared: Collection[str], keys: Collection[str], slot_id: str | None
) -> Iterator[Problem]:
    """What a slot's document says for an unknown environment, or may not say for a known one."""
    for name, over in _all_in(document).items():
        if name not in declared:
            yield UNKNOWN_ENVIRONMENT.problem(
                document.places.where_key((KEY, name)),
                message=f"reconciler.yaml declares no environment {name!r}",
                slot_id=slot_id,
                hint=_known(str(name), declared),
            )
        for key in over if isinstance(over, dict) else ():
            if key not in keys:
                yield NOT_OVERRIDABLE.problem(
                    document.places.where_key((KEY, name, key)),
                    message=f"`{key}` cannot differ between environments",
                    slot_id=slot_id,
                    hint=f"These can: {', '.join(sorted(keys))}.",
                )


def _known(name: str, declared: Collection[str]) -> str:
    close = closest(name, declared)
    if close:
        return f"Did you mean {close}?"
    if not declared:
        return "Declare it under `environments` in reconciler.yaml."
    return f"These are declared: {listed(sorted(declared))}."


def _all_in(document: Document) -> Mapping[Any, Any]:
    value = document.value.get(KEY) if isinstance(document.value, dict) else None
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class _Within:
    """The places of a part of a document."""

    places: Places
    path: Path

    def where(self, path: Path) -> Source:
        return self.places.where((*self.path, *path))


class _Overlaid(Places):
    """The places of a document that has the keys `over`, which are `within` it, over its own."""

    def __init__(self, places: Places, *, within: Path, over: Mapping[str, Any]) -> None:
        self._places = places
        self._within = within
        self._over = over

    def where(self, path: Path = ()) -> Source:
        return self._places.where(self._resolved(path))

    def where_key(self, path: Path) -> Source:
        return self._places.where_key(self._resolved(path))

    def written(self, path: Path) -> str | None:
        return self._places.written(self._resolved(path))

    def _resolved(self, path: Path) -> Path:
        """The same path where the value is that of the environment, or else the document's."""
        key, inner = path[:1], path[1:2]
        if not key or key[0] not in self._over:
            return path
        value = self._over[str(key[0])]
        if key[0] in _BY_KEY and inner and not (isinstance(value, dict) and inner[0] in value):
            return path
        return (*self._within, *path)
