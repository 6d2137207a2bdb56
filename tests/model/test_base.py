"""Immutable nouns, strict JSON, and the canonical JSON that is hashed."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.model.base import Frozen, canonical_json, parsed_json, rfc3339, sha256_of

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


class Point(Frozen):
    x: int


def test_a_noun_is_immutable() -> None:
    point = Point(x=1)
    with pytest.raises(ValidationError):
        point.x = 2


def test_a_noun_refuses_unknown_fields_and_coerces_nothing() -> None:
    with pytest.raises(ValidationError):
        Point.model_validate({"x": 1, "y": 2})
    with pytest.raises(ValidationError):
        Point.model_validate({"x": "1"})


def test_canonical_json_is_sorted_dense_and_utf8() -> None:
    assert canonical_json({"b": [1, None], "a": "ä"}) == '{"a":"ä","b":[1,null]}'.encode()


def test_canonical_json_refuses_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"rate": float("nan")})


def test_a_lone_surrogate_keeps_its_escape() -> None:
    assert canonical_json("\ud800") == b'"\\ud800"'


@given(JSON)
def test_canonical_json_reads_back_as_the_same_value_with_the_same_hash(value: object) -> None:
    data = canonical_json(value)
    again = json.loads(data)
    assert again == value
    assert canonical_json(again) == data
    assert sha256_of(value) == hashlib.sha256(data).hexdigest()


def test_a_time_is_utc_with_z_and_milliseconds() -> None:
    moment = datetime(2026, 3, 2, 9, 0, 0, 123_456, tzinfo=timezone.utc)
    assert rfc3339(moment) == "2026-03-02T09:00:00.123Z"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_json_only_to_python_are_refused(number: str) -> None:
    with pytest.raises(ValueError, match="is not a number in JSON"):
        parsed_json(f'{{"a": [{number}]}}')


@given(JSON)
def test_canonical_json_survives_a_round_trip(value: object) -> None:
    assert canonical_json(parsed_json(canonical_json(value))) == canonical_json(value)
