"""Values with one of everything that a report can show."""

from __future__ import annotations

from datetime import datetime, timezone

from reconciler.model.bake import Bake, BakeResult, Suspect
from reconciler.model.change import Action, Cause
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.model.plan import Plan
from reconciler.model.problem import Source
from reconciler.model.promotion import Waiting
from reconciler.model.rules.dependencies import UNKNOWN_DEPENDENCY
from reconciler.model.rules.patterns import PATTERN_INVALID
from reconciler.model.rules.yaml import YAML_SYNTAX
from reconciler.model.validation import ValidationReport
from tests.support.build import absent, live, plan, slot

HOSTILE = "evil\x1b[2J`</code><b>\r\n::error::x"
"""Text that moves the cursor, ends a code span, and begins a workflow command."""

NOTHING = plan([slot("slot_same")], [live("slot_same"), live("slot_theirs")])
PLAN = plan(
    [
        slot("slot_city", patterns=("^[A-Z]+$", "^\\d{5}$", "new")),
        slot("slot_new", "slot_city", "slot_theirs", name="größe", trigger_retrain=False),
        slot("slot_quiet", name="quiet", fill_strategy="strict"),
        slot("slot_same"),
        absent("slot_old"),
        absent("slot_older"),
    ],
    [
        live(
            "slot_city",
            "slot_old",
            name=HOSTILE,
            patterns=("^[A-Z]+$", "old", "^\\d{5}$"),
            unmodelled=("color", "labels"),
        ),
        live("slot_quiet", name="quiet", fill_strategy=None),
        live("slot_same"),
        live("slot_old", "slot_older", name=None),
        live("slot_older"),
        live("slot_theirs"),
    ],
)
REJECTION = Rejection(
    run_id="20260302T090000Z-abc123",
    slot_id="slot_quiet",
    reason="fell from 0.940 to 0.500",
    success_rate=0.5,
    baseline=0.94,
)
FAILED_ASSERTS = (
    "Order slots, step 3 ('Sorry: AB-1234.'): assertContext expected {}, but got null",
    "Order slots, step 5 ('No, it is C0048213.'): assertData expected {}, but got null",
)
LONG_REASON = "; ".join(("pass rate fell from 1.000 to 0.700", *FAILED_ASSERTS))
LIVE_REJECTION = Rejection(
    run_id=HOSTILE, slot_id="slot_same", reason=f"no verdict: {HOSTILE}", live=True
)
REJECTED = PLAN.rejecting([REJECTION, LIVE_REJECTION])
"""The same plan, with one change rejected earlier, and an unchanged slot that is live although
rejected."""
WAITING = PLAN.model_copy(
    update={
        "changes": PLAN.changes[:1],
        "waiting": (
            Waiting(
                change=PLAN.changes[1],
                environment="staging",
                reason="it passed there at 2026-03-02 09:00 UTC and has to stand for 24 h",
                until=datetime(2026, 3, 3, 9, tzinfo=timezone.utc),
            ),
            Waiting(change=PLAN.changes[2], environment="staging", reason=f"no pass: {HOSTILE}"),
        ),
    }
).recounted()
"""The same plan, of which two changes wait for another environment."""
ALL_WAITING = WAITING.model_copy(update={"changes": (), "warnings": ()}).recounted()


def waiting_plan(made: Plan = PLAN, *slot_ids: str, reason: str = "it has not passed") -> Plan:
    """The plan in production, where these changes, or all of them, wait for staging."""
    waits = [each for each in made.changes if not slot_ids or each.slot_id in slot_ids]
    return made.model_copy(
        update={
            "environment": "production",
            "changes": tuple(each for each in made.changes if each not in waits),
            "waiting": tuple(
                Waiting(change=each, environment="staging", reason=reason, until=None)
                for each in waits
            ),
        }
    ).recounted()


