"""Hypothesis strategies for what is asked of a fleet, and how it ends."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reconciler.model.base import Frozen
from reconciler.model.fleet_run import FleetReport, Group, Halt, StepReport, TargetResult, Task
from tests.support.values import ANY_TEXT, COUNTS, MOMENTS, PLANS, TEXTS

for _model in Frozen.__subclasses__():
    _model.model_rebuild()  # as in `values`

SECONDS = st.integers(0, 10**6).map(lambda thousandths: thousandths / 1000)
STEP_NUMBERS = st.integers(1, 99)
TASKS = st.builds(
    Task,
    run_id=ANY_TEXT,
    target=ANY_TEXT,
    bundle=ANY_TEXT,
    origin=ANY_TEXT,
    pool=ANY_TEXT,
    fence=COUNTS,
    metrics=...,
    digest=st.none() | ANY_TEXT,
    reason=st.none() | ANY_TEXT,
    retry_failed=...,
    quarantined=TEXTS,
)
_RESULT: dict[str, Any] = {
    "name": ANY_TEXT,
    "exit_code": st.integers(0, 130),
    "endpoint": ...,
    "run_id": st.none() | ANY_TEXT,
    "worker": ANY_TEXT,
    "attempts": COUNTS,
    "error": st.none() | ANY_TEXT,
    "hint": ANY_TEXT,
    "ledger_hash": st.none() | ANY_TEXT,
    "ended_at": st.none() | MOMENTS,
    "seconds": SECONDS,
    "changed_at": st.none() | MOMENTS,
    "changes": ANY_TEXT,
    "digest": st.none() | ANY_TEXT,
    "summary": st.dictionaries(ANY_TEXT, COUNTS, max_size=3),
    "rejected": TEXTS,
    "warnings": TEXTS,
}
TARGET_RESULTS = st.builds(TargetResult, **_RESULT, plan=st.none() | PLANS)
UNPLANNED_RESULTS = st.builds(TargetResult, **_RESULT)
"""Made much faster."""
STEP_REPORTS = st.builds(
    StepReport,
    step=STEP_NUMBERS,
    targets=COUNTS,
    ended=COUNTS,
    failed=COUNTS,
    max_failures=COUNTS,
    baked_until=st.none() | MOMENTS,
    is_done=...,
)
HALTS = st.builds(Halt, step=STEP_NUMBERS, reason=ANY_TEXT, targets=TEXTS)
GROUPS = st.builds(Group, changes=ANY_TEXT, targets=TEXTS, plan=PLANS)
FLEET_REPORTS = st.builds(
    FleetReport,
    run_id=st.none() | ANY_TEXT,
    commit=st.none() | ANY_TEXT,
    bundle=ANY_TEXT,
    results=st.lists(UNPLANNED_RESULTS, max_size=3, unique_by=lambda each: each.name).map(tuple),
    not_begun=TEXTS,
    steps=st.lists(STEP_REPORTS, max_size=2).map(tuple),
    groups=st.lists(GROUPS, max_size=1).map(tuple),
    halt=st.none() | HALTS,
    is_complete=...,
    is_refused=...,
    is_interrupted=...,
    error=st.none() | ANY_TEXT,
    hint=ANY_TEXT,
    ledger_hash=st.none() | ANY_TEXT,
)
