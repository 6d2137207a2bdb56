"""Hypothesis strategies for values of the model."""

from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import strategies as st

from reconciler.model.bake import Bake
from reconciler.model.base import Frozen
from reconciler.model.change import Cause, Change, FieldChange
from reconciler.model.content import (
    FILLER_SWITCHES,
    FILLER_TEXTS,
    CanonicalFillerContent,
    CanonicalPatternContent,
    FillerContent,
    PatternContent,
)
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.environment import NAME_PATTERN
from reconciler.model.failure import Failure
from reconciler.model.fleet import (
    Amount,
    Fleet,
    FleetLimits,
    FleetRollout,
    Requirement,
    Selector,
    Step,
    Target,
)
from reconciler.model.fleet_run import TargetResult, Task
from reconciler.model.gate import Rejection
from reconciler.model.outcome import Outcome, RunReport
from reconciler.model.plan import Plan, Summary
from reconciler.model.problem import Problem, Source
from reconciler.model.promotion import Waiting
from reconciler.model.validation import ValidationReport

for _model in Frozen.__subclasses__():
    _model.model_rebuild()  # Hypothesis reads signatures, which pydantic makes when it builds

ANY_TEXT = st.text(st.characters(), max_size=20)
"""Includes lone surrogates, which JSON may contain."""
NAMES = st.from_regex(NAME_PATTERN, fullmatch=True).map(str.strip)
"""The names of environments."""
FRACTIONS = st.floats(0, 1)
RATES = st.none() | FRACTIONS
REJECTIONS = st.builds(
    Rejection, reason=ANY_TEXT, success_rate=RATES, baseline=RATES, live=st.booleans()
)
REJECTED = st.lists(REJECTIONS, max_size=3).map(tuple)
OUTCOMES = st.builds(
    Outcome,
    slot_id=ANY_TEXT,
    success_rate=RATES,
    baseline=RATES,
    message=ANY_TEXT,
    gate_stopped=...,
    recovered=...,
)
VALUES = st.none() | ANY_TEXT | st.booleans() | st.lists(ANY_TEXT, max_size=3)
TEXTS = st.lists(ANY_TEXT, max_size=3).map(tuple)
_PATTERNS = {
    "name": st.none() | ANY_TEXT,
    "type": st.none() | ANY_TEXT,
    "patterns": TEXTS,
    "fill_strategy": st.none() | ANY_TEXT,
    "dependencies": TEXTS,
}
_FILLER = {
    "flow": ANY_TEXT,
    "name": ANY_TEXT,
    "type": ANY_TEXT,
    **dict.fromkeys(FILLER_TEXTS, st.none() | ANY_TEXT),
    **dict.fromkeys(FILLER_SWITCHES, st.none() | st.booleans()),
    "dependencies": TEXTS,
}
FILLERS = st.builds(FillerContent, **_FILLER)
CONTENTS = st.builds(PatternContent, **_PATTERNS) | FILLERS
"""Of either API, as written."""
CANONICAL = st.builds(CanonicalPatternContent, **_PATTERNS) | st.builds(
    CanonicalFillerContent, **_FILLER
)
FIELD_CHANGES = st.builds(FieldChange, before=VALUES, after=VALUES)
CHANGES = st.builds(
    Change,
    name=ANY_TEXT,
    depends_on=...,
    fields=st.lists(FIELD_CHANGES, max_size=2).map(tuple),
    before=st.none() | CANONICAL,
    after=st.none() | CONTENTS,
    trigger_retrain=...,
)
COUNTS = st.integers(0, 10**9)
SUMMARIES = st.builds(Summary, **dict.fromkeys(Summary.model_fields, COUNTS))
MOMENTS = st.integers(0, 2**32).map(lambda at: datetime.fromtimestamp(at, tz=timezone.utc))
WAITING = st.lists(
    st.builds(
        Waiting,
        change=CHANGES,
        environment=NAMES,
        reason=ANY_TEXT,
        until=st.none() | MOMENTS,
    ),
    max_size=2,
).map(tuple)
RUN_REPORTS = st.builds(
    RunReport,
    endpoint=...,
    outcomes=st.lists(OUTCOMES, max_size=3).map(tuple),
    rejected=REJECTED,
    waiting=WAITING,
    error=st.none() | ANY_TEXT,
    refused=...,
    interrupted=...,
    snapshot=...,
    ledger_hash=...,
)
PLANS = st.builds(
    Plan,
    endpoint=...,
    selection=...,
    summary=SUMMARIES,
    changes=st.lists(CHANGES, max_size=3).map(tuple),
    unmanaged=...,
    rejected=REJECTED,
    waiting=WAITING,
    warnings=st.lists(ANY_TEXT, max_size=2).map(tuple),
)
SLOT_HEALTH = st.builds(
    SlotHealth, min_success_rate=FRACTIONS, success_rate=RATES, reason=ANY_TEXT, measured=...
)
BAKES = st.builds(
    Bake,
    until=MOMENTS,
    success_rate=RATES,
    baseline=RATES,
    min_success_rate=RATES,
    reason=ANY_TEXT,
    suspects=...,
)
METRICS = st.none() | st.dictionaries(ANY_TEXT, SLOT_HEALTH, max_size=3)


