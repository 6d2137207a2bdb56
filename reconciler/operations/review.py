"""What a reviewer must know about a plan in addition to its changes; offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ManifestError
from reconciler.model.event import Warned
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.review import Review
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState
from reconciler.operations.project import read_project
from reconciler.planning.environments import in_environment
from reconciler.planning.review import review as consequences
from reconciler.planning.safety_changes import environment_changes
from reconciler.ports import SILENT, Observer


@dataclass(frozen=True)
class ReviewRequest:
    """The plan to review.

    `slots` is the folder that the plan was made from. `base` is the same folder on the base branch,
    or None if that is not known; if it does not exist, the base has no slots and default settings.
    """

    plan: Plan
    slots: Path
    base: Path | None = None


@dataclass(frozen=True)
class PlanReview:
    """A plan with its consequences; `plan` has warnings about those that are unknown.

    `desired` is the current state of the files.
    """

    plan: Plan
    review: Review
    desired: DesiredState


def review(request: ReviewRequest, *, observer: Observer = SILENT) -> PlanReview:
    """The consequences of a plan, compared with the base if there is one. Raises ManifestError,
    and ConfigurationError if the files do not declare the environment that the plan is for."""
    plan = request.plan
    head = read_project(request.slots, environment=plan.environment)
    if plan.desired_digest != head.desired.digest:
        message = f"The files in {request.slots} are not the ones that this plan was made from."
        observer.notice(Warned(message=message))
    try:
        base = _base(request.base, head=head)
    except ManifestError as error:
        message = f"{error.message} So this cannot be compared with the base branch."
        observer.notice(Warned(message=message))
        base = None
        note = (
            "The base branch's own files cannot be read, so its changes to settings and gates are "
            "unknown."
        )
        plan = plan.model_copy(update={"warnings": (*plan.warnings, note)})
    found = consequences(
        plan,
        desired=head.desired,
        settings=head.settings,
        api=head.api,
        base=(base.desired, base.settings) if base is not None else None,
    )
    if base is not None:
        of_environment = environment_changes(base.environment, head.environment)
        found = found.model_copy(update={"safety": (*of_environment, *found.safety)})
    return PlanReview(plan=plan, review=found, desired=head.desired)


def _base(folder: Path | None, *, head: Project) -> Project | None:
    """The project on the base branch, in the same environment if it declares that; without a
    folder there, one without slots and with the API's defaults."""
    if folder is None:
        return None
    if not folder.exists():
        nothing = Settings(gate=type(head.settings.gate)())
        return Project(DesiredState(), nothing, api=head.api)
    project = read_project(folder)
    if head.environment is not None and head.environment.name in project.environments:
        project = in_environment(project, head.environment.name)
    return project
