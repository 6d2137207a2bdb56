"""Which fields of a slot differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v1.shapes import parse_slot
from reconciler.model.change import FieldChange
from reconciler.model.content import CanonicalPatternContent, CanonicalSlot
from reconciler.planning.diff import changed_fields
from tests.support.build import content

TEXTS = st.lists(st.text(max_size=3), max_size=4)
SLOTS = st.builds(
    CanonicalPatternContent,
    name=st.none() | st.text(max_size=2),
    type=st.none() | st.sampled_from(["regex", "list"]),
    patterns=TEXTS.map(tuple),
    fill_strategy=st.none() | st.sampled_from(["bestMatch", "strict"]),
    dependencies=TEXTS.map(lambda each: tuple(sorted(set(each)))),
)


def live(**fields: Any) -> CanonicalSlot:
    return parse_slot({"slotId": "slot_a", **fields}, about="Reading").canonical


@given(SLOTS, SLOTS)
def test_only_the_differing_fields_are_named_in_order(
    before: CanonicalPatternContent, after: CanonicalPatternContent
) -> None:
    expected = [
        field
        for field in CanonicalPatternContent.FIELDS
        if getattr(before, field) != getattr(after, field)
    ]
    found = changed_fields(before, after)
    assert [change.field for change in found] == expected
    for change in found:
        assert change.before == _plain(getattr(before, change.field))
        assert change.after == _plain(getattr(after, change.field))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@given(SLOTS)
def test_equal_slots_have_no_difference(slot: CanonicalPatternContent) -> None:
    assert changed_fields(slot, replace(slot)) == ()
    assert changed_fields(None, None) == ()


@given(st.lists(st.text(max_size=2), min_size=1, max_size=5), st.randoms())
def test_order_and_repetition_of_dependencies_make_no_difference(
    dependencies: list[str], random: Any
) -> None:
    shuffled = [*dependencies, dependencies[0]]
    random.shuffle(shuffled)
    assert (
        changed_fields(
            content(depends_on=dependencies).canonical(), content(depends_on=shuffled).canonical()
        )
        == ()
    )


@given(st.permutations(["^a$", "^b$", "^c$"]))
def test_the_order_of_patterns_is_a_difference(patterns: list[str]) -> None:
    before = content(patterns=("^a$", "^b$", "^c$")).canonical()
    after = content(patterns=tuple(patterns)).canonical()
    assert bool(changed_fields(before, after)) == (patterns != ["^a$", "^b$", "^c$"])


def test_a_repeated_pattern_is_a_difference() -> None:
    before = content(patterns=("^a$",)).canonical()
    after = content(patterns=("^a$", "^a$")).canonical()
    assert changed_fields(before, after) == (
        FieldChange(field="patterns", before=["^a$"], after=["^a$", "^a$"]),
    )


@pytest.mark.parametrize("field", ["patterns", "dependencies"])
def test_null_missing_and_an_empty_list_are_the_same(field: str) -> None:
    missing, null, empty = live(), live(**{field: None}), live(**{field: []})
    assert missing == null == empty
    assert changed_fields(missing, null) == changed_fields(null, empty) == ()


@pytest.mark.parametrize("field", ["name", "type", "fillStrategy"])
def test_a_text_that_is_missing_is_null_and_not_empty(field: str) -> None:
    assert changed_fields(live(), live(**{field: None})) == ()
    (change,) = changed_fields(live(), live(**{field: ""}))
    assert (change.before, change.after) == (None, "")


def test_a_creation_shows_every_field_and_a_deletion_too() -> None:
    made = content(depends_on=["slot_b"]).canonical()
    created, deleted = changed_fields(None, made), changed_fields(made, None)
    assert [each.field for each in created] == list(CanonicalPatternContent.FIELDS)
    assert [each.field for each in deleted] == list(CanonicalPatternContent.FIELDS)
    assert {each.before for each in created} == {None}
    assert {each.after for each in deleted} == {None}
