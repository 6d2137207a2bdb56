"""A position in a file, and its excerpt."""

from __future__ import annotations

from reconciler.model.problem import Source
from reconciler.model.rules.keys import UNKNOWN_KEY

PLACE = Source(file="a.yaml", line=2, column=3)
WITH_LINE = Source(file="a.yaml", line=2, column=3, excerpt="name: no")


def test_the_excerpt_is_not_part_of_the_place() -> None:
    assert WITH_LINE == PLACE
    assert hash(WITH_LINE) == hash(PLACE)
    assert repr(WITH_LINE) == repr(PLACE)
    assert WITH_LINE.model_dump() == {"file": "a.yaml", "line": 2, "column": 3}


def test_different_places_are_not_equal() -> None:
    assert Source(file="a.yaml", line=2, column=4) != PLACE
    assert PLACE != "a.yaml:2:3"


def test_problems_that_differ_only_in_their_excerpts_are_equal() -> None:
    found = [UNKNOWN_KEY.problem(source, message="m") for source in (PLACE, WITH_LINE)]
    assert len(set(found)) == 1
