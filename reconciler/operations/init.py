"""Start a repository: example slots, and the workflows for GitHub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.git import Branch, default_branch
from reconciler.adapters.manifests import read_manifests
from reconciler.adapters.manifests.documents import DEFAULT, DOCUMENTS
from reconciler.adapters.manifests.folder import SETTINGS_FILE, read_api_name
from reconciler.adapters.manifests.starter import is_branch_name, write_starter, write_workflows
from reconciler.errors import ConfigurationError, ManifestError
from reconciler.model.written import Written


@dataclass(frozen=True)
class InitReport:
    """The result for each starter file, and for each workflow if there are any."""

    starter: tuple[Written, ...]
    workflows: tuple[Written, ...] = ()

    @property
    def written(self) -> tuple[Written, ...]:
        """Every file."""
        return (*self.starter, *self.workflows)


def workflow_branch(out: Path) -> Branch:
    """The branch whose head the workflows apply. Raises ConfigurationError if its name cannot be
    written in a workflow."""
    branch = default_branch(out)
    if not is_branch_name(branch.name):
        raise ConfigurationError(
            f"The workflows cannot be written for the branch {branch.name!r}, {branch.reason}: "
            "in a workflow, characters other than letters, digits and ._/- can make it a pattern.",
            hint="Check out a branch with another name, and write the right one into apply.yml "
            "and drift.yml by hand.",
        )
    return branch


def starter_api(out: Path, *, asked: str | None) -> str:
    """The API that the starter files are for: the one asked for, or that of the files that there
    are. Raises ManifestError if these two differ."""
    slots = out / "slots"
    settings = slots / SETTINGS_FILE
    if not settings.exists():
        return asked or DEFAULT.api
    existing = read_api_name(slots)
    if asked is not None and asked != existing:
        raise ManifestError(
            f"{settings} already exists, and is for {existing}.",
            hint=f"To move the files to {asked}, write `api: {asked}` there and change them by "
            "hand; or start in another folder with --out DIR.",
        )
    return existing


def has_environments(out: Path) -> bool:
    """Whether the repository's files declare environments. Raises ManifestError if reconciler.yaml
    cannot be read."""
    slots = out / "slots"
    return (slots / SETTINGS_FILE).exists() and bool(read_manifests(slots).environments)


def init(
    out: Path,
    *,
    api: str,
    branch: str | None,
    tool: str | None,
    on_written: Callable[[Written], object],
) -> InitReport:
    """Write the starter files of an API, and the workflows if a `branch` is given; nothing is
    overwritten.

    `tool` is the source from which the workflows install reconciler. `on_written` is called after
    each file. Raises ManifestError.
    """
    starter = [_heard(each, on_written) for each in write_starter(out, documents=DOCUMENTS[api])]
    if branch is None:
        return InitReport(starter=tuple(starter))
    declared = has_environments(out)
    workflows = write_workflows(out, branch=branch, tool=tool, for_environments=declared)
    return InitReport(
        starter=tuple(starter), workflows=tuple(_heard(each, on_written) for each in workflows)
    )


def _heard(written: Written, on_written: Callable[[Written], object]) -> Written:
    on_written(written)
    return written
