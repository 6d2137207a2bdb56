"""Which changes are on probation, by the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.bake import BakeResult, Suspect
from reconciler.model.change import Action
from reconciler.model.ledger import Entry, History, change_identity
from reconciler.planning.history import replay
from tests.support.build import ENDPOINT, content
from tests.support.entries import CONTENT, IDENTITY

MIDNIGHT = datetime(2026, 3, 2, tzinfo=timezone.utc)
RUNS = ("run_1", "run_2", "run_3")


def line(event: str, *, run: str = "run_1", hour: int = 0, **data: Any) -> Entry:
    """An entry about the slot `a`, so many hours after midnight."""
    moment = MIDNIGHT + timedelta(hours=hour)
    return Entry(
        timestamp=moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        run_id=run,
        seq=1,
        event=event,
        prev_hash="",
        hash="",
        data={"slot_id": "a", **data},
    )


def begun(run: str = "run_1", **data: Any) -> Entry:
    return line("run_started", run=run, target=ENDPOINT.model_dump(), **data)


def started(run: str = "run_1", **data: Any) -> Entry:
    after = CONTENT.as_json()
    known = {"action": "update", "after": after, "identity": IDENTITY, "baselines": {"a": 0.9}}
    return line("change_started", run=run, **{**known, **data})


def passed(run: str = "run_1", **data: Any) -> Entry:
    return line("gate_passed", run=run, **{"bake_hours": 24, **data})


def verdict(event: str, *, of: str = "run_1", **data: Any) -> Entry:
    return line(event, run="run_3", **{"change_run_id": of, "identity": IDENTITY, **data})


def history(*lines: Entry) -> History:
    return replay([*map(begun, RUNS), *lines], endpoint=ENDPOINT)


def test_a_change_that_passed_is_on_probation_with_what_is_needed_to_judge_it() -> None:
    origin = begun(actor="ada", commit="c0ffee")
    change = started(hour=1, baselines={"a": 0.9, "b": 0.8}, action="create")
    found = replay([origin, change, passed(hour=2, bake_hours=12.5)], endpoint=ENDPOINT)
    (probation,) = found.on_probation.values()
    assert (probation.slot_id, probation.run_id) == ("a", "run_1")
    assert (probation.actor, probation.commit) == ("ada", "c0ffee")
    assert (probation.identity, probation.action) == (IDENTITY, Action.CREATE)
    assert (probation.baselines, probation.baseline) == ({"a": 0.9, "b": 0.8}, 0.9)
    assert probation.begun == MIDNIGHT + timedelta(hours=1)
    assert probation.until == MIDNIGHT + timedelta(hours=14.5)


def test_it_is_known_by_what_the_tenant_stored() -> None:
    stored = content("a", patterns=("^B$",))
    answer = line("change_applied", success=True, stored=stored.as_json())
    (probation,) = history(started(), answer, passed()).on_probation.values()
    assert probation.identity == change_identity(ENDPOINT, slot_id="a", after=stored)


def test_a_change_that_another_run_recovered_belongs_to_the_run_that_made_it() -> None:
    (probation,) = history(started(), passed(run="run_2")).on_probation.values()
    assert probation.run_id == "run_1"


@pytest.mark.parametrize(
    "hours", [None, 0, -1, 8761, float("nan"), float("inf"), True, "24", [24], {}]
)
def test_a_verdict_that_begins_no_bake_begins_none(hours: object) -> None:
    assert history(started(), passed(bake_hours=hours)).on_probation == {}


def test_a_bake_that_outlasts_the_calendar_is_none() -> None:
    last = Entry.model_validate({**passed().model_dump(), "timestamp": "9999-12-31T23:00:00Z"})
    assert history(started(), last).on_probation == {}


def test_a_deletion_and_a_slot_that_was_never_started_are_not_on_probation() -> None:
    assert history(started(action="delete", after=None), passed()).on_probation == {}
    assert history(passed()).on_probation == {}


def test_a_ledger_of_an_older_version_has_nothing_on_probation() -> None:
    found = history(started(), line("gate_passed", success_rate=0.9, stands=True))
    assert (found.on_probation, found.failed_bakes) == ({}, {})


STEPS: dict[str, list[Entry]] = {
    "passes": [passed()],
    "passes without a bake": [passed(bake_hours=None)],
    "stands unmeasured": [line("gate_inconclusive", stands=True, bake_hours=24)],
    "stands unjudged": [line("gate_inconclusive", stands=True, unjudged=True)],
    "does not stand": [line("gate_inconclusive", stands=False, bake_hours=24)],
    "fails": [line("gate_failed", reason="fell")],
    "is rolled back": [line("change_rolled_back")],
    "is refused": [line("change_failed", reason="400")],
    "is not stored": [line("change_recovered", outcome="not_stored")],
    "is seen": [line("slot_seen", status="healthy")],
    **{f"starts in {run}": [started(run)] for run in RUNS},
    **{
        f"{event} of {run}": [verdict(event, of=run)]
        for run in RUNS
        for event in ("bake_passed", "bake_failed")
    },
    "bake_failed of other content": [verdict("bake_failed", identity="other")],
}
CLOSING = ("gate_passed", "change_rolled_back", "change_failed", "change_recovered")


def is_on_probation(lines: Sequence[Entry]) -> bool:
    """Whether the last change of the slot was ended by a verdict that lets it stand and begins a
    bake, and no verdict on that bake follows."""
    starts = [number for number, each in enumerate(lines) if each.event == "change_started"]
    if not starts:
        return False
    change, *rest = lines[starts[-1] :]
    ends = [
        number
        for number, each in enumerate(rest)
        if each.event in CLOSING or (each.event == "gate_inconclusive" and each.data["stands"])
    ]
    if not ends or not rest[ends[0]].data.get("bake_hours"):
        return False
    return not any(
        each.event.startswith("bake_")
        and each.data["identity"] == IDENTITY
        and each.data["change_run_id"] == change.run_id
        for each in rest[ends[0] :]
    )


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_a_change_is_on_probation_from_its_pass_to_the_next_change_or_verdict(
    steps: list[str],
) -> None:
    lines = [entry for step in steps for entry in STEPS[step]]
    found = history(*lines)
    assert (found.on_probation.keys() == {"a"}) is is_on_probation(lines)
    assert not found.on_probation.keys() & found.failed_bakes.keys()
    assert not found.on_probation.keys() & found.open_changes.keys()


def test_a_failed_bake_rejects_the_content_that_is_live() -> None:
    failing = verdict("bake_failed", reason="fell", success_rate=0.7, min_success_rate=0.85)
    found = history(started(), passed(), failing)
    assert found.on_probation == {}
    rejection = found.rejected[IDENTITY]
    assert found.stuck == found.rejected == {IDENTITY: rejection}
    assert (rejection.run_id, rejection.slot_id) == ("run_3", "a")
    assert rejection.reason == "its bake failed: fell"
    assert (rejection.success_rate, rejection.baseline) == (0.7, 0.9)
    assert found.ended_rejected["a"].after == CONTENT


def test_a_failed_bake_is_known_with_its_suspects_until_the_slot_changes() -> None:
    suspected = [{"slot_id": "b", "run_id": "run_2", "commit": "c0ffee"}]
    failing = verdict("bake_failed", reason="fell", success_rate=0.7, suspects=suspected)
    lines = [started(), passed(), failing]
    bake = history(*lines).failed_bakes["a"].bake
    assert (bake.result, bake.run_id, bake.reason) == (BakeResult.FAILED, "run_1", "fell")
    assert bake.suspects == (Suspect(slot_id="b", run_id="run_2", commit="c0ffee"),)
    assert history(*lines, started("run_2")).failed_bakes == {}
    found = line("change_recovered", run="run_2", outcome="stored")
    assert history(*lines, found).failed_bakes == {}


@pytest.mark.parametrize(
    "suspected", [None, "a", {}, [7], [{}], [{"slot_id": 1, "run_id": "x"}], [{"slot_id": "a"}]]
)
def test_suspects_that_cannot_be_read_are_left_out(suspected: object) -> None:
    failing = verdict("bake_failed", suspects=suspected)
    assert history(started(), passed(), failing).failed_bakes["a"].bake.suspects == ()


def test_a_later_pass_of_the_same_content_lifts_a_failed_bake() -> None:
    lines = [started(), passed(), verdict("bake_failed", reason="fell")]
    found = history(*lines, started("run_2"), passed("run_2"))
    assert (found.rejected, found.stuck, found.failed_bakes) == ({}, {}, {})
    assert found.on_probation["a"].run_id == "run_2"
    other = content("a", patterns=("^c$",))
    replaced = [started("run_2", after=other.as_json(), identity="other"), passed("run_2")]
    assert history(*lines, *replaced).rejected.keys() == {IDENTITY}


def test_a_passed_bake_rejects_nothing() -> None:
    found = history(started(), passed(), verdict("bake_passed"))
    assert (found.on_probation, found.rejected, found.failed_bakes) == ({}, {}, {})
