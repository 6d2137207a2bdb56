"""Examine the tenant: whether a plan and an apply can work there. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.cognigy.apis import APIS
from reconciler.adapters.manifests import read_manifests
from reconciler.adapters.manifests.folder import read_api_name
from reconciler.errors import ConfigurationError, ManifestError
from reconciler.model.check import Check, Examination, failed, passed, warned
from reconciler.model.project import Project
from reconciler.model.state import DesiredState
from reconciler.operations.examination import ExaminationServices
from reconciler.operations.project import project_of
from reconciler.planning.environments import in_environment


@dataclass(frozen=True)
class DoctorRequest:
    """The folder of slot files, which say what is looked for and need not exist, and the project's
    environment, if it has any."""

    slots: Path
    environment: str | None = None


def doctor(request: DoctorRequest, services: ExaminationServices) -> Examination:
    """Every check, by the API that the files name or, without files, the variables. Whatever is
    wrong is a failed check, not an exception."""
    files, project = _project(request.slots, otherwise=services.default_api)
    if request.environment is not None and (project.environments or project.desired):
        try:
            project = in_environment(project, request.environment)
        except ConfigurationError as error:
            return Examination(api=project.api.name, checks=(files, _misconfigured(error)))
    checks = (files, *_configuration(project, services))
    return Examination(api=project.api.name, checks=checks)


def _configuration(project: Project, services: ExaminationServices) -> Iterator[Check]:
    """The variables, and what they give access to."""
    for error in services.faults:
        yield _misconfigured(error)
    try:
        with services.connect(project) as examiner:
            endpoint = examiner.endpoint
            place = f"{endpoint.origin}, {endpoint.bot_id or 'without a bot'}"
            yield passed("configuration", f"The variables for the tenant are complete: {place}.")
            yield from examiner.examine()
    except ConfigurationError as error:
        yield _misconfigured(error)


def _misconfigured(error: ConfigurationError) -> Check:
    detail = " ".join(line.strip() for line in error.message.splitlines())
    return failed("configuration", detail, hint=error.hint)


def _project(slots: Path, *, otherwise: str) -> tuple[Check, Project]:
    """What the files describe, as far as they can be read; `otherwise` is the API if they do not
    name one."""
    nothing = Project(desired=DesiredState(), api=APIS[otherwise])
    try:
        manifests = read_manifests(slots)
    except ManifestError as error:
        is_broken = error.__cause__ is not None or (slots.exists() and not slots.is_dir())
        if is_broken:
            return failed("files", error.message, hint=error.hint), nothing
        detail = f"{slots} has no slot files, so only the tenant is examined, as {otherwise}."
        return warned("files", detail, hint="`reconciler init` and `pull` begin."), nothing
    errors = sum(problem.is_error for problem in manifests.problems)
    if not errors:
        detail = f"{slots} is for {manifests.api}; slots: {len(manifests.desired)}."
        return passed("files", detail), project_of(manifests)
    check = failed(
        "files",
        f"Errors in {slots}: {errors}. Only what is sound is looked for.",
        hint="`reconciler validate` lists them.",
    )
    try:
        read_api_name(slots)
    except ManifestError:
        return check, nothing
    return check, project_of(manifests)
