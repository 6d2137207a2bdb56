"""Which changes nobody was shown."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan
from reconciler.planning.shown import unshown
from tests.support.build import live, plan, slot

BOTH = plan([slot("a"), slot("b")])


def shown(made: Plan) -> ShownPlan:
    return ShownPlan.of(made, commit=None)


def test_a_plan_that_was_shown_whole_has_none_even_where_its_changes_were_not_kept() -> None:
    assert unshown(BOTH, [shown(BOTH)]) == ()
    assert unshown(BOTH, [ShownPlan(digest=BOTH.digest, count=2)]) == ()


def test_several_plans_may_have_shown_the_parts() -> None:
    parts = [shown(plan([slot("a")])), shown(plan([slot("b")]))]
    assert unshown(BOTH, parts) == ()
    assert unshown(BOTH, parts[:1]) == ("b",)
    assert unshown(BOTH, []) == ("a", "b")


def test_another_change_of_the_same_slot_is_not_it() -> None:
    other = plan([slot("a"), slot("b")], [live("b", name="old")])
    assert unshown(BOTH, [shown(other)]) == ("b",)


def test_no_more_plans_are_asked_for_than_it_needs() -> None:
    asked = []

    def plans() -> Iterator[ShownPlan]:
        for made in (BOTH, plan()):
            asked.append(made)
            yield shown(made)

    assert unshown(plan(), plans()) == ()
    assert asked == []
    assert unshown(plan([slot("a")]), plans()) == ()
    assert asked == [BOTH]
