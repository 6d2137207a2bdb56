"""The slot files → a project that can be planned from. Raises ManifestError."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.cognigy.apis import APIS
from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.errors import ManifestError
from reconciler.model.project import Project
from reconciler.planning.environments import environment_problems, in_environment

_MORE = "`reconciler validate` lists these and more."


def read_project(
    slots: Path, *, environment: str | None = None, base: Path | None = None
) -> Project:
    """The project, as it is in this environment if one is named. Problems show files
    relative to `base`, if there is one.

    Raises ManifestError with every problem in the files, or if there is no slot, because the folder
    may be the wrong one; and ConfigurationError if there is no such environment.
    """
    manifests = read_manifests(slots, base=base)
    shown = slots if base is None else slots.relative_to(base)
    manifests.require_no_errors(shown, hint=_MORE)
    _require_sound_environments(manifests, shown)
    if not manifests.desired:
        raise ManifestError(
            f"{shown} holds no slots yet.",
            hint="`reconciler pull` writes the live ones. Files whose name begins with _, "
            "such as the examples of `reconciler init`, are left out.",
        )
    project = project_of(manifests)
    return project if environment is None else in_environment(project, environment)


def _require_sound_environments(manifests: Manifests, slots: Path) -> None:
    """Two slots with one id in a tenant would overwrite each other there."""
    problems = list(environment_problems(manifests.environments, desired=manifests.desired))
    if problems:
        raise ManifestError(f"{slots} cannot be used as it is.", problems=problems, hint=_MORE)


def project_of(manifests: Manifests) -> Project:
    """The project that the files describe."""
    return Project(
        desired=manifests.desired,
        settings=manifests.settings,
        api=APIS[manifests.api],
        environments=manifests.environments,
    )
