"""Plans from live to desired, by example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.errors import PlanningError, PruneRefusedError
from reconciler.model.change import Action, FieldChange
from reconciler.model.content import FillerContent
from reconciler.model.gate import GateOverride
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.planning.planner import PARTIAL_PLAN
from tests.support.apis import OTHER
from tests.support.build import absent, content, desired_from, live, plan, slot


def refusal(attempt: Callable[[], Plan]) -> tuple[Problem, ...]:
    with pytest.raises(PlanningError) as caught:
        attempt()
    assert str(len(caught.value.problems)) in caught.value.message
    return caught.value.problems


def steps(made: Plan) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [(each.slot_id, each.action.value, each.wave, each.depends_on) for each in made.changes]


# What differs


def test_a_plan_counts_what_it_finds() -> None:
    made = plan(
        [slot("new"), slot("same"), slot("other", patterns=("^b$",)), absent("old")],
        [live("same"), live("other"), live("old"), live("theirs")],
    )
    counts = made.summary
    assert (counts.create, counts.update, counts.delete) == (1, 1, 1)
    assert (counts.unchanged, counts.unmanaged, counts.claimed) == (1, 1, 3)
    assert made.unmanaged == ("theirs",)
    assert {each.slot_id: each.action.value for each in made.changes} == {
        "new": "create",
        "other": "update",
        "old": "delete",
    }


def test_a_change_carries_the_slot_before_and_after_and_what_differs() -> None:
    (change,) = plan([slot("a", patterns=("^b$",))], [live("a")]).changes
    assert change.before == content("a").canonical()
    assert change.after == content("a", patterns=("^b$",))
    assert change.name == "name of a"
    assert change.fields == (FieldChange(field="patterns", before=["^a$"], after=["^b$"]),)


def test_a_creation_has_nothing_before_and_a_deletion_nothing_after() -> None:
    made = plan([slot("new"), absent("old")], [live("old")])
    assert [(each.before is None, each.after is None) for each in made.changes] == [
        (True, False),
        (False, True),
    ]


def test_the_content_is_put_as_the_file_has_it_and_compared_in_canonical_form() -> None:
    (change,) = plan([slot("c", "b", "a"), slot("a"), slot("b")], [live("a"), live("b")]).changes
    assert change.after is not None
    assert change.after.dependencies == ("b", "a")
    assert not plan(
        [slot("c", "b", "a"), slot("a"), slot("b")],
        [live("a"), live("b"), live("c", "a", "b", "a")],
    ).changes


def test_trigger_retrain_is_a_directive_and_not_a_difference() -> None:
    assert plan([slot("a", trigger_retrain=False)], [live("a")]).changes == ()
    (change,) = plan([slot("a", trigger_retrain=False)]).changes
    assert change.trigger_retrain is False


def test_an_absent_slot_that_is_not_live_needs_no_change() -> None:
    made = plan([absent("gone", protect=True)], [])
    assert made.changes == ()
    assert made.summary.delete == 0


def test_a_nameless_live_slot_is_deleted_by_its_id() -> None:
    (change,) = plan([absent("old")], [live("old", name=None)]).changes
    assert change.name == "old"


# The order


def test_waves_are_numbered_through_unchanged_slots() -> None:
    made = plan([slot("c", "b"), slot("b", "a"), slot("a")], [live("b", "a"), live("a", type="x")])
    assert steps(made) == [("a", "update", 0, ()), ("c", "create", 2, ("a",))]


def test_waves_are_numbered_through_unmanaged_slots() -> None:
    made = plan(
        [slot("c", "theirs"), slot("a", patterns=("^b$",))], [live("theirs", "a"), live("a")]
    )
    assert steps(made) == [("a", "update", 0, ()), ("c", "create", 2, ("a",))]


def test_within_a_wave_changes_are_ordered_by_id() -> None:
    assert [each.slot_id for each in plan([slot("b"), slot("c"), slot("a")]).changes] == [
        "a",
        "b",
        "c",
    ]


def test_deletions_come_last_with_dependents_first() -> None:
    made = plan(
        [slot("new"), slot("newer", "new"), absent("base"), absent("top")],
        [live("base"), live("top", "base")],
    )
    assert steps(made) == [
        ("new", "create", 0, ()),
        ("newer", "create", 1, ("new",)),
        ("top", "delete", 2, ()),
        ("base", "delete", 3, ("top",)),
    ]


def test_a_deletion_waits_for_the_update_that_releases_it() -> None:
    made = plan(
        [slot("user"), slot("other", patterns=("^b$",)), absent("old")],
        [live("user", "old"), live("other"), live("old")],
    )
    assert steps(made)[-1] == ("old", "delete", 1, ("user",))


def test_a_reversed_dependency_needs_two_waves() -> None:
    made = plan([slot("a"), slot("b", "a")], [live("a", "b"), live("b")])
    assert steps(made) == [("a", "update", 0, ()), ("b", "update", 1, ("a",))]


# Names that pass from slot to slot


def test_a_change_that_takes_a_name_waits_for_the_one_that_frees_it() -> None:
    made = plan(
        [slot("a", name="B"), slot("b", name="C"), slot("c", name="D")],
        [live("a", name="A"), live("b", name="B"), live("c", name="C")],
    )
    assert steps(made) == [
        ("c", "update", 0, ()),
        ("b", "update", 1, ("c",)),
        ("a", "update", 2, ("b",)),
    ]
    assert made.warnings == ()


def test_a_slot_whose_name_another_takes_is_deleted_first_with_its_dependents() -> None:
    made = plan(
        [slot("new", name="N"), slot("user"), absent("old"), absent("top"), absent("other")],
        [live("old", name="N"), live("top", "old"), live("user", "old"), live("other")],
    )
    assert steps(made) == [
        ("user", "update", 0, ()),
        ("top", "delete", 0, ()),
        ("old", "delete", 1, ("top", "user")),
        ("new", "create", 2, ("old",)),
        ("other", "delete", 3, ()),
    ]
    assert made.warnings == ()


def test_names_that_are_swapped_are_reported_with_the_way_out() -> None:
    made = plan(
        [slot("a", name="B"), slot("b", name="A"), slot("x", name="X")],
        [live("a", name="A"), live("b", name="B"), live("x", name="x")],
    )
    assert steps(made) == [
        ("a", "update", 0, ()),
        ("x", "update", 0, ()),
        ("b", "update", 1, ("a",)),
    ]
    (warning,) = made.warnings
    assert "cannot be freed before they are taken: a takes 'B' from b." in warning
    assert "give a a temporary name and apply that" in warning


def test_a_name_that_its_holder_can_give_up_only_later_is_reported() -> None:
    made = plan(
        [slot("user", name="N"), absent("old")],
        [live("user", "old", name="U"), live("old", name="N")],
    )
    assert steps(made) == [("user", "update", 0, ()), ("old", "delete", 1, ("user",))]
    assert "user takes 'N' from old" in made.warnings[0]


def test_a_name_that_an_unmanaged_slot_has_is_reported() -> None:
    (warning,) = plan([slot("a", name="N")], [live("theirs", name="N")]).warnings
    assert "belong to unmanaged slots: a takes 'N' from theirs." in warning
    assert (
        plan([slot("a", name="N")], [live("a", name="N"), live("theirs", name="N")]).warnings == ()
    )


def test_a_name_that_a_target_leaves_to_another_slot_is_reported() -> None:
    desired = [slot("a", name="N"), slot("b", name="B")]
    tenant = [live("a", name="A"), live("b", name="N")]
    _, warning = plan(desired, tenant, targets=["a"]).warnings
    assert "leaves these names in use: a takes 'N' from b." in warning
    assert plan(desired, tenant, targets=["a", "b"]).warnings == (PARTIAL_PLAN,)


def test_a_name_in_another_unicode_form_is_the_same_name() -> None:
    desired = [slot("a", name="caf\u00e9"), slot("b", name="B")]
    assert steps(plan(desired, [live("a", name="A"), live("b", name="cafe\u0301")])) == [
        ("b", "update", 0, ()),
        ("a", "update", 1, ("b",)),
    ]
    assert plan(desired[:1], [live("a", name="cafe\u0301")]).warnings == ()


# What prevents a plan


CYCLE = """\
slot_id: a
name: a
type: regex
patterns: [a]
fill_strategy: strict
dependencies: [{of_a}]
---
slot_id: b
name: b
type: regex
patterns: [b]
fill_strategy: strict
dependencies: [{of_b}]
"""


def test_a_cycle_is_shown_as_a_path_at_its_first_dependency(tmp_path: Path) -> None:
    desired = desired_from(tmp_path, CYCLE.format(of_a="b", of_b="a"))
    (problem,) = refusal(lambda: plan(desired))
    assert problem.rule == "dependency-cycle"
    assert problem.message.endswith((": a → b → a", ": b → a → b"))
    assert str(problem.source) in (
        f"{tmp_path.as_posix()}/slots.yaml:6:16",
        f"{tmp_path.as_posix()}/slots.yaml:13:16",
    )


def test_a_cycle_through_an_unmanaged_slot_starts_at_a_slot_in_a_file(tmp_path: Path) -> None:
    desired = desired_from(tmp_path, CYCLE.format(of_a="theirs", of_b=""))
    (problem,) = refusal(
        lambda: plan(desired, [live("theirs", "a"), live("a", name="a", fill_strategy="strict")])
    )
    assert problem.message.endswith(": a → theirs → a")
    assert str(problem.source) == f"{tmp_path.as_posix()}/slots.yaml:6:16"


def test_a_cycle_is_reported_at_a_file_however_many_unmanaged_slots_it_has() -> None:
    for ours in ("a", "m", "z"):
        (problem,) = refusal(
            lambda ours=ours: plan(  # type: ignore[misc]
                [slot(ours, "t1")], [live("t1", "t2"), live("t2", ours), live(ours)]
            )
        )
        assert problem.slot_id == ours
        assert problem.message.endswith(f": {ours} → t1 → t2 → {ours}")


def test_a_cycle_among_slots_that_no_file_depends_on_is_ignored() -> None:
    made = plan([slot("a")], [live("theirs", "others"), live("others", "theirs")])
    assert steps(made) == [("a", "create", 0, ())]


def test_a_slot_that_depends_on_itself_is_reported_once() -> None:
    assert [each.rule for each in refusal(lambda: plan([slot("a", "a")]))] == ["self-dependency"]


def test_an_unknown_dependency_is_an_error_with_its_place(tmp_path: Path) -> None:
    desired = desired_from(tmp_path, CYCLE.format(of_a="b, nowhere", of_b=""))
    (problem,) = refusal(lambda: plan(desired))
    assert problem.rule == "unknown-dependency"
    assert str(problem.source) == f"{tmp_path.as_posix()}/slots.yaml:6:19"
    assert problem.is_error
    assert "a depends on nowhere" in problem.message


def test_a_dependency_on_a_live_slot_that_is_unmanaged_is_fine() -> None:
    made = plan([slot("a", "theirs")], [live("theirs")])
    assert steps(made) == [("a", "create", 1, ())]
    assert made.warnings == ()


def test_a_deletion_is_refused_while_a_slot_that_stays_uses_it() -> None:
    (problem,) = refusal(lambda: plan([absent("old")], [live("old"), live("theirs", "old")]))
    assert (problem.rule, problem.slot_id) == ("deletion-in-use", "old")
    assert "theirs still depends on it" in problem.message


@pytest.mark.parametrize("by", ["file", "settings", "history"])
def test_a_protected_slot_is_not_deleted(by: str) -> None:
    (problem,) = refusal(
        lambda: plan(
            [absent("old", protect=by == "file")],
            [live("old")],
            protect=("old",) if by == "settings" else (),
            protected=("old",) if by == "history" else (),
        )
    )
    assert (problem.rule, problem.slot_id) == ("protected", "old")


def test_a_protected_slot_is_not_pruned_and_may_be_updated() -> None:
    (problem,) = refusal(
        lambda: plan([slot("a")], [live("x")], prune=True, owns=("*",), protect=("x",))
    )
    assert problem.rule == "protected"
    assert plan([slot("a", type="list", protect=True)], [live("a")], protect=("a",)).changes


def test_all_problems_are_reported_at_once() -> None:
    rules = {
        each.rule
        for each in refusal(
            lambda: plan(
                [slot("a", "nowhere"), slot("b", patterns=("(",)), absent("old", protect=True)],
                [live("old"), live("theirs", "old")],
                targets=["missing", "a", "b", "old"],
            )
        )
    }
    assert rules == {
        "unknown-dependency",
        "pattern-invalid",
        "protected",
        "deletion-in-use",
        "unknown-target",
    }


# Pruning


def test_prune_deletes_owned_unmanaged_slots() -> None:
    made = plan(
        [slot("our_a")],
        [live("our_a"), live("our_b"), live("Our_c"), live("theirs")],
        prune=True,
        owns=("our_*",),
    )
    assert steps(made) == [("our_b", "delete", 1, ())]
    assert made.unmanaged == ("Our_c", "theirs")
    assert made.summary.claimed == 2


def test_without_prune_an_owned_slot_is_left_alone() -> None:
    made = plan([slot("our_a")], [live("our_a"), live("our_b")], owns=("our_*",))
    assert made.changes == ()
    assert made.unmanaged == ("our_b",)


def test_prune_is_refused_without_owns() -> None:
    with pytest.raises(PruneRefusedError, match="does not say what this project owns") as caught:
        plan([slot("a")], [live("b")], prune=True)
    assert caught.value.exit_code == 4
    assert "owns" in caught.value.hint


def test_prune_is_refused_if_the_files_describe_no_slot() -> None:
    with pytest.raises(PruneRefusedError, match=r"every slot that `owns` claims \(2\)"):
        plan([], [live("a"), live("b")], prune=True, owns=("*",))


def test_a_pruned_slot_that_a_file_depends_on_is_in_use() -> None:
    desired = [slot("a", "b")]
    for targets in ([], ["b"]):
        (problem,) = refusal(
            lambda named=targets: plan(  # type: ignore[misc]
                desired, [live("b")], prune=True, owns=("*",), targets=named
            )
        )
        assert (problem.rule, problem.slot_id) == ("deletion-in-use", "b")


# --target


def test_a_target_takes_what_it_depends_on_and_says_that_the_plan_is_partial() -> None:
    made = plan(
        [slot("a"), slot("b", "a"), slot("c", "b"), slot("d")], [live("d", type="x")], targets=["b"]
    )
    assert [each.slot_id for each in made.changes] == ["a", "b"]
    assert made.warnings == (PARTIAL_PLAN,)
    assert "PARTIAL" in PARTIAL_PLAN


def test_a_target_takes_what_it_depends_on_through_unmanaged_slots() -> None:
    made = plan(
        [slot("a", type="x"), slot("b", "theirs")], [live("a"), live("theirs", "a")], targets=["b"]
    )
    assert [each.slot_id for each in made.changes] == ["a", "b"]


def test_a_target_counts_everything_that_is_unchanged_or_unmanaged() -> None:
    made = plan(
        [slot("a"), slot("same")],
        [live("same"), live("ours"), live("theirs")],
        targets=["a"],
        prune=True,
        owns=("ours",),
    )
    assert [each.slot_id for each in made.changes] == ["a"]
    assert (made.summary.unchanged, made.summary.unmanaged) == (1, 2)
    assert made.unmanaged == ("ours", "theirs")


@pytest.mark.parametrize(
    ("target", "message"),
    [("nowhere", ", and it is not live"), ("theirs", "")],
)
def test_an_unknown_target_is_an_error(target: str, message: str) -> None:
    (problem,) = refusal(lambda: plan([slot("a")], [live("theirs")], targets=["a", target]))
    assert (problem.rule, problem.slot_id) == ("unknown-target", target)
    assert problem.message == f"--target {target}: no slot file declares this slot{message}"


def test_a_targeted_deletion_takes_the_deletions_of_its_dependents() -> None:
    made = plan(
        [absent("base"), absent("top"), absent("other")],
        [live("base"), live("top", "base"), live("other")],
        targets=["base"],
    )
    assert [each.slot_id for each in made.changes] == ["top", "base"]


def test_a_targeted_deletion_is_refused_while_a_live_user_stays() -> None:
    desired = [absent("old"), slot("user")]
    tenant = [live("old"), live("user", "old")]
    (problem,) = refusal(lambda: plan(desired, tenant, targets=["old"]))
    assert problem.rule == "deletion-in-use"
    assert "--target" in problem.hint
    assert [each.action for each in plan(desired, tenant, targets=["old", "user"]).changes] == [
        Action.UPDATE,
        Action.DELETE,
    ]


def test_a_slot_whose_deletion_is_not_targeted_still_closes_a_cycle() -> None:
    desired = [slot("q", "t"), slot("t", "kept")]
    tenant = [live("kept", "q"), live("q")]
    (problem,) = refusal(lambda: plan(desired, tenant, targets=["q"], prune=True, owns=("kept",)))
    assert problem.rule == "dependency-cycle"


# Warnings


def test_fields_that_a_put_may_lose_are_named() -> None:
    tenant = [live("a", type="x", unmodelled=("color", "labels")), live("b", unmodelled=("hue",))]
    (warning,) = plan([slot("a"), slot("b")], tenant).warnings
    assert warning.startswith("a: ")
    assert "color, labels" in warning
    assert "the PUT replaces the whole slot" in warning


def test_no_field_is_lost_if_a_write_changes_only_what_it_names() -> None:
    tenant = [live("a", type="x", unmodelled=("color",))]
    assert plan([slot("a")], tenant, api=OTHER).warnings == ()


def test_a_rule_that_an_unchanged_slot_breaks_is_a_warning() -> None:
    desired, tenant = [slot("a", patterns=("(",)), slot("b")], [live("a", patterns=("(",))]
    made = plan(desired, tenant)
    assert [each.slot_id for each in made.changes] == ["b"]
    (warning,) = made.warnings
    assert "[pattern-invalid]" in warning
    assert [each.rule for each in refusal(lambda: plan(desired))] == ["pattern-invalid"]


def test_a_name_that_a_new_slot_takes_from_an_unchanged_one_is_an_error() -> None:
    new, old = slot("a", name="same"), slot("b", name="same")
    (problem,) = refusal(lambda: plan([new, old], [live("b", name="same")]))
    assert problem.rule == "duplicate-name"
    made = plan([new, old, slot("c")], [live("a", name="same"), live("b", name="same")])
    assert [each.slot_id for each in made.changes] == ["c"]
    assert ["[duplicate-name]" in each for each in made.warnings] == [True]


def test_a_flag_that_changes_nothing_is_reported_for_slots_that_change_alone() -> None:
    def filler(name: str, regex: str) -> FillerContent:
        return FillerContent(flow="F", name=name, type="regex", regex=regex)

    files = [DesiredSlot(slot_id=each, content=filler(each, "/a/g")) for each in ("same", "new")]
    held = [LiveSlot(slot_id="same", content=filler("same", "/a/g"))]
    made = plan(files, held, api=COGNIGY_V2)
    (warning,) = (each for each in made.warnings if "[regex-global]" in each)
    assert "the flag g" in warning
    quiet = plan(files[:1], held, api=COGNIGY_V2)
    assert (quiet.changes, quiet.warnings) == ((), ())


def test_a_name_that_a_change_in_another_flow_has_is_not_taken_by_it() -> None:
    def filler(flow: str) -> FillerContent:
        return FillerContent(flow=flow, name="same", type="age")

    def described(slot_id: str, flow: str) -> DesiredSlot:
        return DesiredSlot(slot_id=slot_id, content=filler(flow))

    old, twin = described("old", "A"), described("twin", "A")
    held = [LiveSlot(slot_id=each, content=filler("A")) for each in ("old", "twin")]
    made = plan([old, twin, described("new", "B")], held, api=COGNIGY_V2)
    assert [each.slot_id for each in made.changes] == ["new"]
    assert ["[duplicate-name]" in each for each in made.warnings] == [True]
    problems = refusal(lambda: plan([old, twin, described("new", "A")], held, api=COGNIGY_V2))
    assert {each.rule for each in problems} == {"duplicate-name"}


def test_a_name_in_another_form_that_a_new_slot_takes_is_an_error_too() -> None:
    new, old = slot("a", name="caf\u00e9"), slot("b", name="cafe\u0301")
    (problem,) = refusal(lambda: plan([new, old], [live("b", name="cafe\u0301")]))
    assert problem.rule == "duplicate-name"


# The value


def test_the_digest_covers_changes_and_directives_but_not_warnings() -> None:
    base = plan([slot("a")])
    assert plan([slot("a")]).digest == base.digest
    assert base.model_copy(update={"warnings": ("note",)}).digest == base.digest
    assert plan([slot("a", trigger_retrain=False)]).digest != base.digest
    assert plan([slot("a", protect=True)]).digest != base.digest
    assert plan([slot("a")], targets=["a"]).digest != base.digest


def test_the_digest_does_not_depend_on_the_order_of_files_or_of_the_listing() -> None:
    one = plan([slot("a"), slot("b", "a")], [live("a", type="x"), live("z")])
    other = plan([slot("b", "a"), slot("a")], [live("z"), live("a", type="x")])
    assert one == other


def test_a_dependency_that_is_missing_already_is_a_warning_for_an_unchanged_slot() -> None:
    made = plan([slot("a", "gone"), slot("b")], [live("a", "gone")])
    assert [change.slot_id for change in made.changes] == ["b"]
    assert any("a depends on gone" in warning for warning in made.warnings)


def test_a_dependency_that_is_gone_as_its_file_asks_is_a_warning_for_an_unchanged_slot() -> None:
    made = plan([slot("a", "gone"), absent("gone"), slot("b")], [live("a", "gone")])
    assert [change.slot_id for change in made.changes] == ["b"]
    assert any("[absent-dependency]" in warning for warning in made.warnings)


def test_a_change_has_the_name_that_the_slot_gets_and_a_deletion_the_one_it_has() -> None:
    made = plan(
        [slot("new", name="created"), slot("other", name="renamed"), absent("old")],
        [live("other", name="before"), live("old", name="deleted")],
    )
    names = {change.slot_id: change.name for change in made.changes}
    assert names == {"new": "created", "other": "renamed", "old": "deleted"}


def test_a_watched_slot_must_be_in_a_file_or_live() -> None:
    watching = replace(slot("a"), gate=GateOverride(watch=("b", "c", "d")))
    with pytest.raises(PlanningError) as raised:
        plan([watching, slot("b")], [live("c")])
    (problem,) = raised.value.problems
    assert (problem.rule, problem.slot_id) == ("unknown-watch", "a")
    assert "a watches d" in problem.message


def test_an_error_counts_the_problems_that_it_holds() -> None:
    for desired, count in (
        ([slot("a", "x")], "1 problem."),
        ([slot("a", "x"), slot("b", "y")], "2 problems."),
    ):
        with pytest.raises(PlanningError) as caught:
            plan(desired)
        assert caught.value.message == f"No plan can be made from live to desired: {count}"
        assert len(caught.value.problems) == int(count.split()[0])
