"""Plans and reviews for comments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.change import Change
from reconciler.model.drift import DriftReport
from reconciler.model.gate import GateOverride
from reconciler.model.plan import Plan
from reconciler.model.review import Review
from reconciler.model.settings import Rollout, Settings
from reconciler.model.slot import Examples, MatchExample
from reconciler.model.state import DesiredState
from reconciler.planning.review import review
from reconciler.reports.graph import readable_graph
from tests.reports.examples import (
    CAUSES,
    METRICS,
    REJECTED,
    RUN,
)
from tests.support.build import ENDPOINT, absent, live, plan, slot

COMMIT = "c0ffee" * 6 + "abcd"
LINK = "https://github.com/acme/bot/actions/runs/123"
PLACE = f"https://github.com/acme/bot/blob/{COMMIT}/slots/order.yaml#L5"

_ORDER = slot("slot_order", patterns=("^[A-Z]{2}-\\d{4,6}$", "^ORD-\\d{5}$"), name="order")
DESIRED = DesiredState(
    [
        replace(
            _ORDER,
            examples=Examples(
                match=(MatchExample(text="AB-123456"), MatchExample(text="ORD-12345")),
                reject=("ORD-1",),
            ),
        ),
        slot("slot_refund", "slot_order", name="refund", trigger_retrain=False),
        replace(
            slot("slot_parcel", "slot_refund", name="parcel"),
            gate=GateOverride(min_success_rate=0.6),
        ),
        absent("slot_fax"),
    ]
)
BASE = DesiredState(
    [
        slot("slot_refund", "slot_order", name="refund"),
        slot("slot_parcel", "slot_refund", name="parcel"),
        slot("slot_fax", protect=True),
    ]
)
SETTINGS = Settings(owns=("slot_*",), rollout=Rollout(on_failure="halt"))
BASE_SETTINGS = Settings(protect=("slot_order", "slot_fax"))
REAL_PLAN = plan(
    DESIRED,
    [
        live("slot_order", patterns=("^[A-Z]{2}-\\d{4}$", "^ORD-\\d+$"), name="order"),
        live("slot_refund", "slot_order", name="Refund", unmodelled=("color",)),
        live("slot_parcel", "slot_refund", name="parcel"),
        live("slot_fax", name="fax"),
        live("slot_theirs"),
    ],
)
REAL_REVIEW = review(
    REAL_PLAN, desired=DESIRED, settings=SETTINGS, api=COGNIGY_V1, base=(BASE, BASE_SETTINGS)
)
REAL_GRAPH = readable_graph(DESIRED, REAL_PLAN)
COMPARED = Review(compared=True)


def at(urls: dict[str, str]) -> Callable[[Change], str | None]:
    """The place of each of these slots."""
    return lambda change: urls.get(change.slot_id)


def many(count: int, *, patterns: int = 1, text: str = "^x{}$") -> Plan:
    """A plan that updates `count` slots."""
    ids = [f"slot_{number:05}" for number in range(count)]
    new = tuple(text.format(number) for number in range(patterns))
    return plan(
        [slot(each, patterns=new, type="list") for each in ids],
        [live(each, patterns=("old",), type="list") for each in ids],
    )


OUTCOME = RUN.model_copy(update={"endpoint": ENDPOINT})


def drift_of(made: Plan = REJECTED, **changed: Any) -> DriftReport:
    """A drift report with everything in it, or that of a plan, with some values replaced."""
    metrics = METRICS if made is REJECTED else {}
    return DriftReport.of(made, causes=CAUSES, metrics=metrics).model_copy(update=changed)
