"""Live slots of unknown shape: another team's do not stop a plan, and managed ones do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.errors import PlanningError
from reconciler.model.plan import Plan
from reconciler.model.problem import Problem
from tests.support.build import absent, live, plan, slot, unreadable


def problems(attempt: Callable[[], Plan]) -> list[tuple[str | None, str]]:
    return [(each.slot_id, each.rule) for each in refused(attempt)]


def refused(attempt: Callable[[], Plan]) -> tuple[Problem, ...]:
    with pytest.raises(PlanningError) as caught:
        attempt()
    return caught.value.problems


def test_another_teams_is_listed_as_unmanaged_and_named_in_a_warning() -> None:
    made = plan([slot("ours")], [live("ours"), live("theirs"), unreadable("odd")])
    assert made.changes == ()
    assert made.unmanaged == ("odd", "theirs")
    assert made.summary.unmanaged == 2
    assert made.warnings == (
        "These live slots cannot be read: odd (patterns of an unknown shape). An unmanaged "
        "slot that cannot be read is never changed or pruned.",
    )


def test_many_are_counted_rather_than_named() -> None:
    (warning,) = plan([], [unreadable(f"odd_{number:02}") for number in range(40)]).warnings
    assert "and 28 more" in warning


def test_slots_without_an_id_are_counted() -> None:
    for unnamed, counted in ((1, "1 slot"), (2, "2 slots"), (3, "3 slots")):
        (warning,) = plan([slot("ours")], [live("ours")], unnamed=unnamed).warnings
        assert warning == (
            f"The tenant lists {counted} without a readable id, which no file can manage."
        )


@pytest.mark.parametrize("desired", [slot("odd"), absent("odd")])
def test_one_that_a_file_manages_is_an_error_that_names_the_field(desired: Any) -> None:
    (problem,) = refused(lambda: plan([desired], [unreadable("odd")]))
    assert (problem.slot_id, problem.rule) == ("odd", "unreadable-slot")
    assert problem.message == "odd cannot be read: it is live with patterns of an unknown shape"


def test_one_outside_the_targets_does_not_stop_them() -> None:
    made = plan([slot("odd"), slot("new")], [unreadable("odd")], targets=["new"])
    assert [each.slot_id for each in made.changes] == ["new"]
    attempt = lambda: plan([slot("odd"), slot("new", "odd")], [unreadable("odd")], targets=["new"])  # noqa: E731
    assert problems(attempt) == [("odd", "unreadable-slot")]


def test_it_can_be_depended_on() -> None:
    made = plan([slot("new", "odd")], [unreadable("odd")])
    assert [each.slot_id for each in made.changes] == ["new"]


def test_what_it_depends_on_is_not_deleted() -> None:
    attempt = lambda: plan([absent("old")], [live("old"), unreadable("odd", "old")])  # noqa: E731
    assert problems(attempt) == [("old", "deletion-in-use")]


def test_a_cycle_through_it_is_found() -> None:
    attempt = lambda: plan([slot("new", "odd")], [unreadable("odd", "new")])  # noqa: E731
    assert problems(attempt) == [("new", "dependency-cycle")]


def test_it_is_never_pruned() -> None:
    made = plan(
        [slot("ours")],
        [live("ours"), live("odd_1"), unreadable("odd_2")],
        prune=True,
        owns=("odd*",),
    )
    assert [(each.slot_id, each.action.value) for each in made.changes] == [("odd_1", "delete")]
    assert made.unmanaged == ("odd_2",)
    assert made.summary.claimed == 2


def test_a_target_that_is_unreadable_and_unmanaged_is_unknown() -> None:
    (problem,) = refused(lambda: plan([slot("a")], [unreadable("odd")], targets=["odd"]))
    assert "no slot file declares this slot" in problem.message
