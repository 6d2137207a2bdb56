"""One page of each kind, with one of everything and with hostile text, as functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from reconciler.model.change import Change, FieldChange
from reconciler.model.state import DesiredState
from reconciler.reports.html import plan_page
from tests.reports.examples import REJECTED
from tests.support.build import plan, slot

AT = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
INJECTED = (
    "<img src=x onerror=alert(1)></title></style><script>alert(1)</script>\"'{{7*7}}\u202e\x1b[2J"
)
"""Text that starts tags, ends attributes, evaluates templates, reorders text or moves a cursor."""


def poisoned(change: Change) -> Change:
    """The change with hostile text wherever a tenant or a file may have some."""
    fields = [
        *change.fields,
        FieldChange(field=INJECTED, before=["^a$", INJECTED], after=["^a$", f"{INJECTED}b"]),
        FieldChange(field="type", before=INJECTED, after=f"{INJECTED}b"),
    ]
    return change.model_copy(update={"name": INJECTED, "fields": tuple(fields)})


def hostile_plan() -> str:
    """A plan with hostile text."""
    changes = tuple(map(poisoned, REJECTED.changes))
    made = REJECTED.model_copy(
        update={"changes": changes, "warnings": (INJECTED,), "unmanaged": (INJECTED,)}
    )
    return plan_page(made, desired=DesiredState(), made_at=AT)


def many(number: int) -> tuple[DesiredState, list[str]]:
    """So many slots; each but the first depends on one or two before it."""
    names = [f"slot_{n:03}" for n in range(number)]
    slots = [
        slot(name, *{names[n // 2], names[n // 3]} - {name}, name=f"name {n}")
        for n, name in enumerate(names)
    ]
    return DesiredState(slots), names


def large_plan() -> str:
    """A plan that creates 120 slots."""
    desired, _ = many(120)
    return plan_page(plan(desired), desired=desired, made_at=AT)


PAGES: dict[str, Callable[[], str]] = {
    "plan": lambda: plan_page(REJECTED, desired=DesiredState(), made_at=AT),
    "plan of hostile text": hostile_plan,
    "large plan": large_plan,
}
