"""The slot files → a project that can be planned from. Raises ManifestError."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.cognigy.apis import APIS
from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.errors import ManifestError
from reconciler.model.project import Project


def read_project(slots: Path) -> Project:
    """Raises ManifestError with every problem in the files, or if there is no slot, because the
    folder may be the wrong one."""
    manifests = read_manifests(slots)
    manifests.require_no_errors(slots, hint="`reconciler validate` lists these and more.")
    if not manifests.desired:
        raise ManifestError(
            f"{slots} holds no slots yet.",
            hint="`reconciler pull` writes those of a live bot. Files whose name begins with _, "
            "such as the examples of `reconciler init`, are left out.",
        )
    return project_of(manifests)


def project_of(manifests: Manifests) -> Project:
    """The project that the files describe."""
    return Project(desired=manifests.desired, settings=manifests.settings, api=APIS[manifests.api])
