"""Saved results as what we post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.adapters.documents import HOSTILE_BYTES, TRUSTED_BYTES, read_document
from reconciler.adapters.planfile import plan_in
from reconciler.cli.github.actions import EventWorkflow, say
from reconciler.errors import DocumentError, ManifestError
from reconciler.model.plan import Plan
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState
from reconciler.operations.project import read_project
from reconciler.planning.review import review
from reconciler.reports.comment import (
    failed_plan_comment,
    outcome_comment,
    plan_comment,
    readable_graph,
    validation_comment,
)

_MAX_PROBLEMS = 1_000


def plan_body(path: Path, *, slots: Path, base: Path | None, workflow: EventWorkflow) -> str:
    """The comment on a plan, or on why there is none. Raises DocumentError, PlanFileError and
    ManifestError."""
    document = read_document(path, limit=TRUSTED_BYTES)
    if "error" in document:
        return _failed_plan_body(path, document, workflow=workflow)
    plan = plan_in(document, path=path)
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


def read_plan(path: Path) -> Plan:
    """A plan that was made. Raises DocumentError and PlanFileError."""
    document = read_document(path, limit=TRUSTED_BYTES)
    if "error" in document:
        message, _hint = told_error(path, document)
        raise DocumentError(f"{path} holds no plan, for none could be made: {message}")
    return plan_in(document, path=path)


def outcome_body(path: Path, *, workflow: EventWorkflow) -> str:
    """The comment on an apply. Raises DocumentError."""
    document = read_document(path, limit=TRUSTED_BYTES)
    with document_errors(path):
        return outcome_comment(
            document, commit=workflow.commit, link=workflow.actions.link, endpoint=workflow.endpoint
        )


def validation_body(path: Path, *, workflow: EventWorkflow) -> str:
    """The comment on a fork's validation: the file is anybody's. Raises DocumentError."""
    document = read_document(path, limit=HOSTILE_BYTES)
    with document_errors(path):
        return validation_comment(document, commit=workflow.commit, link=workflow.actions.link)


@contextmanager
def document_errors(path: Path) -> Iterator[None]:
    """What a text makes of a malformed document becomes a DocumentError."""
    try:
        yield
    except ValueError as error:
        raise DocumentError(f"{path} is not the result that was expected: {error}") from error


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


def _failed_plan_body(path: Path, document: Mapping[str, Any], *, workflow: EventWorkflow) -> str:
    message, hint = told_error(path, document)
    return failed_plan_comment(
        workflow.endpoint,
        message=message,
        hint=hint,
        problems=_problems(document["error"]),
        commit=workflow.commit,
        link=workflow.actions.link,
    )


def told_error(path: Path, document: Mapping[str, Any]) -> tuple[str, str]:
    """The message and hint of a command that failed. Raises DocumentError."""
    error = document["error"]
    message = error.get("message") if isinstance(error, Mapping) else None
    hint = error.get("hint", "") if isinstance(error, Mapping) else None
    if not isinstance(message, str) or not isinstance(hint, str):
        raise DocumentError(
            f"{path} tells of an error without saying which.",
            hint="Make it with: reconciler plan --format json",
        )
    return message, hint


def _problems(error: Mapping[str, Any]) -> list[str]:
    listed = error.get("problems", [])
    problems = listed[:_MAX_PROBLEMS] if isinstance(listed, list) else []
    return [_problem_line(each) for each in problems if isinstance(each, Mapping)]


def _problem_line(problem: Mapping[str, Any]) -> str:
    place = ":".join(str(problem[key]) for key in ("file", "line", "column") if problem.get(key))
    parts = (place, problem.get("severity"), problem.get("message"), problem.get("hint"))
    return ": ".join(str(part) for part in parts if part)
