"""The contents of a slot in either API: what a file leaves unmanaged, and what is compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.content import FILLER_SWITCHES, FILLER_TEXTS, FillerContent
from tests.support.values import CONTENTS, FILLERS

ORDER = FillerContent(
    flow="Order intake", name="order", type="regex", regex="/a/", context_key="order"
)


@given(CONTENTS)
def test_a_canonical_form_is_canonical_already(content: FillerContent) -> None:
    assert content.canonical().canonical() == content.canonical()


@given(FILLERS, FILLERS)
def test_a_completed_filler_differs_from_the_live_one_in_named_fields_alone(
    desired: FillerContent, live: FillerContent
) -> None:
    completed = desired.completed(live)
    for name in (*FILLER_TEXTS, *FILLER_SWITCHES):
        named = getattr(desired, name)
        assert getattr(completed, name) == (getattr(live, name) if named is None else named)
    assert completed.dependencies == desired.dependencies


@given(FILLERS)
def test_a_live_filler_described_by_its_own_fields_needs_no_change(live: FillerContent) -> None:
    assert live.completed(live).canonical() == live.canonical()


def test_a_new_filler_stores_its_result_where_it_has_a_key_and_nothing_else() -> None:
    created = ORDER.completed(None)
    assert {name: getattr(created, name) for name in FILLER_SWITCHES} == {
        **dict.fromkeys(FILLER_SWITCHES, False),
        "store_result_in_context": True,
    }
    assert FillerContent(flow="f", name="n", type="email").completed(None).canonical() == (
        FillerContent(flow="f", name="n", type="email").canonical()
    )


def test_a_switch_that_the_file_turns_off_stays_off_in_a_new_filler() -> None:
    off = FillerContent(
        flow="f", name="n", type="email", context_key="k", store_result_in_context=False
    )
    assert off.completed(None).store_result_in_context is False


@given(FILLERS, st.sampled_from(FILLER_TEXTS))
def test_an_empty_text_is_an_absent_one(filler: FillerContent, field: str) -> None:
    values = {name: getattr(filler, name) for name in FillerContent.FIELDS}
    empty, absent = (FillerContent(**{**values, field: value}) for value in ("", None))
    assert empty.canonical() == absent.canonical()


def test_dependencies_are_not_compared_because_the_tenant_does_not_know_them() -> None:
    dependent = ORDER.completed(None).completed(
        FillerContent(flow="f", name="n", type="regex", dependencies=("a",))
    )
    assert dependent.dependencies == ()
    named = FillerContent(flow="f", name="n", type="email", dependencies=("a",))
    assert named.canonical() == FillerContent(flow="f", name="n", type="email").canonical()


def test_an_edit_of_fields_that_an_update_does_not_send_is_beside_it() -> None:
    sent = replace(ORDER, regex="/b/")
    theirs: dict[str, Any] = {"result_location": "x", "use_positive_only": True}
    assert ORDER.rebased(sent=sent, live=replace(sent, **theirs)) == replace(ORDER, **theirs)


@pytest.mark.parametrize(
    "live",
    [
        {"regex": "/b/"},
        {"regex": "/c/", "result_location": "x"},
        {"regex": "/a/", "result_location": "x"},
        {"regex": "/b/", "name": "other"},
    ],
    ids=["no edit", "of what was sent", "of what is not stored", "a renaming"],
)
def test_any_other_content_is_not(live: dict[str, Any]) -> None:
    assert ORDER.rebased(sent=replace(ORDER, regex="/b/"), live=replace(ORDER, **live)) is None


def test_the_regex_is_sent_with_every_update() -> None:
    sent = replace(ORDER, context_key="number")
    assert ORDER.rebased(sent=sent, live=replace(sent, regex="/c/")) is None
