"""A slots folder to begin with: two example slots, the settings, the schema."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files as packaged
from pathlib import Path

from reconciler.adapters.manifests import files
from reconciler.adapters.manifests.schema import SCHEMA_FILE, schema_text
from reconciler.adapters.manifests.writer import WriteResult, Written


def write_starter(repository: Path) -> Iterator[Written]:
    """Write every file of the starter that is not there yet. Raises ManifestError.

    Among slots of somebody's own the examples are left out: the next apply would create them.
    """
    folder = repository / "slots"
    has_slots = any(_is_slot_file(name) for name in files.names_in(folder))
    for name, text in _starter_files():
        path = folder / name
        if path.is_symlink() or path.exists():
            yield Written(WriteResult.KEPT, path, reason="it is there already")
        elif not files.is_within(path, repository):
            yield Written(WriteResult.LEFT_OUT, path, reason="slots is a link to elsewhere")
        elif has_slots and _is_slot_file(name):
            yield Written(WriteResult.LEFT_OUT, path, reason="there are slots already")
        else:
            files.write(path, text.encode())
            yield Written(WriteResult.CREATED, path)


def _starter_files() -> Iterator[tuple[str, str]]:
    templates = packaged("reconciler.templates") / "slots"
    for template in sorted(templates.iterdir(), key=lambda each: each.name):
        yield template.name, template.read_text(encoding="utf-8")
    yield SCHEMA_FILE, schema_text()


def _is_slot_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) and name[0] not in "._" and name != "reconciler.yaml"
