"""Where the files say something about a target: for its environment, its tenant, or for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.adapters.manifests.places import Places
from reconciler.adapters.manifests.yaml_source import Document
from reconciler.model.problem import Source
from reconciler.model.state import Path


@dataclass(frozen=True, kw_only=True)
class Level:
    """A part of a document that says something about a target, and the keys that it has."""

    places: Places
    path: Path
    keys: frozenset[str]


def level_at(path: Path, document: Document) -> Level:
    """The part of a document at this path, which may lead to nothing, or to a value that is not
    valid."""
    value: Any = document.value
    for step in path:
        is_there = isinstance(value, tuple) or (isinstance(value, dict) and step in value)
        value = value[step] if is_there else None
    keys = value if isinstance(value, dict) else ()
    return Level(places=document.places, path=path, keys=frozenset(keys))


@dataclass(frozen=True, kw_only=True)
class TargetPlaces:
    """The places of a target. `levels` are those of its environment, its tenant and the defaults,
    in this order."""

    levels: tuple[Level, ...]

    def where(self, path: Path) -> Source:
        """The place of `path` where it is said, or of the name of the environment."""
        for level in self.levels if path else ():
            if path[0] in level.keys:
                return level.places.where((*level.path, *path))
        own = self.levels[0]
        return own.places.where_key(own.path)
