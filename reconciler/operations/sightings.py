"""What a look at an environment proves, for those that are promoted from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from reconciler.model.drift import DriftReport
from reconciler.model.ledger import Entry, History
from reconciler.model.project import Project
from reconciler.model.state import LiveState
from reconciler.operations.findings import Finding
from reconciler.planning.evidence import evidence_of
from reconciler.planning.observation import is_listed_anew, is_promoted_from, seen


def sightings(
    project: Project,
    live: LiveState,
    report: DriftReport,
    *,
    lines: Sequence[Entry | None],
    history: History,
    now: datetime,
) -> Iterator[Finding]:
    """What the report proves that the ledger does not know yet, if another environment is promoted
    from this one. `lines` and `history` are what the ledger said when `live` was read."""
    environment = project.environment
    if environment is None or not is_promoted_from(project):
        return
    evidence = evidence_of(environment.name, lines, expected=environment.expect)
    if is_listed_anew(live.ids, evidence=evidence):
        yield Finding("slots_listed", data={"slot_ids": [*sorted(live.ids)]})
    for each in seen(project, report, evidence=evidence, history=history, now=now):
        data = {"status": each.sight.value, "shared": each.shared}
        yield Finding("slot_seen", slot_id=each.slot_id, data=data)


def is_unchanged(sighting: Finding, *, before: History, now: History) -> bool:
    """Whether no run has changed what was seen since the ledger said `before`."""
    if sighting.slot_id is None:
        return (now.applied, now.open_changes) == (before.applied, before.open_changes)
    return now.applied.get(sighting.slot_id) == before.applied.get(sighting.slot_id)
