"""What the ledger tells over time: each change with its fate, and each rate with its time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from reconciler.adapters.cognigy.v1.shapes import parse_slot
from reconciler.model.chronicle import Chronicle
from reconciler.model.content import SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry
from reconciler.model.outcome import Status
from reconciler.planning.chronicle import chronicles
from tests.support.build import ENDPOINT, content

AT = datetime(2026, 1, 5, 9, 0, tzinfo=timezone.utc)
BEFORE = {
    "slotId": "a",
    "name": "name of a",
    "type": "regex",
    "patterns": ["^old$"],
    "fillStrategy": "bestMatch",
}
AFTER = content("a", patterns=("^new$",)).as_json()

Event = tuple[str, dict[str, Any]]


def revive(raw: Mapping[str, Any]) -> SlotContent:
    return parse_slot(raw, about="").content


def begun(endpoint: Endpoint = ENDPOINT, **data: Any) -> Event:
    return "run_started", {"target": endpoint.model_dump(), "gate": True, **data}


def started(**data: Any) -> Event:
    return "change_started", {
        "slot_id": "a",
        "action": "update",
        "before": BEFORE,
        "after": AFTER,
        "baseline": 0.9,
        "baselines": {"a": 0.9, "watched": 0.8},
        **data,
    }


def passed(rate: float = 0.95) -> Event:
    return "gate_passed", {"slot_id": "a", "success_rate": rate, "min_success_rate": 0.85}


def failed(rate: float = 0.2) -> Event:
    return "gate_failed", {"slot_id": "a", "success_rate": rate, "reason": "fell"}


def step(event: str, **data: Any) -> Event:
    return event, {"slot_id": "a", **data}


def lines(*events: Event, run: str = "run_1", day: int = 0) -> list[Entry | None]:
    """The entries of a run, a minute apart."""
    return [
        Entry(
            timestamp=f"{AT + timedelta(days=day, minutes=n):%Y-%m-%dT%H:%M:%SZ}",
            run_id=run,
            seq=n + 1,
            event=event,
            prev_hash="",
            hash="",
            data=data,
        )
        for n, (event, data) in enumerate(events)
    ]


def told(*events: Event) -> Chronicle:
    (only,) = chronicles(lines(begun(), *events), revive=revive).values()
    return only


def test_a_change_has_its_difference_its_rates_and_its_minimum() -> None:
    (past,) = told(started(), passed()).changes
    (field,) = past.change.fields
    assert (field.field, field.before, field.after) == ("patterns", ["^old$"], ["^new$"])
    assert (past.baseline, past.success_rate, past.minimum) == (0.9, 0.95, 0.85)
    assert past.begun == AT + timedelta(minutes=1)
    assert past.run_id == "run_1"


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([passed()], Status.VERIFIED),
        ([step("gate_inconclusive", stands=True)], Status.INCONCLUSIVE),
        ([step("gate_inconclusive", stands=True, unjudged=True)], Status.UNJUDGED),
        ([failed(), step("rollback_started"), step("change_rolled_back")], Status.ROLLED_BACK),
        ([failed(), step("rollback_failed", reason="403")], Status.ROLLBACK_FAILED),
        ([failed(), step("change_failed", reason="halt")], Status.FAILED),
        ([step("change_recovered", outcome="not_stored")], Status.FAILED),
        ([step("change_recovered", outcome="stored"), passed()], Status.VERIFIED),
        ([failed()], None),
        ([], None),
    ],
)
def test_a_change_ends_as_its_entries_say(events: list[Event], status: Status | None) -> None:
    (past,) = told(started(), *events).changes
    assert past.status is status


@pytest.mark.parametrize(
    ("events", "may_be_live"),
    [
        ([step("change_applied"), passed()], True),
        ([step("gate_inconclusive", stands=True, unjudged=True)], True),
        ([step("change_applied"), passed(), step("bake_failed", reason="fell")], True),
        ([step("change_applied"), failed(), step("change_rolled_back")], False),
        ([step("change_applied"), failed(), step("rollback_failed")], True),
        ([step("change_applied"), failed(), step("change_failed", reason="halt")], True),
        ([step("change_failed", reason="400")], False),
        ([step("change_recovered", outcome="not_stored")], False),
        ([step("change_recovered", outcome="stored"), step("change_failed")], True),
        ([step("change_applied")], False),
    ],
)
def test_a_change_that_has_ended_may_be_live(events: list[Event], *, may_be_live: bool) -> None:
    (past,) = told(started(), *events).changes
    assert past.may_be_live is may_be_live


def test_a_deletion_that_the_tenant_did_not_make_left_nothing() -> None:
    deletion = started(action="delete", after=None)
    (past,) = told(deletion, step("change_applied"), step("change_failed")).changes
    assert not past.may_be_live


def test_a_change_has_the_former_slot_as_the_tenant_sent_it() -> None:
    assert [each.former for each in told(started()).changes] == [BEFORE]
    assert [each.former for each in told(started(before=None)).changes] == [None]


def test_the_reason_is_that_of_the_verdict_unless_something_worse_follows() -> None:
    rolled_back = told(started(), failed(), step("change_rolled_back")).changes
    assert [each.reason for each in rolled_back] == ["fell"]
    stuck = told(started(), failed(), step("rollback_failed", reason="403")).changes
    assert [each.reason for each in stuck] == ["403"]


def test_each_slot_has_the_rates_before_and_after_its_changes_and_when_it_was_watched() -> None:
    samples = told(started(), passed(0.95), started(), failed(0.2)).samples
    assert [(each.rate, each.is_baseline, each.stands) for each in samples["a"]] == [
        (0.9, True, True),
        (0.95, False, True),
        (0.9, True, True),
        (0.2, False, False),
    ]
    assert [each.rate for each in samples["watched"]] == [0.8, 0.8]
    assert [each.at for each in samples["a"]] == [AT + timedelta(minutes=n) for n in (1, 2, 3, 4)]


def test_the_rate_of_a_bake_is_a_sample_and_a_failed_one_says_why() -> None:
    fallen = {"slot_id": "a", "success_rate": 0.7, "reason": "fell"}
    told_so = told(started(), passed(0.95), ("bake_failed", fallen))
    assert [(each.rate, each.stands) for each in told_so.samples["a"]][1:] == [
        (0.95, True),
        (0.7, False),
    ]
    assert [(each.status, each.reason) for each in told_so.changes] == [(Status.VERIFIED, "fell")]
    baked = {"slot_id": "a", "success_rate": 0.96, "reason": "success rate 0.960"}
    told_so = told(started(), passed(0.95), ("bake_passed", baked))
    assert told_so.samples["a"][-1].stands
    assert told_so.changes[0].reason == ""


def test_a_later_run_settles_what_an_earlier_one_left_open() -> None:
    recovered = [begun(), step("change_recovered", outcome="stored"), passed()]
    (only,) = chronicles(
        [*lines(begun(), started()), *lines(*recovered, run="run_2", day=1)], revive=revive
    ).values()
    (past,) = only.changes
    assert (past.run_id, past.status) == ("run_1", Status.VERIFIED)


def test_a_run_has_its_times_its_people_and_its_counts() -> None:
    (only,) = chronicles(
        lines(
            begun(actor="ada", commit="abc", reason="INC-1", gate=False),
            ("run_finished", {"summary": {"verified": 2, "failed": 0}}),
        ),
        revive=revive,
    ).values()
    (run,) = only.runs
    assert only.run("run_1") == run
    assert only.run("run_2") is None
    assert (run.actor, run.commit, run.reason, run.judged) == ("ada", "abc", "INC-1", False)
    assert run.ended == AT + timedelta(minutes=1)
    assert run.summary == {"verified": 2}


def test_each_endpoint_has_its_own_chronicle() -> None:
    other = ENDPOINT.model_copy(update={"bot_id": "bot_2"})
    found = chronicles(
        [*lines(begun(), started()), *lines(begun(other), run="run_2")], revive=revive
    )
    assert [len(found[each].changes) for each in (ENDPOINT, other)] == [1, 0]


def test_a_deletion_shows_what_was_lost_and_a_creation_what_was_new() -> None:
    gone, made = told(
        started(action="delete", after=None), started(action="create", before=None)
    ).changes
    assert ("patterns", ["^old$"], None) in [
        (each.field, each.before, each.after) for each in gone.change.fields
    ]
    assert ("patterns", None, ["^new$"]) in [
        (each.field, each.before, each.after) for each in made.change.fields
    ]


@pytest.mark.parametrize(
    "odd",
    [
        started(action="explode"),
        started(slot_id=7),
        step("gate_passed", success_rate=0.9),
        ("gate_passed", {}),
        ("run_finished", {"summary": "none"}),
        started(baselines="none", baseline=None, after={"name": 7}),
    ],
)
def test_an_entry_that_no_run_writes_is_left_out(odd: Event) -> None:
    found = told(odd, started())
    assert found.changes[-1].change.slot_id == "a"


def test_a_line_that_cannot_be_read_and_one_of_an_unknown_run_are_left_out() -> None:
    found = chronicles([None, *lines(started(), run="run_0"), *lines(begun())], revive=revive)
    assert found[ENDPOINT].changes == ()
