"""A repository to begin with: example slots, the settings, the schema; and workflows for GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files as packaged
from pathlib import Path

from reconciler.adapters.manifests import files
from reconciler.adapters.manifests.schema import SCHEMA_FILE, schema_text
from reconciler.adapters.manifests.writer import WriteResult, Written

WORKFLOWS = ("plan.yml", "plan-fork.yml", "apply.yml", "drift.yml")
_VERSION = b"@VERSION@"
_EXAMPLE = "_example_"
"""No plan reads files of such names, so that no apply creates an example in somebody's bot."""


def write_starter(repository: Path) -> Iterator[Written]:
    """Write every file of the starter that is not there yet. Raises ManifestError.

    Among slots of somebody's own the examples are left out: those show as much.
    """
    folder = repository / "slots"
    has_slots = any(_is_slot_file(name) for name in files.names_in(folder))
    for name, text in _starter_files():
        reason = "there are slots already" if has_slots and name.startswith(_EXAMPLE) else None
        yield _written(folder / name, text.encode(), repository=repository, left_out=reason)


def write_workflows(repository: Path, *, version: str) -> Iterator[Written]:
    """Write the workflows, and the action that installs this version for them, where they are not
    there yet. Raises ManifestError."""
    folder = repository / ".github"
    for name in WORKFLOWS:
        content = files.read(_workflows() / name)
        yield _written(folder / "workflows" / name, content, repository=repository)
    template = packaged("reconciler.templates") / "github" / "action.yml"
    content = template.read_bytes().replace(_VERSION, version.encode())
    yield _written(folder / "actions" / "reconciler" / "action.yml", content, repository=repository)


def _written(
    path: Path, content: bytes, *, repository: Path, left_out: str | None = None
) -> Written:
    if path.is_symlink() or path.exists():
        return Written(WriteResult.KEPT, path, reason="it is there already")
    if not files.is_within(path, repository):
        top = path.relative_to(repository).parts[0]
        return Written(WriteResult.LEFT_OUT, path, reason=f"{top} is a link to elsewhere")
    if left_out is not None:
        return Written(WriteResult.LEFT_OUT, path, reason=left_out)
    files.write(path, content)
    return Written(WriteResult.CREATED, path)


def _starter_files() -> Iterator[tuple[str, str]]:
    templates = packaged("reconciler.templates") / "slots"
    for template in sorted(templates.iterdir(), key=lambda each: each.name):
        yield template.name, template.read_text(encoding="utf-8")
    yield SCHEMA_FILE, schema_text()


def _workflows() -> Path:
    """Those in the wheel, or those of the checkout that this runs from: there is one of each."""
    inside = Path(str(packaged("reconciler.templates"))) / "github" / "workflows"
    return inside if inside.is_dir() else Path(__file__).parents[3] / ".github" / "workflows"


def _is_slot_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) and name[0] not in "._" and name != "reconciler.yaml"
