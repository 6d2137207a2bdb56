"""What the entries of the ledger say about the history of a slot."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import LedgerError
from reconciler.model.ledger import Applied, Entry, History, Stage, change_identity
from reconciler.planning.history import replay
from tests.support.build import ENDPOINT, content
from tests.support.entries import (
    CONTENT,
    IDENTITY,
    entry,
    failed,
    left_open,
    passed,
    replayed,
    spelled_differently,
    started,
)


def test_a_change_is_open_from_its_start() -> None:
    assert left_open([started()]) == {"a": "run_1"}
    applied = entry("change_applied", slot_id="a", success=True)
    assert left_open([started(), applied]) == {"a": "run_1"}
    assert left_open([started(), failed()]) == {"a": "run_1"}
    begun = entry("rollback_started", slot_id="a")
    assert left_open([started(), failed(), begun]) == {"a": "run_1"}


def test_a_change_is_closed_by_its_end() -> None:
    for end in ("gate_passed", "change_rolled_back", "rollback_failed", "change_failed"):
        assert left_open([started(), entry(end, slot_id="a")]) == {}


def test_an_inconclusive_gate_closes_only_a_change_that_stands() -> None:
    standing = entry("gate_inconclusive", slot_id="a", stands=True)
    falling = entry("gate_inconclusive", slot_id="a", stands=False)
    assert left_open([started(), standing]) == {}
    assert left_open([started(), falling]) == {"a": "run_1"}


def test_the_end_of_one_change_does_not_close_others() -> None:
    history = replayed([started(), started(slot_id="b"), passed()])
    assert {each.slot_id: each.run_id for each in history.open_changes.values()} == {"b": "run_1"}


def test_a_failed_gate_rejects_the_content_with_its_numbers() -> None:
    history = replayed([started(), failed(success_rate=0.5, baseline=1)])
    rejection = history.rejected[IDENTITY]
    assert (rejection.run_id, rejection.slot_id, rejection.reason) == ("run_1", "a", "fell")
    assert (rejection.success_rate, rejection.baseline) == (0.5, 1.0)


def test_an_inconclusive_gate_rejects_only_if_it_counts_as_failed() -> None:
    for stands in (False, True):
        gate = entry("gate_inconclusive", slot_id="a", stands=stands, reason="no metrics")
        assert (IDENTITY in replayed([started(), gate]).rejected) is not stands


def test_a_change_that_the_tenant_accepts_and_does_not_make_is_rejected() -> None:
    kept = entry("change_failed", slot_id="a", reason="kept", rejected=True)
    history = replayed([started(), kept])
    assert history.rejected[IDENTITY].reason == "kept"
    assert (history.open_changes, history.stuck, history.ended_rejected) == ({}, {}, {})
    assert "a" not in history.applied
    assert replayed([started(), entry("change_failed", slot_id="a", reason="400")]).rejected == {}
    assert replayed([started(), kept, started(), passed()]).rejected == {}


def test_a_rollback_keeps_the_rejection() -> None:
    history = replayed([started(), failed(), entry("change_rolled_back", slot_id="a")])
    assert IDENTITY in history.rejected
    assert history.open_changes == {}


def test_a_later_pass_of_the_same_content_lifts_the_rejection() -> None:
    first = [started(), failed(), entry("change_rolled_back", slot_id="a")]
    history = replayed([*first, started(run="run_2"), passed(run="run_2")])
    assert history.rejected == {}


def test_a_rejection_under_another_spelling_of_the_origin_still_applies() -> None:
    old = started(run="old", after=CONTENT.as_json(), identity="otherwise")
    lines = [spelled_differently("old"), old, failed(run="old")]
    assert set(replay(lines, endpoint=ENDPOINT).rejected) == {IDENTITY}
    new = entry("run_started", run="new", target=ENDPOINT.model_dump())
    passing = [new, started(run="new"), passed(run="new")]
    assert replay([*lines, *passing], endpoint=ENDPOINT).rejected == {}


def test_a_pass_of_other_content_lifts_no_rejection() -> None:
    first = [started(), failed(), entry("change_rolled_back", slot_id="a")]
    other = entry("change_started", run="run_2", slot_id="a", action="update", identity="another")
    assert IDENTITY in replayed([*first, other, passed(run="run_2")]).rejected


def test_the_last_rejection_of_a_content_counts() -> None:
    history = replayed([started(), failed(), started(run="run_2"), failed(run="run_2")])
    assert history.rejected[IDENTITY].run_id == "run_2"


def applied(slot_id: str, *, trains: bool, success: bool = True) -> Entry:
    return entry("change_applied", slot_id=slot_id, success=success, retrain_triggered=trains)


def test_a_change_that_is_rolled_back_with_others_is_not_rejected() -> None:
    begun = entry("rollback_started", slot_id="a", reason="goes with b")
    history = replayed([started(), begun])
    assert history.rejected == {}
    assert history.open_changes["a"].stage is Stage.REJECTED
    assert history.open_changes["a"].reason == "goes with b"


def test_a_rollback_keeps_the_reason_of_the_gate() -> None:
    begun = entry("rollback_started", slot_id="a", reason="another")
    assert replayed([started(), failed(), begun]).open_changes["a"].reason == "fell"


def test_one_training_counts_for_all_changes_started_before_it() -> None:
    wave = [started(), applied("a", trains=False), started(slot_id="b")]
    assert not any(each.trained for each in replayed(wave).open_changes.values())
    wave.append(applied("b", trains=True))
    wave.append(started(slot_id="c"))
    trained = {each.slot_id: each.trained for each in replayed(wave).open_changes.values()}
    assert trained == {"a": True, "b": True, "c": False}


def test_a_failed_training_does_not_count() -> None:
    history = replayed([started(), applied("a", trains=True, success=False)])
    assert not history.open_changes["a"].trained


def run(name: str, **data: Any) -> Entry:
    return entry("run_started", run=name, target=ENDPOINT.model_dump(), **data)


def test_a_protection_lasts_until_a_file_lifts_it() -> None:
    first = run("run_4", protected=["a", "b"])
    assert replayed([first]).protected == {"a", "b"}
    assert replayed([first, run("run_5", protected=["b"])]).protected == {"a", "b"}
    lifted = run("run_6", protected=["b"], unprotected=["a"])
    assert replayed([first, lifted]).protected == {"b"}


def test_entries_without_a_slot_change_nothing() -> None:
    assert replayed([entry("run_started"), entry("gate_failed", slot_id=7)]) == History()


def test_rolled_back_changes_are_known_as_long_as_others_are_open() -> None:
    back = entry("change_rolled_back", slot_id="a")
    wave = [started(), started(slot_id="b"), failed(), back]
    assert set(replayed(wave).rolled_back) == {"a"}
    assert set(replayed(wave).open_changes) == {"b"}
    settled = [*wave, entry("gate_passed", slot_id="b")]
    assert replayed(settled).rolled_back == {}
    assert replayed([started(), failed(), back]).rolled_back == {}


def test_a_training_counts_for_changes_known_to_be_stored_by_then() -> None:
    trained = entry("change_applied", slot_id="b", success=True, retrain_triggered=True)
    found = entry("change_recovered", slot_id="a", outcome="stored")
    for before, known in (
        ([], False),  # its write may arrive yet
        ([entry("change_applied", slot_id="a", success=True)], True),
        ([found], True),
    ):
        history = replayed([started(), started(slot_id="b"), *before, trained])
        assert history.open_changes["a"].trained is known
        assert history.open_changes["b"].trained


def test_an_open_change_knows_how_far_it_got() -> None:
    applied = entry("change_applied", slot_id="a", success=True)
    gate = failed(success_rate=0.25)
    for entries, stage in (
        ([started()], "started"),
        ([started(), applied], "applied"),
        ([started(), applied, gate], "rejected"),
        ([started(), applied, gate, entry("rollback_started", slot_id="a")], "rejected"),
    ):
        (change,) = replayed(entries).open_changes.values()
        assert change.stage.value == stage
    assert (change.reason, change.success_rate) == ("fell", 0.25)


@pytest.mark.parametrize("event", ["annotated", "rollback_waited", "waited"])
def test_an_event_that_this_version_does_not_know_changes_nothing(event: str) -> None:
    known = [started(), entry("change_applied", slot_id="a", success=True)]
    unknown = entry(event, slot_id="a", reason="whatever")
    assert replayed([*known, unknown]) == replayed(known)


def test_an_open_change_has_what_its_start_recorded() -> None:
    recorded = started(
        before={"slotId": "a", "labels": [1]},
        after=CONTENT.as_json(),
        baselines={"a": 1, "b": 0.5},
        trigger_retrain=False,
    )
    (change,) = replayed([recorded]).open_changes.values()
    assert (change.before, change.after) == ({"slotId": "a", "labels": [1]}, CONTENT)
    assert (change.baselines, change.trigger_retrain) == ({"a": 1.0, "b": 0.5}, False)


def test_recovery_closes_a_change_that_was_not_stored_or_is_foreign() -> None:
    for outcome, is_open in (("not_stored", False), ("foreign", False), ("stored", True)):
        recovered = entry("change_recovered", run="run_2", slot_id="a", outcome=outcome)
        assert ("a" in left_open([started(), recovered])) is is_open


def test_a_start_that_does_not_say_which_change_it_starts_is_refused() -> None:
    with pytest.raises(LedgerError, match="does not say which change of a"):
        replayed([started(action="nonsense")])


FORMER = {"slotId": "a", "name": "former"}


STORED = content("a", patterns=("^B$",))


def begun(action: str = "update", **data: Any) -> list[Entry]:
    """A change that was stored, with what was there before it."""
    after = None if action == "delete" else CONTENT.as_json()
    before = None if action == "create" else FORMER
    start = started(action=action, before=before, after=after)
    return [start, entry("change_applied", slot_id="a", success=True, **data)]


def left(*entries: Entry) -> Applied | None:
    return replayed(entries).applied.get("a")


def ended(name: str, **data: Any) -> Entry:
    return entry(name, slot_id="a", **data)


def test_a_slot_is_as_the_change_that_stands_left_it() -> None:
    for end in (passed(), ended("gate_inconclusive", stands=True)):
        assert left(*begun(), end) == Applied(content=CONTENT)
    assert left(*begun("delete"), passed()) == Applied()


def test_a_slot_is_left_as_the_tenant_stored_it() -> None:
    stored = STORED.as_json()
    assert left(*begun(stored=stored), passed()) == Applied(content=STORED)
    assert left(*begun(stored=None), passed()) == Applied(content=CONTENT)
    assert left(*begun(stored={"strange": 1}), passed()) == Applied(content=CONTENT)


def test_a_slot_that_was_rolled_back_is_as_it_was_before() -> None:
    back = ended("change_rolled_back")
    assert left(*begun(), failed(), back) == Applied(former=FORMER)
    assert left(*begun("create"), failed(), back) == Applied()


def test_a_slot_that_could_not_be_fully_rolled_back_is_in_either_form() -> None:
    end = ended("rollback_failed")
    assert left(*begun(), failed(), end) == Applied(content=CONTENT, former=FORMER)


def test_a_slot_whose_change_is_open_is_in_either_form() -> None:
    assert left(*begun()) == Applied(content=CONTENT, former=FORMER)


def test_a_rejected_slot_that_was_left_in_place_is_as_it_was_left() -> None:
    assert left(*begun(), failed(), ended("change_failed")) == Applied(content=CONTENT)


def test_a_write_that_was_refused_leaves_a_slot_as_the_last_one_did() -> None:
    start = begun()[0]
    assert left(start, ended("change_failed")) is None
    assert left(start, ended("change_recovered", outcome="not_stored")) is None
    before = [*begun(), passed()]
    assert left(*before, start, ended("change_failed")) == Applied(content=CONTENT)
    undone = [*begun("delete"), ended("change_failed", reason="still there")]
    assert left(*before, *undone) == Applied(content=CONTENT)


def test_a_foreign_slot_is_not_as_we_left_it() -> None:
    assert left(*begun(), ended("change_recovered", outcome="foreign")) == Applied(content=CONTENT)


def test_content_that_the_tenant_stored_instead_is_rejected_too_until_a_pass() -> None:
    stored = STORED.as_json()
    rejected = [*begun(stored=stored), failed(), ended("rollback_failed")]
    identity = change_identity(ENDPOINT, slot_id="a", after=STORED)
    assert replayed(rejected).rejected.keys() == {IDENTITY, identity}
    assert replayed([*rejected, *begun(stored=stored), passed()]).rejected == {}


def test_a_change_that_could_not_be_rolled_back_with_others_is_stuck_until_a_pass() -> None:
    going = [*begun(), ended("rollback_started", reason="goes with b")]
    for end in ("rollback_failed", "change_failed"):
        history = replayed([*going, ended(end)])
        assert history.rejected == {}
        assert history.stuck[IDENTITY].reason == "goes with b"
    assert replayed([*going, ended("change_rolled_back")]).stuck == {}
    assert replayed([*going, ended("rollback_failed"), *begun(), passed()]).stuck == {}


def test_a_rejected_change_that_is_found_live_is_open_again_until_it_ends() -> None:
    applied = entry("change_applied", slot_id="a", success=True, retrain_triggered=True)
    left = [started(), applied, failed(), entry("change_failed", slot_id="a", reason="left")]
    found = entry("change_recovered", run="run_2", slot_id="a", outcome="stored", of_run="run_1")
    reopened = replayed([*left, found]).open_changes["a"]
    assert (reopened.run_id, reopened.stage, reopened.trained) == ("run_2", Stage.APPLIED, False)
    history = replayed([*left, found, passed(run="run_2")])
    assert (history.open_changes, history.rejected, history.stuck) == ({}, {}, {})
    assert history.ended_rejected == {}


def test_only_the_last_change_of_a_slot_can_be_judged_again() -> None:
    left = [started(), failed(), entry("change_failed", slot_id="a", reason="left")]
    assert replayed(left).ended_rejected.keys() == {"a"}
    assert replayed([*left, started(run="run_2")]).ended_rejected == {}
    assert replayed([started(), entry("change_failed", slot_id="a")]).ended_rejected == {}


def test_a_slot_with_a_lone_surrogate_does_not_stop_every_later_run() -> None:
    after = {**CONTENT.as_json(), "name": "\ud800"}
    lines = [
        entry("run_started", target=ENDPOINT.model_dump()),
        started(before={"name": "\udfff"}, after=after),
    ]
    found = replay(lines, endpoint=ENDPOINT).open_changes["a"]
    assert found.after is not None
    assert found.after.name == "\ud800"


def test_a_change_that_stands_unmeasured_was_live_even_if_no_entry_says_that_it_was_stored() -> (
    None
):
    standing = ended("gate_inconclusive", stands=True)
    assert left(begun()[0], standing) == Applied(content=CONTENT)
    assert left(*begun("delete"), standing) == Applied()


def test_a_change_with_an_inconclusive_gate_stands_only_by_true() -> None:
    for stands in ("yes", 1, None):
        gate = entry("gate_inconclusive", slot_id="a", stands=stands)
        assert IDENTITY in replayed([started(), gate]).rejected


def test_a_stuck_change_keeps_the_run_and_the_rates_of_its_gate() -> None:
    start = started(baselines={"a": 0.9, "b": 0.1})
    end = entry("change_failed", run="run_2", slot_id="a", reason="left")
    rejection = replayed([start, failed(success_rate=0.25, baseline=0.8), end]).stuck[IDENTITY]
    assert (rejection.run_id, rejection.slot_id, rejection.reason) == ("run_2", "a", "fell")
    assert (rejection.success_rate, rejection.baseline) == (0.25, 0.9)


def test_a_rejection_without_a_reason_has_an_empty_one() -> None:
    failing = entry("gate_failed", slot_id="a")
    assert replayed([started(), failing]).rejected[IDENTITY].reason == ""
    going = entry("rollback_started", slot_id="a")
    assert replayed([started(), going]).open_changes["a"].reason == ""


def test_the_error_about_a_start_that_cannot_be_understood_names_its_line() -> None:
    with pytest.raises(
        LedgerError, match=r"Line 1 of the ledger does not say which change of a"
    ) as raised:
        replayed([started(action="nonsense")])
    assert "reconciler audit verify" in str(raised.value.hint)


def test_a_reopened_change_is_judged_like_any_other() -> None:
    found = entry("change_recovered", run="run_2", slot_id="a", outcome="stored")
    end = entry("change_failed", slot_id="a", reason="left")
    reopened = replayed([*begun(), failed(), end, found]).open_changes["a"]
    assert (reopened.run_id, reopened.again) == ("run_2", False)
