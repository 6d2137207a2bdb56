"""One page of each kind, with one of everything and with hostile text, as functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from reconciler.model.change import Change, FieldChange
from reconciler.model.chronicle import Chronicle, PastChange, PastRun, Sample
from reconciler.model.drift import LastChange
from reconciler.model.event import (
    ChangeBegun,
    ChangeEnded,
    EvaluationBegun,
    Event,
    Measured,
    PlanBegun,
    RollbackBegun,
    RunBegun,
    VerdictReached,
)
from reconciler.model.gate import FailedAssert, Measurement, NotMeasured, Verdict, VerdictResult
from reconciler.model.noticed import Noticed
from reconciler.model.outcome import Outcome, Status
from reconciler.model.state import DesiredState
from reconciler.reports.html.drift import drift_page
from reconciler.reports.html.ledger import ledger_page
from reconciler.reports.html.plan import plan_page
from reconciler.reports.html.run import run_page
from tests.reports.examples import BROKEN_RUN, DRIFT, METRICS, REJECTED, RUN
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
        update={
            "changes": changes,
            "environment": INJECTED,
            "unmanaged": (INJECTED,),
            "warnings": (INJECTED,),
        }
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


OUTCOME = RUN.outcomes[3]
"""A change that was rolled back."""


def run_events(slot_id: str, outcome: Outcome, *, text: str = "404") -> list[Noticed]:
    """The events of a run whose one change is rolled back."""
    (change,) = (each for each in REJECTED.changes if each.slot_id == "slot_city")
    change = change.model_copy(update={"slot_id": slot_id})
    waiting = EvaluationBegun(
        slot_id=slot_id, baseline=0.9, min_success_rate=0.85, seconds=15, until=0, deadline=9
    )
    readings = (NotMeasured(reason=text), Measurement(success_rate=0.5, sample_count=12))
    events: list[Event] = [
        RunBegun(run_id="run_1", endpoint=REJECTED.endpoint),
        PlanBegun(changes=(change,)),
        ChangeBegun(change=change),
        waiting,
        *(
            Measured(slot_id=slot_id, reading=each, baseline=0.9, min_success_rate=0.85)
            for each in readings
        ),
        VerdictReached(
            slot_id=slot_id,
            verdict=Verdict(result=VerdictResult.FAILED, stands=False, reason=text),
        ),
        RollbackBegun(slot_id=slot_id),
        ChangeEnded(outcome=outcome),
    ]
    return [Noticed(at=AT + timedelta(seconds=9 * n), event=each) for n, each in enumerate(events)]


def run() -> str:
    """A run with an outcome of each kind."""
    return run_page(
        RUN,
        noticed=run_events("slot_size", OUTCOME),
        desired=DesiredState(),
        made_at=AT,
    )


def hostile_run() -> str:
    """A run whose tenant says hostile things."""
    failed = FailedAssert(
        playbook=INJECTED, step=1, text=INJECTED, kind="x", expected=INJECTED, actual=INJECTED
    )
    outcome = OUTCOME.model_copy(update={"message": INJECTED, "failed_asserts": (failed,)})
    report = RUN.model_copy(
        update={
            "outcomes": (outcome,),
            "error": INJECTED,
            "hint": INJECTED,
            "rejected": REJECTED.rejected,
        }
    )
    events = run_events("slot_size", outcome, text=INJECTED)
    return run_page(
        report, noticed=events, desired=DesiredState(), made_at=AT, environment=INJECTED
    )


def refused_run() -> str:
    """A run that was refused before anything was changed."""
    return run_page(BROKEN_RUN, noticed=(), desired=DesiredState(), made_at=AT)


def drift() -> str:
    """A drift with a difference of each cause, and metrics."""
    last = LastChange(user_id="u1", name="Ada", at=AT)
    report = DRIFT.model_copy(update={"last_changes": {"slot_city": last}})
    return drift_page(report, desired=DesiredState(), made_at=AT)


def hostile_drift() -> str:
    """A drift of hostile text."""
    health = next(iter(METRICS.values())).model_copy(
        update={"success_rate": None, "reason": INJECTED}
    )
    report = DRIFT.model_copy(
        update={
            "changes": tuple(map(poisoned, DRIFT.changes)),
            "last_changes": {
                "slot_city": LastChange(user_id=INJECTED, name=INJECTED, at=AT),
            },
            "metrics": {"slot_same": health},
        }
    )
    return drift_page(report, desired=DesiredState(), made_at=AT)


def past(number: int, *, slot_id: str = "slot_city", text: str = "fell") -> PastChange:
    """A change of the past; each third one was rolled back."""
    source = {each.slot_id: each for each in REJECTED.changes}["slot_city"]
    status = [Status.VERIFIED, None, Status.ROLLED_BACK][number % 3]
    return PastChange(
        change=source.model_copy(update={"slot_id": slot_id}),
        run_id="run_1",
        begun=AT + timedelta(days=30 * number),
        status=status,
        baseline=0.9,
        success_rate=0.95,
        minimum=0.85,
        reason=text,
    )


def ledger(*, text: str = "fell") -> str:
    """A history of some months, in which one slot was never measured."""
    changes = [past(n, text=text) for n in range(6)]
    samples = [
        Sample(at=each.begun, rate=0.9 - n / 50, is_baseline=True) for n, each in enumerate(changes)
    ] + [Sample(at=AT + timedelta(days=99), rate=0.2, stands=False)]
    if text == INJECTED:
        changes = [each.model_copy(update={"change": poisoned(each.change)}) for each in changes]
    run = PastRun(
        run_id="run_1", begun=AT, ended=AT, actor=text, commit=text, reason=text, summary={text: 1}
    )
    chronicle = Chronicle(
        runs=(run, run.model_copy(update={"run_id": "run_2", "ended": None, "judged": False})),
        changes=(*changes, past(2, slot_id="slot_silent", text=text)),
        samples={"slot_city": tuple(samples)},
    )
    other = REJECTED.endpoint.model_copy(update={"bot_id": None})
    return ledger_page(
        {REJECTED.endpoint: chronicle, other: Chronicle(runs=(run,))},
        location="slot_updates_audit.jsonl",
        damage=text,
        made_at=AT + timedelta(days=200),
    )


PAGES: dict[str, Callable[[], str]] = {
    "plan": lambda: plan_page(REJECTED, desired=DesiredState(), made_at=AT),
    "plan of hostile text": hostile_plan,
    "large plan": large_plan,
    "run": run,
    "run of hostile text": hostile_run,
    "refused run": refused_run,
    "drift": drift,
    "drift of hostile text": hostile_drift,
    "ledger": ledger,
    "ledger of hostile text": lambda: ledger(text=INJECTED),
    "empty ledger": lambda: ledger_page({}, location="ledger", damage="", made_at=AT),
}