@st.composite
def drift_reports(draw: st.DrawFn) -> DriftReport:
    """A drift report with at most one change per slot; some of the causes are known."""
    plan = draw(PLANS)
    changes = {each.slot_id: each for each in plan.changes}
    causes = draw(st.dictionaries(st.sampled_from([*changes, ""]), st.sampled_from(Cause)))
    metrics = draw(METRICS)
    return DriftReport.of(
        plan.model_copy(update={"changes": tuple(changes.values())}),
        causes=causes,
        metrics=metrics,
        bakes=() if metrics is None else draw(st.lists(BAKES, max_size=2).map(tuple)),
        at_work=draw(st.none() | ANY_TEXT),
    )


DRIFT_REPORTS = drift_reports()
SOURCES = st.builds(Source, file=ANY_TEXT, line=COUNTS, column=COUNTS)
PROBLEMS = st.builds(Problem, source=SOURCES, message=ANY_TEXT, slot_id=..., hint=ANY_TEXT)
FAILURES = st.builds(
    Failure,
    message=ANY_TEXT,
    hint=ANY_TEXT,
    problems=st.lists(PROBLEMS, max_size=3).map(tuple),
)
VALIDATION_REPORTS = st.builds(
    ValidationReport,
    problems=st.lists(PROBLEMS, max_size=3).map(tuple),
    slots=COUNTS,
    targets=st.none() | COUNTS,
    failure=st.none() | FAILURES,
)


LABELS = st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=2)
TARGETS = st.builds(
    Target,
    tenant=NAMES,
    environment=NAMES,
    labels=LABELS,
    slots=ANY_TEXT,
    credentials=ANY_TEXT,
    expect=...,
    ids=LABELS,
    promote_from=st.none() | NAMES,
    soak_hours=st.none() | FRACTIONS,
)
AMOUNTS = st.builds(Amount, count=COUNTS) | st.builds(Amount, percent=st.floats(0, 100))
SELECTORS = st.builds(
    Selector,
    requirements=st.lists(
        st.builds(Requirement, key=ANY_TEXT, value=st.none() | ANY_TEXT, negated=...), max_size=2
    ).map(tuple),
)
STEPS = st.builds(Step, select=SELECTORS, targets=AMOUNTS, bake_hours=FRACTIONS)
FLEETS = st.builds(
    Fleet,
    targets=st.lists(TARGETS, max_size=3, unique_by=lambda each: each.name).map(tuple),
    rollout=st.builds(
        FleetRollout, steps=st.lists(STEPS, max_size=2).map(tuple), max_failures=AMOUNTS
    ),
    limits=st.builds(FleetLimits, max_targets=st.none() | COUNTS),
)
TASKS = st.builds(Task, target=ANY_TEXT, quarantined=TEXTS)
TARGET_RESULTS = st.builds(
    TargetResult,
    name=ANY_TEXT,
    error=st.none() | ANY_TEXT,
    endpoint=...,
    ended_at=st.none() | MOMENTS,
    changed_at=st.none() | MOMENTS,
    seconds=FRACTIONS,
    summary=st.dictionaries(ANY_TEXT, COUNTS, max_size=2),
    plan=st.none() | PLANS,
    rejected=TEXTS,
)
