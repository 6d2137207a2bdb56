"""Explain what slots take, from the slot files alone."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.model.explanation import SlotComparison, SlotExplanation, TextExplanation
from reconciler.model.project import Project
from reconciler.operations.project import read_project
from reconciler.planning.explaining.pair import compare_slots
from reconciler.planning.explaining.slot import explain_slot
from reconciler.planning.explaining.subject import Subject
from reconciler.planning.explaining.text import explain_text
from reconciler.planning.named import Named


def explain(slot: str, *, slots: Path, environment: str | None = None) -> SlotExplanation:
    """What a slot takes, named by its id or its name.

    Raises ManifestError, ConfigurationError, and ReconcilerError if there is no such slot.
    """
    project = read_project(slots, environment=environment)
    return explain_slot(_subject(project, slot), desired=project.desired, api=project.api)


def explain_with(
    text: str, slot: str, *, slots: Path, environment: str | None = None
) -> TextExplanation:
    """What a slot does with a text. Raises as `explain` does."""
    project = read_project(slots, environment=environment)
    subject = _subject(project, slot)
    return explain_text(text, subject=subject, desired=project.desired, api=project.api)


def compare(
    first: str, second: str, *, slots: Path, environment: str | None = None
) -> SlotComparison:
    """What two slots both take, and what only one of them does. Raises as `explain` does."""
    project = read_project(slots, environment=environment)
    former, latter = (_subject(project, each) for each in (first, second))
    return compare_slots(former, latter, desired=project.desired, api=project.api)


def _subject(project: Project, given: str) -> Subject:
    named = Named.in_files(project.desired)
    slot = project.desired.get(named.slot_id(given))
    if slot is None:
        raise ReconcilerError(
            f"{given!r} does not name one slot of the files.",
            hint=named.advice(given) or "`reconciler graph` shows all slots.",
        )
    if slot.content is None:
        raise ReconcilerError(
            f"{slot.slot_id} takes nothing: its file says `state: absent`, which deletes it."
        )
    return Subject(slot, slot.content)
