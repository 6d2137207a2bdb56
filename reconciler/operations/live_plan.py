"""A plan from the live slots to the files, with what the ledger adds: rejections, changes left open
and the causes of differences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress

from pydantic import JsonValue

from reconciler import __version__
from reconciler.engine.policy import RunPolicy
from reconciler.errors import MalformedResponseError, NothingListedError
from reconciler.model.change import Cause
from reconciler.model.content import CanonicalSlot
from reconciler.model.drift import LastChange
from reconciler.model.ledger import Applied, History, OpenChange
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.model.quarantine import NO_QUARANTINE, Quarantine
from reconciler.model.rules.plans import UNSUPPORTED_CHANGE
from reconciler.model.slot import canonical
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning import rejudging
from reconciler.planning.causes import Left, asked_anew, causes
from reconciler.planning.environments import require_no_missing_ids
from reconciler.planning.fleet_quarantine import with_quarantine
from reconciler.planning.left_open import found_live, left_to_a_person, to_recover
from reconciler.planning.limits import exceeded, require_listed
from reconciler.planning.planner import make_plan
from reconciler.planning.promotion import Promotion
from reconciler.planning.rejections import with_rejections
from reconciler.ports import Connection, Tenant

TOOL_MAJOR = __version__.split(".")[0]


def planned(
    project: Project,
    connection: Connection,
    *,
    selection: Selection,
    history: History,
    promotion: Promotion | None,
    quarantine: Quarantine = NO_QUARANTINE,
) -> Plan:
    """Read the live slots, and plan an apply. Raises PlanningError, Refusal and TenantError."""
    live = connection.tenant.list_slots()
    require_listed(project, live, history=history, selection=selection)
    promoted = promotion.applied_to if promotion is not None else _as_it_is
    return _plan_of(
        project,
        connection,
        live,
        selection=selection,
        history=history,
        promoted=promoted,
        quarantine=quarantine,
    )


def compared(
    project: Project, connection: Connection, *, history: History, promotion: Promotion | None
) -> tuple[Plan, LiveState]:
    """Read the live slots, and plan a drift check, which changes nothing: if the tenant lists none
    of our slots, that is only a warning, because it may be true, and would be the worst drift there
    is; and so is a difference that no apply can remove. What was changed in the tenant does not
    wait for another environment. Raises PlanningError and TenantError."""
    live = connection.tenant.list_slots()

    def promoted(made: Plan) -> Plan:
        if promotion is None:
            return made
        found = drift_causes(made, connection, history=history)
        edited = {each for each, cause in found.items() if cause is Cause.CHANGED_IN_TENANT}
        return promotion.applied_to(made, regardless=edited)

    made = _plan_of(
        project,
        connection,
        live,
        selection=Selection(),
        history=history,
        promoted=promoted,
        forgiven=(UNSUPPORTED_CHANGE.id,),
    )
    try:
        require_listed(project, live, history=history, selection=Selection())
    except NothingListedError as error:
        warnings = (error.message, error.hint, *made.warnings)
        return made.model_copy(update={"warnings": warnings}), live
    return made, live


def last_changes(made: Plan, live: LiveState, *, tenant: Tenant) -> dict[str, LastChange]:
    """Who changed the slots last that the plan would change, if the tenant says so."""
    edits = [
        (slot.slot_id, slot.changed_by, slot.changed_at)
        for slot in (live[each] for each in sorted(made.slot_ids & live.keys()))
        if slot.changed_by is not None and slot.changed_at is not None
    ]
    names = tenant.people({user_id for _, user_id, _ in edits}) if edits else {}
    return {
        slot_id: LastChange(user_id=user_id, name=names.get(user_id), at=at)
        for slot_id, user_id, at in edits
    }


def _plan_of(
    project: Project,
    connection: Connection,
    live: LiveState,
    *,
    selection: Selection,
    history: History,
    promoted: Callable[[Plan], Plan],
    forgiven: Collection[str] = (),
    quarantine: Quarantine = NO_QUARANTINE,
) -> Plan:
    require_no_missing_ids(project, live)
    made = make_plan(
        project.desired,
        live,
        api=project.api,
        settings=project.settings,
        endpoint=connection.endpoint,
        tool_version=__version__,
        selection=selection,
        protected=history.protected,
        forgiven=forgiven,
    )
    made = promoted(_with_tenant_ids(made, project))
    known = with_quarantine(
        history, made, quarantined=quarantine.contents, run_id=quarantine.run_id
    )
    made = with_rejections(made, desired=project.desired, live=live, history=known)
    notes = [f"Over a limit: {reason}" for reason in exceeded(made, project.settings.limits)]
    notes.extend(_doubts(project, connection.tenant))
    notes.extend(to_recover(history, project.claims))
    notes.extend(
        left_to_a_person(
            history,
            project.claims,
            found=lambda each: _found_live(each, live, tenant=connection.tenant),
            commands=project.commands,
        )
    )
    environment = project.environment.name if project.environment else None
    return made.model_copy(
        update={"environment": environment, "warnings": (*made.warnings, *notes)}
    )


def _with_tenant_ids(made: Plan, project: Project) -> Plan:
    """The plan, whose changes say what the tenant calls their slots, where that differs."""
    ids = project.environment.ids if project.environment else {}
    if not ids:
        return made
    changes = tuple(
        each.model_copy(update={"tenant_id": ids[each.slot_id]}) if each.slot_id in ids else each
        for each in made.changes
    )
    return made.model_copy(update={"changes": changes})


def _as_it_is(made: Plan) -> Plan:
    return made


def _doubts(project: Project, tenant: Tenant) -> Iterator[str]:
    for slot in project.desired.values():
        reason = tenant.doubt(slot.content) if slot.content is not None else ""
        if reason:
            yield f"{slot.slot_id}: {reason}"


def _found_live(left_open: OpenChange, live: LiveState, *, tenant: Tenant) -> str:
    try:
        before = _revived(left_open.before, tenant)
    except MalformedResponseError as error:
        return f"the ledger does not say what was there before ({error.message})"
    return found_live(
        before=before,
        after=left_open.live.canonical() if left_open.live else None,
        live=canonical(live.get(left_open.slot_id)),
    )


def to_judge_again(
    project: Project,
    connection: Connection,
    *,
    selection: Selection,
    history: History,
    policy: RunPolicy,
) -> dict[str, OpenChange]:
    """The rejected changes that are still live and can be judged again, by slot id.

    Raises PlanningError and TenantError.
    """
    if not (policy.judged and history.ended_rejected):
        return {}
    former: dict[str, CanonicalSlot | None] = {}
    for slot_id, ended in history.ended_rejected.items():
        with suppress(MalformedResponseError):  # another API sent it
            former[slot_id] = _revived(ended.before, connection.tenant)
    live = connection.tenant.list_slots()
    return rejudging.to_judge_again(
        _plan_of(
            project,
            connection,
            live,
            selection=selection,
            history=history,
            promoted=_as_it_is,
        ),
        live,
        history=history,
        gates=project.gates,
        protected={*history.protected, *policy.protected, *project.settings.protect},
        former=former,
        rolls_back=policy.rollout.rolls_back,
    )


def drift_causes(made: Plan, connection: Connection, *, history: History) -> dict[str, Cause]:
    """Why the slots differ, by slot id, if the ledger says how we left them."""
    return causes(made, left=_left(made, connection, history=history))


def slots_asked_anew(
    made: Plan,
    project: Project,
    connection: Connection,
    *,
    history: History,
    in_sync: DesiredState | None,
) -> frozenset[str]:
    """The slots whose due change is more than the undoing of an edit in the tenant; `in_sync` is
    what the files said when everything was live like that, None if that is not known."""
    left = _left(made, connection, history=history)
    return asked_anew(made, desired=project.desired, left=left, in_sync=in_sync)


def _left(made: Plan, connection: Connection, *, history: History) -> Left:
    """How we left the slots that differ, if the ledger says so."""
    left = {}
    for slot_id in made.slot_ids & history.applied.keys():
        # A former slot that this API never sent explains nothing.
        with suppress(MalformedResponseError):
            left[slot_id] = _forms(history.applied[slot_id], connection.tenant)
    return left


def _forms(applied: Applied, tenant: Tenant) -> tuple[CanonicalSlot | None, ...]:
    if not applied.is_there:
        return (None,)
    content = applied.content.canonical() if applied.content else None
    former = _revived(applied.former, tenant)
    return tuple(form for form in (content, former) if form is not None)


def _revived(raw: Mapping[str, JsonValue] | None, tenant: Tenant) -> CanonicalSlot | None:
    """The canonical form of a slot in the ledger, or None for its absence. Raises
    MalformedResponseError for one that this API never sent."""
    return tenant.revive(raw).canonical if raw is not None else None
