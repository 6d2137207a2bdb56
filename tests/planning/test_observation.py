"""What a look at an environment proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.change import Action, Cause
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.environment import Environment
from reconciler.model.gate import GatePolicy, Rejection, VerdictResult
from reconciler.model.ledger import History, OpenChange
from reconciler.model.problem import NOWHERE
from reconciler.model.project import Project
from reconciler.model.promotion import Evidence, Trial, TrialResult, shared_identity
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.planning.environments import in_environment
from reconciler.planning.observation import Seen, Sight, is_listed_anew, is_promoted_from, seen
from tests.support.build import absent, live, plan, slot

NOW = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
A = slot("a")
IDENTITY = shared_identity("a", A)
GOOD = VerdictResult.PASSED
BAD = VerdictResult.FAILED


def environment(name: str, **fields: Any) -> Environment:
    settings = Settings(gate=GatePolicy(bake_hours=6))
    return Environment(name=name, settings=settings, locate=lambda _path: NOWHERE, **fields)


def project(*desired: DesiredSlot, promote_from: str | None = "staging") -> Project:
    environments = {
        "staging": environment("staging"),
        "production": environment("production", promote_from=promote_from),
    }
    made = Project(DesiredState(desired), api=COGNIGY_V1, environments=environments)
    return in_environment(made, "staging")


def report(
    desired: DesiredSlot = A,
    *,
    patterns: tuple[str, ...] = ("^a$",),
    health: VerdictResult | None = GOOD,
    measured: bool = True,
    cause: Cause | None = None,
) -> DriftReport:
    """Of slot a, which is live with these patterns."""
    made = plan([desired], [live("a", patterns=patterns)])
    metrics = {}
    if health is not None:
        metrics["a"] = SlotHealth(min_success_rate=0.8, result=health, measured=measured)
    return DriftReport.of(made, metrics=metrics, causes={"a": cause} if cause else {})


def trial(
    result: TrialResult = TrialResult.PASSED, *, identity: str = IDENTITY, hours_ago: float = 0
) -> Trial:
    at = NOW - timedelta(hours=hours_ago)
    return Trial(identity=identity, result=result, run_id="r1", at=at)


def found(
    look: DriftReport, known: Trial | None = None, *, history: History | None = None
) -> list[Seen]:
    evidence = Evidence(environment="staging", trials={"a": known} if known else {})
    return list(seen(project(A), look, evidence=evidence, history=history or History(), now=NOW))


HEALTHY = [Seen("a", Sight.HEALTHY, IDENTITY)]


def test_a_slot_that_is_as_desired_and_above_its_minimum_is_proven() -> None:
    assert found(report()) == HEALTHY


def test_what_is_known_is_not_said_again() -> None:
    assert found(report(), trial()) == []
    assert found(report(health=BAD)) == []
    assert found(report(patterns=("^b$",))) == []


@pytest.mark.parametrize("health", [None, BAD, VerdictResult.INCONCLUSIVE])
def test_without_a_passing_measurement_nothing_is_proven(health: VerdictResult | None) -> None:
    assert found(report(health=health)) == []
    assert found(report(measured=False)) == []


def test_a_slot_that_falls_below_its_minimum_is_no_longer_proven() -> None:
    assert found(report(health=BAD), trial()) == [Seen("a", Sight.BELOW_GATE, IDENTITY)]
    assert found(report(), trial(TrialResult.BELOW_GATE)) == HEALTHY


def test_a_slot_that_was_edited_in_the_tenant_is_no_longer_proven() -> None:
    edited = report(patterns=("^b$",))
    assert found(edited, trial()) == [Seen("a", Sight.DIFFERS, IDENTITY)]
    former = trial(identity="former")
    assert found(edited, former) == []  # the file has changed, and is not applied yet
    changed = report(patterns=("^b$",), cause=Cause.CHANGED_IN_TENANT)
    assert found(changed, former) == [Seen("a", Sight.DIFFERS, "former")]


@pytest.mark.parametrize(
    "result", sorted(set(TrialResult) - {TrialResult.PASSED, TrialResult.BELOW_GATE})
)
def test_content_that_changed_of_late_is_not_proven_by_a_rate_of_the_past(
    result: TrialResult,
) -> None:
    assert found(report(), trial(result, hours_ago=5)) == []
    assert found(report(), trial(result, hours_ago=6)) == HEALTHY


def test_a_slot_that_is_rejected_or_in_progress_is_not_proven() -> None:
    rejection = Rejection(run_id="r1", slot_id="a", reason="fell", live=True)
    assert found(report().model_copy(update={"rejected": (rejection,)})) == []
    still_open = OpenChange(run_id="r1", slot_id="a", action=Action.UPDATE)
    assert found(report(), history=History(open_changes={"a": still_open})) == []


def test_an_absent_slot_proves_nothing() -> None:
    evidence = Evidence(environment="staging")
    look = seen(project(absent("a")), report(), evidence=evidence, history=History(), now=NOW)
    assert list(look) == []


def test_only_an_environment_that_another_is_promoted_from_is_observed() -> None:
    assert is_promoted_from(project(A))
    assert not is_promoted_from(project(A, promote_from=None))
    assert not is_promoted_from(replace(project(A), environment=None))


def test_the_live_slots_are_listed_anew_when_they_are_others() -> None:
    evidence = Evidence(environment="staging")
    assert is_listed_anew([], evidence=evidence)
    listed = evidence.model_copy(update={"listed": frozenset({"a"})})
    assert not is_listed_anew(["a"], evidence=listed)
    assert is_listed_anew(["a", "b"], evidence=listed)
