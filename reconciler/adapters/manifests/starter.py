"""A starter repository: example slots, the settings, the schema, a .gitignore, and workflows for
GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files as packaged
from pathlib import Path

from reconciler.adapters.manifests import files
from reconciler.adapters.manifests.documents import Documents
from reconciler.adapters.manifests.schema import SCHEMA_FILE, schema_text
from reconciler.model.written import WriteResult, Written

WORKFLOWS = ("plan.yml", "plan-fork.yml", "apply.yml", "drift.yml")
OF_ENVIRONMENTS = ("plan.yml", "apply.yml", "apply-environment.yml", "drift.yml")
"""The workflows that a project with environments has instead of, or besides, the others."""
_TOOL = b"@TOOL@"
_MAIN = re.compile(rb"\bmain\b")
"""The name in our workflows of the branch that is applied."""
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
"""Names that a workflow's branch filter takes literally; some other characters are patterns."""
_EXAMPLE = "_example_"
"""Files with this prefix are not read, so an apply never creates an example slot in a bot."""


def write_starter(repository: Path, *, documents: Documents) -> Iterator[Written]:
    """Write the starter files of an API that do not exist yet. Raises ManifestError.

    If there already are slots, the examples are left out.
    """
    folder = repository / "slots"
    has_slots = any(_is_slot_file(name) for name in files.names_in(folder))
    for name, text in _starter_files(documents):
        reason = "there already are slots" if has_slots and name.startswith(_EXAMPLE) else None
        yield _written(folder / name, text.encode(), repository=repository, left_out=reason)
    yield _ignored(repository)


def is_branch_name(name: str) -> bool:
    """Whether the workflows can be written for a branch of this name."""
    return _BRANCH.fullmatch(name) is not None


def write_workflows(
    repository: Path, *, branch: str, tool: str | None, for_environments: bool
) -> Iterator[Written]:
    """Write the workflows, which apply the head of `branch`, and the action that installs `tool`
    for them. Existing files are kept. Without a tool, the action fails with a message.

    `tool` is `git+https://HOST/OWNER/REPOSITORY@COMMIT`. Raises ManifestError.
    """
    folder = repository / ".github"
    for path in _workflow_files(for_environments=for_environments):
        content = _MAIN.sub(branch.encode(), files.read(path))
        yield _written(folder / "workflows" / path.name, content, repository=repository)
    templates, action = packaged("reconciler.templates") / "github", folder / "actions"
    content = (templates / "action.yml").read_bytes().replace(_TOOL, (tool or "").encode())
    yield _written(action / "reconciler" / "action.yml", content, repository=repository)
    content = (templates / "requirements.lock").read_bytes()
    yield _written(action / "reconciler" / "requirements.lock", content, repository=repository)


def _ignored(repository: Path) -> Written:
    """Write .gitignore. An existing one is kept, and the reason names the line that it lacks."""
    path = repository / ".gitignore"
    text = (packaged("reconciler.templates") / "gitignore").read_text(encoding="utf-8")
    line = text.splitlines()[-1]
    if path.is_file() and line.encode() in files.read(path).splitlines():
        return Written(WriteResult.UNCHANGED, str(path))
    written = _written(path, text.encode(), repository=repository)
    if written.result is WriteResult.KEPT:
        return replace(written, reason=f"{written.reason}; add the line {line}")
    return written


def _written(
    path: Path, content: bytes, *, repository: Path, left_out: str | None = None
) -> Written:
    is_regular = path.is_file() and not path.is_symlink() and files.is_within(path, repository)
    if is_regular and files.read(path) == content:
        return Written(WriteResult.UNCHANGED, str(path))
    if path.is_symlink() or path.exists():
        return Written(WriteResult.KEPT, str(path), reason="it already exists")
    if not files.is_within(path, repository):
        top = path.relative_to(repository).parts[0]
        return Written(
            WriteResult.LEFT_OUT, str(path), reason=f"{top} is a link out of the repository"
        )
    if left_out is not None:
        return Written(WriteResult.LEFT_OUT, str(path), reason=left_out)
    files.write(path, content)
    return Written(WriteResult.CREATED, str(path))


def _starter_files(documents: Documents) -> Iterator[tuple[str, str]]:
    templates = packaged("reconciler.templates") / "slots" / documents.api
    for template in sorted(templates.iterdir(), key=lambda each: each.name):
        yield template.name, template.read_text(encoding="utf-8")
    yield SCHEMA_FILE, schema_text(documents)


def _workflow_files(*, for_environments: bool) -> Iterator[Path]:
    templates = Path(str(packaged("reconciler.templates"))) / "github"
    others = OF_ENVIRONMENTS if for_environments else ()
    yield from (_workflows() / name for name in WORKFLOWS if name not in others)
    yield from (templates / "environments" / name for name in others)


def _workflows() -> Path:
    """The folder in the wheel, or the one of the checkout that this runs from."""
    inside = Path(str(packaged("reconciler.templates"))) / "github" / "workflows"
    return inside if inside.is_dir() else Path(__file__).parents[3] / ".github" / "workflows"


def _is_slot_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) and name[0] not in "._" and name != "reconciler.yaml"
