"""Record what a look at an environment proves, for those that are promoted from it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.drift import DriftReport
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import History
from reconciler.model.project import Project
from reconciler.model.promotion import Evidence
from reconciler.model.state import LiveState
from reconciler.operations.findings import Finding, record
from reconciler.operations.services import Services
from reconciler.planning.evidence import evidence_of
from reconciler.planning.observation import is_listed_anew, is_promoted_from, seen


def observe(
    project: Project,
    live: LiveState,
    report: DriftReport,
    *,
    services: Services,
    endpoint: Endpoint,
    history: History,
) -> str:
    """Record what the report proves that the ledger does not know yet, if another environment is
    promoted from this one. `history` is what the ledger said when `live` was read.

    Returns why that could not be recorded, "" if it was.
    """
    environment = project.environment
    if environment is None or not is_promoted_from(project):
        return ""
    evidence = evidence_of(environment.name, services.ledger.lines())

    def still_holds(finding: Finding, now: History) -> bool:
        if finding.slot_id is None:
            return (now.applied, now.open_changes) == (history.applied, history.open_changes)
        left = now.applied.get(finding.slot_id)
        return left == history.applied.get(finding.slot_id)

    return record(
        list(_findings(project, live, report, services, evidence, history)),
        still_holds=still_holds,
        command="drift",
        project=project,
        services=services,
        endpoint=endpoint,
    ).problem


def _findings(
    project: Project,
    live: LiveState,
    report: DriftReport,
    services: Services,
    evidence: Evidence,
    history: History,
) -> Iterator[Finding]:
    if is_listed_anew(live.ids, evidence=evidence):
        yield Finding("slots_listed", data={"slot_ids": [*sorted(live.ids)]})
    now = services.clock.now()
    for each in seen(project, report, evidence=evidence, history=history, now=now):
        data = {"status": each.sight.value, "shared": each.shared}
        yield Finding("slot_seen", slot_id=each.slot_id, data=data)
