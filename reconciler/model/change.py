"""A Change: one Create, Update or Delete, with the slot before and after."""

from __future__ import annotations

from enum import Enum

from pydantic import Field, JsonValue

from reconciler.model.base import Frozen
from reconciler.model.content import CanonicalSlot, SlotContent


class Action(str, Enum):
    """What a change does to the live slot."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Cause(str, Enum):
    """Why a managed slot differs from its file.

    changed_in_tenant  the live slot is no longer as our last change left it
    not_applied        it still is, but the file has changed since
    """

    CHANGED_IN_TENANT = "changed_in_tenant"
    NOT_APPLIED = "not_applied"


class FieldChange(Frozen):
    """One modelled field that differs; both sides are in canonical form."""

    field: str
    before: JsonValue
    after: JsonValue


def _is_none(value: object) -> bool:
    return value is None


class Change(Frozen):
    """One step of a plan.

    `before` is the live slot that the plan saw (None for a creation), `after` is what will be
    PUT (None for a deletion). `wave` counts from 0; `depends_on` names the other changes of the
    plan that must be live before this one is made. `tenant_id` is what the tenant calls the slot,
    if that is not its `slot_id`; None otherwise, and then it is not in the JSON either. `managed`
    are the fields of `after` that the file states, if not all of them; the JSON has none of it.
    """

    slot_id: str
    name: str
    action: Action
    wave: int
    depends_on: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    before: CanonicalSlot | None = None
    after: SlotContent | None = None
    trigger_retrain: bool = True
    tenant_id: str | None = Field(default=None, exclude_if=_is_none)
    managed: tuple[str, ...] | None = Field(default=None, exclude=True)
