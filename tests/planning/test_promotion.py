"""Which changes wait for another environment, and what for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.commands import PROJECT, Commands
from reconciler.model.environment import Environment
from reconciler.model.plan import Plan
from reconciler.model.problem import NOWHERE
from reconciler.model.promotion import Evidence, Trial, TrialResult, shared_identity
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState, Path
from reconciler.planning.promotion import Promotion
from tests.support.build import ENDPOINT, absent, live, plan, slot

NOW = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
NEW = ("^new$",)


def locate(_path: Path) -> Any:
    return NOWHERE


def environment(name: str, *overridden: DesiredSlot, soak_hours: float = 0) -> Environment:
    return Environment(
        name=name,
        settings=Settings(),
        overridden=DesiredState(overridden),
        soak_hours=soak_hours,
        locate=locate,
    )


def trial(
    desired: DesiredSlot | None,
    *,
    slot_id: str = "a",
    result: TrialResult = TrialResult.PASSED,
    hours_ago: float = 0,
) -> dict[str, Trial]:
    return {
        slot_id: Trial(
            identity=shared_identity(slot_id, desired),
            result=result,
            run_id="r1",
            at=NOW - timedelta(hours=hours_ago),
        )
    }


def promotion(
    desired: Iterable[DesiredSlot],
    trials: Mapping[str, Trial] | None = None,
    *,
    soak_hours: float = 0,
    commands: Commands = PROJECT,
    **evidence: Any,
) -> Promotion:
    return Promotion(
        environment=environment("production", soak_hours=soak_hours),
        source=environment("staging"),
        shared=DesiredState(desired),
        evidence=Evidence(environment="staging", trials=trials or {}, **{"runs": 1, **evidence}),
        now=NOW,
        commands=commands,
    )


def reasons(made: Plan) -> dict[str, str]:
    return {each.slot_id: each.reason for each in made.waiting}


A, B = slot("a", patterns=NEW), slot("b", "a", patterns=NEW)
BOTH = plan([A, B], [live("a"), live("b", "a")])
ONLY_A = plan([A], [live("a")])


def test_what_has_passed_is_planned() -> None:
    made = promotion([A], trial(A)).applied_to(ONLY_A)
    assert made == ONLY_A


def test_content_that_has_not_passed_waits() -> None:
    unproven = promotion([A], trial(slot("a"))).applied_to(ONLY_A)
    (waiting,) = unproven.waiting
    assert (waiting.change, waiting.environment) == (ONLY_A.changes[0], "staging")
    assert waiting.reason == "this content has not passed its gate in staging yet"
    assert (unproven.changes, unproven.summary.update, unproven.summary.waiting) == ((), 0, 1)
    assert reasons(promotion([A]).applied_to(ONLY_A)) == {"a": waiting.reason}


def test_without_any_run_there_the_reason_is_the_missing_ledger() -> None:
    found = reasons(promotion([A], trial(A), runs=0).applied_to(ONLY_A))
    assert found["a"] == (
        "nothing is known of staging: no run there is in the ledger, or its ledger has to be "
        "named with --evidence FILE"
    )


def test_in_a_fleet_the_reasons_name_its_own_commands_and_file() -> None:
    commands = Commands(tenant="acme")
    found = reasons(promotion([A], runs=0, commands=commands).applied_to(ONLY_A))
    assert found["a"] == "nothing is known of staging: no run there is in the ledger"
    gone = plan([absent("a")], [live("a")])
    found = reasons(promotion([absent("a")], commands=commands).applied_to(gone))
    assert found["a"].endswith(
        "run `reconciler fleet drift --metrics --select tenant=acme,environment=staging`"
    )
    here = promotion([A], trial(A), endpoint=ONLY_A.endpoint, commands=commands)
    (warning,) = here.applied_to(ONLY_A).warnings
    assert "Correct the credentials of one of them; `expect` in fleet.yaml says" in warning


@pytest.mark.parametrize("result", sorted(set(TrialResult) - {TrialResult.PASSED}))
def test_each_other_result_waits_and_names_the_run(result: TrialResult) -> None:
    found = reasons(promotion([A], trial(A, result=result)).applied_to(ONLY_A))
    assert found["a"].endswith(" there, in run r1") or found["a"].endswith("since, in run r1")


def test_content_that_need_not_soak_is_ready_even_if_a_clock_that_is_ahead_said_when() -> None:
    found = promotion([A], trial(A, hours_ago=-1))
    assert found.applied_to(plan([A])).waiting == ()


def test_content_soaks_from_its_pass_on() -> None:
    waits = promotion([A], trial(A, hours_ago=23), soak_hours=24)
    (waiting,) = waits.applied_to(ONLY_A).waiting
    assert waiting.until == NOW + timedelta(hours=1)
    assert waiting.reason == "it passed there at 2026-03-01 13:00 UTC and has to stand for 24 h"
    done = promotion([A], trial(A, hours_ago=24), soak_hours=24)
    assert done.applied_to(ONLY_A) == ONLY_A


def test_what_depends_on_a_waiting_change_waits_until_then() -> None:
    trials = {**trial(A, hours_ago=1), **trial(B, slot_id="b", hours_ago=99)}
    made = promotion([A, B], trials, soak_hours=24).applied_to(BOTH)
    assert made.changes == ()
    first, second = made.waiting
    assert (second.slot_id, second.reason) == ("b", "it depends on a")
    assert first.until == second.until == NOW + timedelta(hours=23)
    unknown = promotion([A, B], trial(B, slot_id="b")).applied_to(BOTH)
    assert [each.until for each in unknown.waiting] == [None, None]


def test_a_change_that_nothing_waiting_holds_up_is_planned() -> None:
    made = promotion([A, B], trial(A)).applied_to(BOTH)
    assert ([each.slot_id for each in made.changes], set(reasons(made))) == (["a"], {"b"})


def test_a_deletion_waits_until_it_was_verified_there() -> None:
    gone = plan([absent("a")], [live("a")])
    desired = [absent("a")]
    assert promotion(desired, trial(None)).applied_to(gone) == gone
    for trials, listed, reason in (
        (trial(A), {"a"}, "staging still has it"),
        (trial(A), None, "staging still has it"),
        ({}, {"a"}, "staging still has it"),
        (
            {},
            None,
            "it is not known whether staging has it; run `reconciler drift --env staging "
            "--metrics`",
        ),
    ):
        seen = None if listed is None else frozenset(listed)
        assert reasons(promotion(desired, trials, listed=seen).applied_to(gone)) == {"a": reason}


def test_a_slot_that_never_was_there_is_deleted_at_once() -> None:
    gone = plan([absent("a")], [live("a")])
    found = promotion([absent("a")], listed=frozenset({"b"}), soak_hours=24)
    assert found.applied_to(gone) == gone


def test_a_slot_that_the_files_make_absent_there_waits_for_good() -> None:
    found = promotion([A], trial(A))
    found = replace(found, source=environment("staging", absent("a")))
    assert reasons(found.applied_to(ONLY_A)) == {
        "a": "the files make it absent in staging, so it cannot pass there"
    }


def test_a_slot_that_differs_on_purpose_is_promoted_with_what_it_shares() -> None:
    here = slot("a", patterns=("^here$",))
    made = replace(promotion([A], trial(A)), environment=environment("production", here))
    changes = plan([here], [live("a")])
    found = made.applied_to(changes)
    assert found.changes == changes.changes
    assert found.warnings == (
        "The files say something else for production: a. What has passed in staging is the "
        "content for all environments.",
    )


def test_what_differs_where_it_passed_is_named_because_something_else_has_passed() -> None:
    there = slot("a", patterns=("^there$",))
    made = replace(promotion([A], trial(A)), source=environment("staging", there))
    found = made.applied_to(ONLY_A)
    assert found.changes == ONLY_A.changes
    assert found.warnings == (
        "The files say something else for staging: a. What has passed there is that, and not all "
        "that production gets.",
    )


def test_runs_in_the_same_bot_are_named_because_nothing_waited_for_them() -> None:
    made = promotion([A], trial(A), endpoint=ENDPOINT)
    for desired in ([A], []):
        (warning,) = made.applied_to(plan(desired, [live("a")])).warnings
        assert warning.startswith("The runs in staging were in the same bot, bot_1 on https")
    elsewhere = promotion([A], trial(A), endpoint=ENDPOINT.model_copy(update={"bot_id": "other"}))
    other_slots = replace(made, source=replace(made.source, ids={"a": "b"}))
    for each in (elsewhere, other_slots):
        assert each.applied_to(ONLY_A) == ONLY_A


def test_a_gate_of_its_own_is_no_difference_of_content() -> None:
    own = replace(A, protect=True)
    made = replace(
        promotion([A], trial(A)),
        environment=environment("production", own),
        source=environment("staging", own),
    )
    assert made.applied_to(ONLY_A) == ONLY_A


def test_what_is_named_never_waits() -> None:
    assert promotion([A]).applied_to(ONLY_A, regardless={"a"}) == ONLY_A


def test_what_a_saved_plan_has_wait_waits_although_it_could_be_made() -> None:
    made = replace(promotion([A], trial(A)), held=frozenset({"a"}))
    assert reasons(made.applied_to(ONLY_A)) == {"a": "it waited when this plan was made"}


SLOTS = [slot("a", patterns=NEW), *(slot(f"s{n}", "a", patterns=NEW) for n in range(4))]


@given(st.sets(st.sampled_from([each.slot_id for each in SLOTS])))
def test_changes_are_planned_or_wait_and_nothing_planned_depends_on_what_waits(
    proven: set[str],
) -> None:
    trials = {
        slot_id: found
        for each in SLOTS
        for slot_id, found in trial(each, slot_id=each.slot_id).items()
        if slot_id in proven
    }
    every = plan(SLOTS)
    made = promotion(SLOTS, trials).applied_to(every)
    assert made.slot_ids | reasons(made).keys() == every.slot_ids
    assert not made.slot_ids & reasons(made).keys()
    assert made.slot_ids <= proven
    assert all(set(each.depends_on) <= made.slot_ids for each in made.changes)
    assert made.summary.waiting == len(made.waiting)
    assert made.summary.create == len(made.changes)
