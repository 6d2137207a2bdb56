"""Environments with one of everything that a status can show."""

from __future__ import annotations

from typing import Any

from reconciler.model.audit import RecordedRun, RunState
from reconciler.model.explanation import NamedSlot
from reconciler.model.failure import Failure
from reconciler.model.problem import Source
from reconciler.model.rules.environments import ENVIRONMENT_ID
from reconciler.model.status import EnvironmentStatus, SlotStatus, StatusReport
from tests.reports.examples import HOSTILE

SLOTS = (
    NamedSlot(slot_id="slot_8f3a9c2d", name="order_number"),
    NamedSlot(slot_id="slot_city", name="city"),
    NamedSlot(slot_id="slot_customer_id", name="customer_id"),
    NamedSlot(slot_id="slot_gone"),
    NamedSlot(slot_id="slot_region", name="größe"),
    NamedSlot(slot_id="slot_ticket_id", name="ticket_id"),
    NamedSlot(slot_id="slot_unit", name="slot_unit"),
)
RUN = RecordedRun(
    run_id="20261126T202547Z-0e74ee",
    started="2026-11-26T20:25:47.102Z",
    state=RunState.FINISHED,
    actor="ada",
    commit="c0ffee1234",
    summary={"verified": 2, "rolled_back": 1},
    seconds=14.2,
)
URGENT = RUN.model_copy(update={"actor": HOSTILE, "commit": None, "judged": False})
REFUSED = Failure(
    message="No plan can be made for us: ids may be missing.",
    problems=(
        ENVIRONMENT_ID.problem(
            Source(file="slots/city.yaml", line=1, column=1),
            message="slot_city is not live in us, but slot_77 has its name, city",
            hint="If it is the same slot, add it to the environment's `ids`: {slot_city: slot_77}",
        ),
    ),
)
LACKING = Failure(
    message="There is no access to dev.",
    hint="Set them in .env.dev, or with its name at the end, such as COGNIGY_CLIENT_SECRET__DEV.",
)


def environment(name: str, *statuses: SlotStatus, **fields: Any) -> EnvironmentStatus:
    by_slot = dict(zip((each.slot_id for each in SLOTS), statuses, strict=bool(statuses)))
    return EnvironmentStatus(name=name, statuses=by_slot or None, **fields)


OK = SlotStatus.AS_DESIRED
STAGING = environment(
    "staging",
    OK,
    SlotStatus.DIFFERS,
    SlotStatus.DRIFTED,
    OK,
    SlotStatus.MISSING,
    SlotStatus.REJECTED,
    OK,
    last_run=RUN,
)
PRODUCTION = environment(
    "production",
    SlotStatus.WAITING,
    SlotStatus.WAITING,
    OK,
    OK,
    SlotStatus.WAITING,
    SlotStatus.BELOW_GATE,
    OK,
    last_run=URGENT,
)
BOTH = StatusReport(environments=(STAGING, PRODUCTION), slots=SLOTS)
ALL = StatusReport(
    environments=(
        environment("dev", has_access=False, failure=LACKING),
        STAGING,
        PRODUCTION,
        environment("us", failure=REFUSED),
    ),
    slots=SLOTS,
)
WELL = StatusReport(environments=(environment("staging", *[OK] * 7),), slots=SLOTS)
