"""How slots stand in an environment, the order of environments, and the last run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.change import Cause
from reconciler.model.drift import SlotHealth
from reconciler.model.environment import Environment
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.ledger import Entry, History, change_identity
from reconciler.model.plan import Plan
from reconciler.model.problem import NOWHERE
from reconciler.model.promotion import Waiting
from reconciler.model.settings import Settings
from reconciler.model.status import SlotStatus
from reconciler.planning.status import (
    below_their_gates,
    in_order_of_promotion,
    last_run,
    slot_statuses,
)
from tests.support.build import ENDPOINT, absent, live, plan, slot

NEW = ("^new$",)
REJECTION = Rejection(run_id="r1", slot_id="a", reason="fell")
NAMES = ("dev", "staging", "production", "backup")


def stands(made: Plan, *, slot_id: str = "a", **known: Any) -> SlotStatus:
    given = {"history": History(), "causes": {}, **known}
    return slot_statuses(made, [slot_id], **given)[slot_id]


def waiting(made: Plan) -> Plan:
    """The plan, all of whose changes wait for staging."""
    held = tuple(Waiting(change=each, environment="staging", reason="") for each in made.changes)
    return made.model_copy(update={"changes": (), "waiting": held})


UPDATE = plan([slot("a", patterns=NEW)], [live("a")])
CREATION = plan([slot("a")], [])
QUARANTINE = History(
    rejected={
        change_identity(ENDPOINT, slot_id="a", after=slot("a", patterns=NEW).canonical): REJECTION
    }
)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (plan([slot("a")], [live("a")]), SlotStatus.AS_DESIRED),
        (plan([absent("a"), slot("b")], [live("b")]), SlotStatus.AS_DESIRED),
        (UPDATE, SlotStatus.DIFFERS),
        (plan([absent("a"), slot("b")], [live("a"), live("b")]), SlotStatus.DIFFERS),
        (CREATION, SlotStatus.MISSING),
        (waiting(UPDATE), SlotStatus.WAITING),
        (waiting(CREATION), SlotStatus.WAITING),
        (UPDATE.rejecting([REJECTION]), SlotStatus.REJECTED),
        (
            plan([slot("a")], [live("a")]).rejecting([REJECTION.model_copy(update={"live": True})]),
            SlotStatus.REJECTED,
        ),
    ],
)
def test_the_status_of_a_slot_follows_from_the_plan(made: Plan, status: SlotStatus) -> None:
    assert stands(made) is status


def test_the_cause_tells_an_edit_from_a_file_that_was_not_applied() -> None:
    assert stands(UPDATE, causes={"a": Cause.CHANGED_IN_TENANT}) is SlotStatus.DRIFTED
    assert stands(UPDATE, causes={"a": Cause.NOT_APPLIED}) is SlotStatus.DIFFERS


def test_a_slot_that_somebody_deleted_is_missing() -> None:
    assert stands(CREATION, causes={"a": Cause.CHANGED_IN_TENANT}) is SlotStatus.MISSING


def test_a_change_that_was_rejected_here_is_rejected_even_while_it_waits() -> None:
    assert stands(waiting(UPDATE), history=QUARANTINE) is SlotStatus.REJECTED
    assert stands(waiting(CREATION), history=QUARANTINE) is SlotStatus.WAITING


def test_only_the_slots_that_are_asked_for_are_in_the_result() -> None:
    made = plan([slot("a"), slot("b")], [live("theirs")])
    found = slot_statuses(made, ["b"], history=History(), causes={})
    assert found == {"b": SlotStatus.MISSING}


def test_a_slot_is_below_its_gate_only_by_a_verdict() -> None:
    def health(result: VerdictResult) -> SlotHealth:
        return SlotHealth(min_success_rate=0.8, result=result)

    statuses = dict.fromkeys("abc", SlotStatus.AS_DESIRED) | {"d": SlotStatus.DIFFERS}
    measured = {
        "a": health(VerdictResult.FAILED),
        "b": health(VerdictResult.INCONCLUSIVE),
        "c": health(VerdictResult.PASSED),
    }
    assert below_their_gates(statuses, measured) == {**statuses, "a": SlotStatus.BELOW_GATE}


def declared(sources: dict[str, str | None]) -> dict[str, Environment]:
    return {
        name: replace(
            Environment(name=name, settings=Settings(), locate=lambda _: NOWHERE),
            promote_from=source,
        )
        for name, source in sources.items()
    }


def test_an_environment_stands_after_the_one_that_it_is_promoted_from() -> None:
    chain = declared({"production": "staging", "other": None, "staging": "dev", "dev": None})
    assert in_order_of_promotion(chain) == ("dev", "staging", "production", "other")
    assert in_order_of_promotion({}) == ()


@given(st.permutations(NAMES), st.data())
def test_every_environment_stands_once_and_after_its_source(
    order: list[str], data: st.DataObject
) -> None:
    sources = {
        name: data.draw(st.none() | st.sampled_from(NAMES[:rank])) if rank else None
        for rank, name in enumerate(NAMES)
    }
    found = in_order_of_promotion(declared({name: sources[name] for name in order}))
    assert sorted(found) == sorted(NAMES)
    for name, source in sources.items():
        assert source is None or found.index(source) < found.index(name)
    if not any(sources.values()):
        assert list(found) == order


def run(
    run_id: str,
    *events: str,
    environment: str | None = "staging",
    at: str = "09:00",
    **begun: Any,
) -> list[Entry]:
    data = {"target": ENDPOINT.model_dump(), "environment": environment, **begun}
    return [
        Entry(
            timestamp=f"2026-03-02T{at}:00Z",
            run_id=run_id,
            seq=number,
            event=event,
            prev_hash="",
            hash=f"{run_id} {number}",
            data=data if event == "run_started" else {"summary": {"verified": 1}},
        )
        for number, event in enumerate(("run_started", *events), 1)
    ]


def last(*runs: list[Entry], **asked: Any) -> str | None:
    given = {"environment": "staging", "endpoint": None, "at_work": None, **asked}
    found = last_run([entry for each in runs for entry in each], **given)
    return found.run_id if found else None


def test_the_last_run_is_that_of_the_environment() -> None:
    runs = [run("r1"), run("r2"), run("r3", environment="production"), run("r4", environment=None)]
    assert last(*runs) == "r2"
    assert last(*runs, environment="production") == "r3"
    assert last(*runs, environment="dev") is None
    assert last() is None


def test_it_is_the_one_that_began_last_whatever_the_order_of_the_ledgers() -> None:
    assert last(run("r1", at="10:00"), run("r2", at="09:00")) == "r1"


def test_a_run_that_only_looked_is_not_the_last_one() -> None:
    assert last(run("r1"), run("r2", "slots_listed", "run_finished")) == "r1"
    assert last(run("r1"), run("r2", "slot_seen")) == "r1"
    assert last(run("r1"), run("r2", "change_started")) == "r2"
    assert last(run("r1"), run("r2", "run_finished", command="drift")) == "r1"


def test_without_environments_it_is_that_of_the_endpoint() -> None:
    runs = [run("r1", environment=None), run("r2", environment="staging")]
    assert last(*runs, environment=None, endpoint=ENDPOINT) == "r2"
    other = ENDPOINT.model_copy(update={"bot_id": "bot_2"})
    assert last(*runs, environment=None, endpoint=other) is None


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        ({"verified": 3}, "verified"),
        ({"verified": 3, "inconclusive": 1}, "inconclusive"),
        ({"verified": 3, "skipped": 1, "rolled_back": 1}, "rolled_back"),
        ({"failed": 1, "rolled_back": 1}, "failed"),
        ({}, "nothing_changed"),
    ],
)
def test_the_outcome_of_a_run_is_the_worst_of_its_changes(
    summary: dict[str, int], outcome: str
) -> None:
    entries = run("r1", "run_finished")
    entries[-1] = entries[-1].model_copy(update={"data": {"summary": summary}})
    found = last_run(entries, environment="staging", endpoint=None, at_work=None)
    assert found is not None
    assert found.outcome == outcome


def test_the_outcome_of_an_unfinished_run_is_its_state() -> None:
    entries = run("r1", "change_started")
    for at_work, outcome in ((None, "never_finished"), ("run r1, pid 7", "running")):
        found = last_run(entries, environment="staging", endpoint=None, at_work=at_work)
        assert found is not None
        assert found.outcome == outcome
