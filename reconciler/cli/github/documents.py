"""Saved results as what we post."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.github.actions import EventWorkflow, say
from reconciler.errors import ManifestError
from reconciler.model.failure import Failure
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState
from reconciler.operations import saved_plan
from reconciler.operations.project import read_project
from reconciler.operations.saved_results import read_foreign_validation, read_outcome
from reconciler.planning.review import review
from reconciler.reports.comment import (
    failed_plan_comment,
    outcome_comment,
    plan_comment,
    readable_graph,
    validation_comment,
)


def plan_body(path: Path, *, slots: Path, base: Path | None, workflow: EventWorkflow) -> str:
    """The comment on a plan, or on why there is none. Raises DocumentError, PlanFileError and
    ManifestError."""
    plan = saved_plan.read_result(path)
    if isinstance(plan, Failure):
        return failed_plan_comment(
            workflow.endpoint, plan, commit=workflow.commit, link=workflow.actions.link
        )
    head = read_project(slots)
    if plan.desired_digest != head.desired.digest:
        say(f"The files in {slots} are not those that this plan was made from.")
    known_base, notes = _base(base)
    plan = plan.model_copy(update={"warnings": (*plan.warnings, *notes)})
    reviewed = review(
        plan, desired=head.desired, settings=head.settings, api=head.api, base=known_base
    )
    return plan_comment(
        plan,
        reviewed,
        commit=workflow.commit,
        link=workflow.actions.link,
        graph=readable_graph(head.desired, plan),
    )


def outcome_body(path: Path, *, workflow: EventWorkflow) -> str:
    """The comment on an apply. Raises DocumentError."""
    return outcome_comment(
        read_outcome(path),
        commit=workflow.commit,
        link=workflow.actions.link,
        endpoint=workflow.endpoint,
    )


def validation_body(path: Path, *, workflow: EventWorkflow) -> str:
    """The comment on a fork's validation: the file is anybody's. Raises DocumentError."""
    return validation_comment(
        read_foreign_validation(path), commit=workflow.commit, link=workflow.actions.link
    )


def _base(base: Path | None) -> tuple[tuple[DesiredState, Settings] | None, tuple[str, ...]]:
    """What the base branch holds, and what a reader must know about it.

    A folder that is not there holds no slots and leaves every setting at its default.
    """
    if base is None:
        return None, ()
    if not base.exists():
        return (DesiredState(), Settings()), ()
    try:
        project = read_project(base)
    except ManifestError as error:
        say(f"{error.message} So this cannot be compared with the base branch.")
        return None, (
            "The base branch's own files cannot be read: what this changes in the "
            "settings and gates is not known.",
        )
    return (project.desired, project.settings), ()
