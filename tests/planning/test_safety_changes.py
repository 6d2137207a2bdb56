"""Which safety settings a pull request changes, and whether that weakens safety."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.environment import Environment, Expectation
from reconciler.model.gate import GateOverride, GatePolicy, PlaybookOverride, PlaybookPolicy
from reconciler.model.review import SafetyChange, SafetyEffect
from reconciler.model.settings import Limits, Rollout, Settings, Snapshot, Watch
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.planning.safety_changes import (
    GATE,
    LIMITS,
    PLAYBOOK_GATE,
    ROLLOUT,
    SNAPSHOT,
    WATCH,
    environment_changes,
    safety_changes,
)
from tests.support.build import absent, slot
from tests.support.deployments import nowhere

W, S, N = SafetyEffect.WEAKENS, SafetyEffect.STRENGTHENS, SafetyEffect.NEITHER


def gated(slot_id: str, **gate: Any) -> DesiredSlot:
    return replace(slot(slot_id), gate=GateOverride(**gate))


def compare(
    before: Iterable[DesiredSlot] = (),
    after: Iterable[DesiredSlot] = (),
    *,
    settings: tuple[Settings, Settings] = (Settings(), Settings()),
) -> tuple[SafetyChange, ...]:
    return safety_changes(
        DesiredState(after), settings[1], base=(DesiredState(before), settings[0])
    )


def facts(changes: Iterable[SafetyChange]) -> list[tuple[Any, ...]]:
    return [(c.slot_id, c.field, c.before, c.after, c.effect) for c in changes]


def settings_with(group: str, **fields: Any) -> Settings:
    if group == "":
        return Settings(**fields)
    models = {"gate": GatePolicy, "rollout": Rollout, "limits": Limits, "watch": Watch}
    made = models[group](**fields)
    return Settings.model_validate({group: made})


def test_every_setting_of_the_gate_the_rollout_and_the_limits_is_judged() -> None:
    judged: list[tuple[type[Any], Mapping[str, Any]]] = [
        (GatePolicy, GATE),
        (PlaybookPolicy, PLAYBOOK_GATE),
        (Rollout, ROLLOUT),
        (Snapshot, SNAPSHOT),
        (Limits, LIMITS),
        (Watch, WATCH),
    ]
    for model, judges in judged:
        assert judges.keys() == model.model_fields.keys()
    judged_groups = {"owns", "protect", "gate", "rollout", "snapshot", "limits", "watch"}
    assert Settings.model_fields.keys() == judged_groups | {"flow", "train"}
    assert GateOverride.model_fields.keys() == GATE.keys() | {"watch"}
    of_fillers = PLAYBOOK_GATE.keys() - {"flow"}
    assert PlaybookOverride.model_fields.keys() == of_fillers | {"watch"}


def test_an_apply_without_a_snapshot_is_less_safe() -> None:
    snapshot = Snapshot(before_apply=True, timeout_seconds=60, max_snapshots=20)
    with_one = Settings(snapshot=snapshot)
    found = facts(compare(settings=(with_one, Settings())))
    assert {each[1:] for each in found} == {
        ("snapshot.before_apply", True, False, W),
        ("snapshot.timeout_seconds", 60, 600, N),
        ("snapshot.max_snapshots", 20, 10, N),
    }
    (before_apply, *_) = compare(settings=(Settings(), with_one))
    assert before_apply.effect is S


def test_a_playbook_that_no_longer_judges_weakens_the_gate() -> None:
    both = Settings(gate=PlaybookPolicy(playbooks=("Orders", "Returns")))
    one = Settings(gate=PlaybookPolicy(playbooks=("Orders",), min_success_rate=0.9))
    weaker = safety_changes(DesiredState(), one, base=(DesiredState(), both))
    assert {(each.field, each.effect) for each in weaker} == {
        ("gate.playbooks", W),
        ("gate.min_pass_rate", W),
    }
    stronger = safety_changes(DesiredState(), both, base=(DesiredState(), one))
    assert {each.effect for each in stronger} == {S}


def test_the_playbooks_of_a_slot_are_compared_as_they_are_in_force() -> None:
    settings = Settings(gate=PlaybookPolicy(playbooks=("Orders",)))
    own = DesiredSlot(slot_id="a", content=None, gate=PlaybookOverride(playbooks=("Orders", "A")))
    without = DesiredSlot(slot_id="a", content=None)
    (lost,) = safety_changes(
        DesiredState([without]), settings, base=(DesiredState([own]), settings)
    )
    assert (lost.slot_id, lost.field, lost.effect) == ("a", "gate.playbooks", W)


@pytest.mark.parametrize(
    ("group", "field", "before", "after", "effect", "back"),
    [
        ("gate", "enabled", True, False, W, S),
        ("gate", "min_success_rate", 0.85, 0.8, W, S),
        ("gate", "max_drop", 0.05, 0.1, W, S),
        ("gate", "time_range", "last24h", "last1d", N, N),
        ("gate", "min_samples", 10, 5, W, N),
        ("gate", "settle_seconds", 15.0, 1.0, W, S),
        ("gate", "poll_interval_seconds", 5.0, 1.0, N, N),
        ("gate", "timeout_seconds", 300.0, 10.0, W, S),
        ("gate", "consecutive_passes", 3, 1, W, S),
        ("gate", "when_inconclusive", "fail", "pass", W, S),
        ("gate", "bake_hours", 24.0, 0.0, W, S),
        ("rollout", "batch", "change", "wave", W, S),
        ("rollout", "on_failure", "rollback", "halt", W, S),
        ("limits", "requests_per_minute", 100, 200, W, S),
        ("limits", "max_attempts", 5, 9, W, S),
        ("limits", "max_changes", 5, 6, W, S),
        ("limits", "max_changes", 5, None, W, S),
        ("limits", "max_delete_fraction", 0.3, 1.0, W, S),
        ("watch", "apply", False, True, W, S),
        ("watch", "every_minutes", 5.0, 1.0, N, N),
        ("watch", "drift_every_minutes", 60.0, 240.0, W, S),
        ("", "owns", ("a",), ("a", "b*"), W, S),
        ("", "protect", ("a", "b"), ("a",), W, S),
    ],
)
def test_the_reverse_of_a_change_that_weakens_strengthens(
    group: str, field: str, before: Any, after: Any, effect: SafetyEffect, back: SafetyEffect
) -> None:
    old, new = (settings_with(group, **{field: value}) for value in (before, after))
    name = f"{group}.{field}".removeprefix(".")
    shown = [list(each) if isinstance(each, tuple) else each for each in (before, after)]
    assert facts(compare(settings=(old, new))) == [(None, name, *shown, effect)]
    assert facts(compare(settings=(new, old))) == [(None, name, *shown[::-1], back)]


def test_exchanged_globs_weaken_by_what_they_add_and_protection_by_what_it_loses() -> None:
    old, new = Settings(owns=("a",), protect=("a",)), Settings(owns=("b",), protect=("b",))
    assert [change.effect for change in compare(settings=(old, new))] == [W, W]


def test_the_order_of_a_list_does_not_matter() -> None:
    old, new = (Settings(owns=o, protect=o) for o in (("a", "b"), ("b", "a")))
    watching = (gated("a", watch=each) for each in (("x", "y"), ("y", "x")))
    assert compare([next(watching)], [next(watching)], settings=(old, new)) == ()


@pytest.mark.parametrize(("before", "after", "effect"), [(True, False, W), (False, True, S)])
def test_a_slot_may_lose_or_gain_its_protection_and_its_retraining(
    before: bool, after: bool, effect: SafetyEffect
) -> None:
    made = compare(
        [slot("a", protect=before), slot("b", trigger_retrain=before)],
        [slot("a", protect=after), slot("b", trigger_retrain=after)],
    )
    assert facts(made) == [
        ("a", "protect", before, after, effect),
        ("b", "trigger_retrain", before, after, effect),
    ]


def test_a_slots_own_gate_is_compared_with_the_policy_in_force() -> None:
    made = compare(
        [slot("a"), gated("b", min_success_rate=0.5)],
        [gated("a", min_success_rate=0.8, enabled=False), slot("b")],
    )
    assert facts(made) == [
        ("a", "gate.enabled", True, False, W),
        ("a", "gate.min_success_rate", 0.85, 0.8, W),
        ("b", "gate.min_success_rate", 0.5, 0.85, S),
    ]


def test_a_gate_that_repeats_the_policy_in_force_changes_nothing() -> None:
    old, new = Settings(), settings_with("gate", min_success_rate=0.5)
    made = compare(
        [slot("a"), slot("b")], [gated("a", min_success_rate=0.85), slot("b")], settings=(old, new)
    )
    assert facts(made) == [(None, "gate.min_success_rate", 0.85, 0.5, W)]


def test_a_change_of_the_project_is_reported_once_and_not_for_each_slot() -> None:
    made = compare(
        [gated("a", max_drop=0.2)],
        [gated("a", max_drop=0.1)],
        settings=(Settings(), settings_with("gate", min_success_rate=0.5)),
    )
    assert facts(made) == [
        (None, "gate.min_success_rate", 0.85, 0.5, W),
        ("a", "gate.max_drop", 0.2, 0.1, S),
    ]


@pytest.mark.parametrize("field", [None, "a"])
def test_a_shorter_time_range_shortens_the_bake_that_follows_from_it(field: str | None) -> None:
    if field is None:
        made = compare(settings=(Settings(), settings_with("gate", time_range="last1h")))
    else:
        made = compare([slot("a")], [gated("a", time_range="last1h")])
    assert facts(made) == [
        (field, "gate.time_range", "last24h", "last1h", N),
        (field, "gate.bake_hours", 24.0, 1.0, W),
    ]


def test_watching_fewer_slots_weakens_the_gate() -> None:
    made = compare([gated("a", watch=("x", "y"))], [gated("a", watch=("y",))])
    assert facts(made) == [("a", "gate.watch", ["x", "y"], ["y"], W)]


def test_a_new_file_is_compared_with_one_without_settings() -> None:
    made = compare([], [slot("a", protect=True), gated("b", enabled=False), slot("c")])
    assert facts(made) == [
        ("a", "protect", False, True, S),
        ("b", "gate.enabled", True, False, W),
    ]


def test_a_file_that_vanishes_takes_its_protection_with_it_and_strengthens_nothing() -> None:
    made = compare(
        [slot("a", protect=True), gated("b", enabled=False), slot("c", trigger_retrain=False)]
    )
    assert facts(made) == [
        ("a", "protect", True, None, W),
        ("b", "gate.enabled", False, None, N),
        ("c", "trigger_retrain", False, None, N),
    ]


def test_only_the_protection_of_a_deleted_slot_counts() -> None:
    guarded = replace(gated("a", max_drop=0.0), protect=True)
    assert facts(compare([guarded], [absent("a")])) == [("a", "protect", True, False, W)]
    assert compare([gated("a", max_drop=0.0)], [absent("a")]) == ()


def test_a_slot_that_comes_back_is_compared_with_one_without_settings() -> None:
    for retrained in (True, False):
        gone = replace(absent("a", protect=True), trigger_retrain=retrained)
        assert facts(compare([gone], [slot("a", trigger_retrain=False)])) == [
            ("a", "protect", True, False, W),
            ("a", "trigger_retrain", True, False, W),
        ]


def test_content_is_not_a_safety_setting() -> None:
    assert compare([slot("a", name="x")], [slot("a", name="y", patterns=("^b$",))]) == ()


overrides = st.builds(
    GateOverride,
    enabled=st.none() | st.booleans(),
    min_success_rate=st.none() | st.sampled_from([0.5, 0.85, 0.9]),
    watch=st.sets(st.sampled_from("xyz")).map(lambda each: tuple(sorted(each))),
)
slots = st.lists(
    st.builds(
        lambda slot_id, gate, protect, retrain: replace(
            slot(slot_id, protect=protect, trigger_retrain=retrain), gate=gate
        ),
        st.sampled_from("abc"),
        overrides,
        st.booleans(),
        st.booleans(),
    ),
    unique_by=lambda each: each.slot_id,
)


@given(slots)
def test_a_state_compared_with_itself_changes_nothing(state: list[DesiredSlot]) -> None:
    assert compare(state, state) == ()


@given(slots, slots)
def test_no_change_of_a_slot_that_stays_weakens_both_there_and_back(
    before: list[DesiredSlot], after: list[DesiredSlot]
) -> None:
    there, back = compare(before, after), compare(after, before)
    assert {(c.slot_id, c.field) for c in there} == {(c.slot_id, c.field) for c in back}
    ways = {(c.slot_id, c.field): c.effect for c in back}
    for change in there:
        if change.field != "gate.watch":  # an exchange loses something either way
            assert (change.effect, ways[change.slot_id, change.field]) != (W, W)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"promote_from": "staging"}, {}, [("promote_from", "staging", None, W)]),
        ({}, {"promote_from": "staging"}, [("promote_from", None, "staging", S)]),
        (
            {"promote_from": "dev"},
            {"promote_from": "staging"},
            [("promote_from", "dev", "staging", N)],
        ),
        ({"soak_hours": 24}, {"soak_hours": 1}, [("soak_hours", 24, 1, W)]),
        ({"soak_hours": 1}, {"soak_hours": 24}, [("soak_hours", 1, 24, S)]),
        (
            {"expect": Expectation(origin="https://a", bot_id="b1")},
            {"expect": Expectation(bot_id="b2")},
            [("expect.origin", "https://a", None, W), ("expect.bot_id", "b1", "b2", N)],
        ),
    ],
)
def test_what_an_environment_waits_for_and_expects_is_a_safety_setting(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[Any, ...]]
) -> None:
    production = Environment(name="production", settings=Settings(), locate=nowhere)
    changes = environment_changes(replace(production, **before), replace(production, **after))
    assert facts(changes) == [
        (None, f"environments.production.{field}", *rest) for field, *rest in expected
    ]
    assert list(environment_changes(None, replace(production, **after))) == []
