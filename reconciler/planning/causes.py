"""Why managed slots differ from their files, judged by how we last left them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import JsonValue

from reconciler.model.change import Cause, Change
from reconciler.model.content import CanonicalSlot
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState

Left = Mapping[str, Collection[CanonicalSlot | None]]
"""The forms in which we may have left a slot, by its id; None means absent."""


def causes(plan: Plan, *, left: Left) -> dict[str, Cause]:
    """The cause of each of the plan's changes whose slot is in `left`."""
    return {
        change.slot_id: (
            Cause.NOT_APPLIED if change.before in left[change.slot_id] else Cause.CHANGED_IN_TENANT
        )
        for change in plan.changes
        if change.slot_id in left
    }


def asked_anew(
    plan: Plan, *, desired: DesiredState, left: Left, in_sync: DesiredState | None
) -> frozenset[str]:
    """The slots whose due change, made from `desired`, makes something else than was live before:
    the files have changed since. Any other due change only undoes an edit in the tenant.

    A slot was live as we left it or, if the ledger does not know it, as it is in `in_sync`: what
    the files said when everything was live like that. None if that never was.
    """

    def is_new(change: Change) -> bool:
        if change.slot_id in left:
            return not _is_as_left(change, left[change.slot_id])
        if in_sync is None or change.slot_id not in in_sync or change.slot_id not in desired:
            return True
        return in_sync[change.slot_id].content != desired[change.slot_id].content

    return frozenset(change.slot_id for change in plan.due if is_new(change))


def _is_as_left(change: Change, forms: Collection[CanonicalSlot | None]) -> bool:
    """Whether the change makes what one of these forms is, as far as the file manages it."""
    after = change.after.canonical() if change.after is not None else None
    return any(_managed(after, change) == _managed(form, change) for form in forms)


def _managed(form: CanonicalSlot | None, change: Change) -> dict[str, JsonValue] | None:
    if form is None:
        return None
    fields = form.as_json()
    if change.managed is None:
        return fields
    return {name: value for name, value in fields.items() if name in change.managed}
