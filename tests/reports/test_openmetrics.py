"""Metrics as text that the parser of Prometheus' own client reads strictly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.reports.openmetrics import Family, buckets, exposition
from tests.support.metrics import families_in
from tests.support.values import ANY_TEXT

GAUGE = Family("some_gauge", "gauge", 'What "it" is:\n\\ and more.', labels=("name",))


@given(st.dictionaries(ANY_TEXT, st.floats(allow_nan=False), max_size=5))
def test_labels_and_values_are_read_as_they_were(values: dict[str, float]) -> None:
    safe = {name.encode("utf-8", "replace").decode(): value for name, value in values.items()}
    samples = [GAUGE.sample(value, name=name) for name, value in safe.items()]
    (family,) = families_in(exposition([(GAUGE, samples)]))
    assert {each.labels["name"]: each.value for each in family.samples} == safe
    assert family.documentation == GAUGE.help


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    text = exposition([(GAUGE, [GAUGE.sample(1, name="a\udc80")])])
    assert text.encode("utf-8")
    assert 'name="a?"' in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1772443800, "1772443800"), (0.25, "0.25"), (math.inf, "+Inf"), (-math.inf, "-Inf")],
)
def test_a_number_keeps_all_its_digits(value: float, shown: str) -> None:
    assert f"some_gauge {shown}\n" in exposition([(GAUGE, [GAUGE.sample(value)])])
    assert "some_gauge NaN\n" in exposition([(GAUGE, [GAUGE.sample(math.nan)])])


@pytest.mark.parametrize(
    ("kind", "suffix"), [("counter", "_total"), ("info", "_info"), ("gauge", "")]
)
def test_each_type_has_its_suffix(kind: object, suffix: str) -> None:
    family = Family("some", kind, "Help.")  # type: ignore[arg-type]
    (read,) = families_in(exposition([(family, [family.sample(1, a="b")])]))
    assert (read.type, read.samples[0].name) == (kind, f"some{suffix}")


def test_a_histogram_counts_up_to_each_bound() -> None:
    family = Family("took_seconds", "histogram", "Help.", unit="seconds")
    samples = buckets({1: 2, 5: 0, math.inf: 3}, total=40.5, labels={"a": "b"})
    (read,) = families_in(exposition([(family, samples)]))
    values = {(each.name, each.labels.get("le")): each.value for each in read.samples}
    assert values == {
        ("took_seconds_bucket", "1.0"): 2,
        ("took_seconds_bucket", "5.0"): 2,
        ("took_seconds_bucket", "+Inf"): 5,
        ("took_seconds_count", None): 5,
        ("took_seconds_sum", None): 40.5,
    }
    assert read.unit == "seconds"


def test_a_family_whose_name_does_not_end_with_its_unit_is_a_defect() -> None:
    with pytest.raises(ValueError, match="not the name of a family in seconds"):
        exposition([(Family("took", "gauge", "Help.", unit="seconds"), [])])


def test_the_text_ends_with_its_mark() -> None:
    assert exposition([]) == "# EOF\n"
