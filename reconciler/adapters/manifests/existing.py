"""A folder that is to become a slots folder, and may hold nothing of the kind yet."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.manifests import files, yaml_source
from reconciler.adapters.manifests.documents import read_settings
from reconciler.adapters.manifests.folder import SETTINGS_FILE, Manifests, read_manifests
from reconciler.errors import ManifestError
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState


def read_existing(folder: Path) -> Manifests:
    """As `read_manifests`, but no slot files, or no folder, are no error.

    Raises ManifestError where a file is wrong: it may be the one that a slot stands in, and
    whoever writes slots here would write a second.
    """
    try:
        manifests = read_manifests(folder)
    except ManifestError as error:
        is_other = folder.exists() and not folder.is_dir()
        if is_other or error.__cause__ is not None:
            raise
        manifests = _with_settings_alone(folder / SETTINGS_FILE)
    errors = [problem for problem in manifests.problems if problem.is_error]
    if errors:
        raise ManifestError(
            f"{folder} cannot be used as it is.",
            problems=errors,
            hint="Correct these first, or name another folder.",
        )
    return manifests


def _with_settings_alone(path: Path) -> Manifests:
    settings = Settings()
    problems: list[Problem] = []
    if path.is_file():
        try:
            text = files.read(path).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ManifestError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from error
        documents, problems = yaml_source.parse(text, file=path.as_posix())
        for document in documents:
            settings, wrong = read_settings(document)
            problems = [*problems, *wrong]
    nothing = DesiredState()
    return Manifests(desired=nothing, drafts=nothing, settings=settings, problems=tuple(problems))
