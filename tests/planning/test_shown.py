"""Which changes of a plan no pull request has shown."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan
from reconciler.planning.shown import unshown
from tests.support.build import live, plan, slot

BOTH = plan([slot("a"), slot("b")])


def shown(made: Plan) -> ShownPlan:
    return ShownPlan.of(made, commit=None)


def test_a_plan_that_was_shown_completely_has_none_even_if_its_changes_were_not_stored() -> None:
    assert unshown(BOTH, [shown(BOTH)]) == ()
    assert unshown(BOTH, [ShownPlan(digest=BOTH.digest, count=2)]) == ()


def test_several_plans_together_may_have_shown_all_changes() -> None:
    parts = [shown(plan([slot("a")])), shown(plan([slot("b")]))]
    assert unshown(BOTH, parts) == ()
    assert unshown(BOTH, parts[:1]) == ("b",)
    assert unshown(BOTH, []) == ("a", "b")


def test_a_different_change_of_the_same_slot_does_not_count() -> None:
    other = plan([slot("a"), slot("b")], [live("b", name="old")])
    assert unshown(BOTH, [shown(other)]) == ("b",)


def test_no_more_shown_plans_are_requested_than_needed() -> None:
    asked = []

    def plans() -> Iterator[ShownPlan]:
        for made in (BOTH, plan()):
            asked.append(made)
            yield shown(made)

    assert unshown(plan(), plans()) == ()
    assert asked == []
    assert unshown(plan([slot("a")]), plans()) == ()
    assert asked == [BOTH]
