"""A slot in its three forms."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.content import PatternContent
from tests.support.build import absent, content, live, slot

NAMES = st.lists(st.text(max_size=2), max_size=5)


def test_the_content_keeps_the_written_order() -> None:
    written = content(depends_on=["b", "a", "b"], patterns=("z", "a"))
    assert written.dependencies == ("b", "a", "b")
    assert written.canonical().dependencies == ("a", "b")
    assert written.canonical().patterns == ("z", "a")


@given(NAMES)
def test_a_canonical_form_is_its_own_canonical_form(names: list[str]) -> None:
    canonical = content(depends_on=names).canonical()
    written = PatternContent(**canonical.canonical_fields())
    assert written.canonical() == canonical
    assert written.canonical_fields() == dataclasses.asdict(canonical)


def test_live_and_desired_slots_of_the_same_content_compare_equal() -> None:
    assert live("a", "b", "c").canonical == slot("a", "c", "b").canonical


def test_an_absent_slot_has_no_content() -> None:
    assert absent("a").is_absent
    assert absent("a").canonical is None
    assert not slot("a").is_absent


def test_a_saved_plan_depends_on_content_and_directives() -> None:
    base = slot("a", "b", "c")
    identity = base.planned_identity()
    assert slot("a", "c", "b").planned_identity() == identity
    assert dataclasses.replace(base, description="prose").planned_identity() == identity
    others = [
        slot("a", "b"),
        slot("a", "b", "c", patterns=("x",)),
        slot("a", "b", "c", trigger_retrain=False),
        slot("a", "b", "c", protect=True),
        absent("a"),
    ]
    assert all(each.planned_identity() != identity for each in others)
