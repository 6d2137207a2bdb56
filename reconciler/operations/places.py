"""Links from a report to the lines of the slot files, on GitHub."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from reconciler.adapters.github.checkout import path_in_checkout
from reconciler.errors import ManifestError
from reconciler.model.change import Action, Change
from reconciler.model.event import Warned
from reconciler.model.state import DesiredState
from reconciler.operations.project import read_project
from reconciler.operations.workflow import Workflow


def places_on_github(desired: DesiredState, workflow: Workflow) -> Callable[[Change], str | None]:
    """Returns the URL of the line that a change comes from: that of its first field, or of the
    slot. None for a slot without a file, and outside of a checkout of a known commit."""

    def place(change: Change) -> str | None:
        if change.slot_id not in desired or None in (workflow.repository_url, workflow.commit):
            return None
        first = [each.field for each in change.fields[:1] if change.action is Action.UPDATE]
        source = desired.where(change.slot_id, *first)
        path = path_in_checkout(source.file)
        if path is None:
            return None
        return f"{workflow.repository_url}/blob/{workflow.commit}/{quote(path)}#L{source.line}"

    return place


def places_of_files(slots: Path, workflow: Workflow) -> Callable[[Change], str | None]:
    """The same for the files in `slots`; nowhere, with a warning, if they cannot be read."""
    try:
        desired = read_project(slots).desired
    except ManifestError as error:
        message = f"{error.message} So there are no links to slots."
        workflow.observer.notice(Warned(message=message))
        desired = DesiredState()
    return places_on_github(desired, workflow)