CAUSES = {
    "slot_city": Cause.CHANGED_IN_TENANT,
    "slot_new": Cause.CHANGED_IN_TENANT,
    "slot_old": Cause.NOT_APPLIED,
}
METRICS = {
    "slot_same": SlotHealth(
        min_success_rate=0.85,
        result=VerdictResult.PASSED,
        success_rate=0.912,
        reason="0.912 is enough",
    ),
    "slot_city": SlotHealth(
        min_success_rate=0.85,
        result=VerdictResult.FAILED,
        success_rate=0.7,
        reason="below the minimum",
    ),
    "slot_quiet": SlotHealth(
        min_success_rate=0.5,
        result=VerdictResult.INCONCLUSIVE,
        reason="no metrics yet (404)",
    ),
}
BAKES = (
    Bake(
        slot_id="slot_city",
        result=BakeResult.FAILED,
        run_id="20260302T090000Z-abc123",
        commit="c0ffee1",
        until=datetime(2026, 3, 3, 9, tzinfo=timezone.utc),
        success_rate=0.7,
        baseline=0.94,
        min_success_rate=0.85,
        reason="success rate fell from 0.940 to 0.700, by more than max_drop 0.050",
        suspects=(
            Suspect(slot_id="slot_city", run_id="20260302T090000Z-abc123", commit="c0ffee1"),
            Suspect(slot_id=HOSTILE, run_id=HOSTILE, commit=HOSTILE),
            Suspect(slot_id="slot_old", run_id="20260302T080000Z-abc123"),
        ),
    ),
    Bake(
        slot_id="slot_quiet",
        result=BakeResult.ON_PROBATION,
        run_id="20260302T090000Z-abc123",
        until=datetime(2026, 3, 3, 9, tzinfo=timezone.utc),
        reason=f"no metrics yet: {HOSTILE}",
    ),
    Bake(
        slot_id="slot_same",
        result=BakeResult.PASSED,
        run_id="20260301T090000Z-abc123",
        until=datetime(2026, 3, 2, 9, tzinfo=timezone.utc),
        success_rate=0.912,
        baseline=0.9,
        min_success_rate=0.85,
        reason="success rate 0.912",
    ),
)
DRIFT = DriftReport.of(REJECTED, causes=CAUSES, metrics=METRICS, bakes=BAKES)
PROBLEMS = (
    PATTERN_INVALID.problem(
        Source(file="slots/city, old.yaml", line=7, column=5, excerpt=f"  - {HOSTILE} 100%"),
        message=f"not a valid regular expression: {HOSTILE} 100%",
        slot_id="slot_city",
        hint="Correct the pattern.",
    ),
    UNKNOWN_DEPENDENCY.problem(
        Source(file="slots/new.yaml"),
        message="no file describes slot_theirs",
        slot_id="slot_new",
        hint="It may be live and unmanaged; only a plan can tell.",
    ),
    YAML_SYNTAX.problem(Source(file="slots/x.yaml", line=2), message="not YAML"),
)

VALIDATION = ValidationReport(problems=PROBLEMS, slots=3, valid=False)


def unmeasured(health: SlotHealth) -> SlotHealth:
    return health.model_copy(update={"measured": False})


def outcome(status: Status, slot_id: str = "slot_city", **fields: object) -> Outcome:
    values = {"action": Action.UPDATE, **fields}
    return Outcome.model_validate({"slot_id": slot_id, "status": status, **values})


RUN = RunReport(
    run_id="20260302T090000Z-abc123",
    ledger_hash="0123456789abcdef",
    outcomes=(
        outcome(Status.VERIFIED, success_rate=0.951, baseline=0.94),
        outcome(Status.UNJUDGED, "slot_quiet", message="no gate was asked for"),
        outcome(Status.INCONCLUSIVE, "slot_new", action=Action.CREATE, message="no metrics"),
        outcome(
            Status.ROLLED_BACK,
            "slot_size",
            success_rate=0.5,
            baseline=0.9,
            gate_stopped=True,
            message=f"fell; {HOSTILE}",
        ),
        outcome(Status.ROLLBACK_FAILED, "slot_colour", gate_stopped=True, message="403"),
        outcome(Status.FAILED, "slot_time", message="the tenant said 400", recovered=True),
        outcome(Status.SKIPPED, "slot_old", action=Action.DELETE),
    ),
)
BROKEN_RUN = RunReport(
    run_id="20260302T090000Z-abc123",
    error="The plan is stale: the tenant has changed since it was made (slot_city).",
    hint="Make a new plan, and review it.",
    refused=True,
)
