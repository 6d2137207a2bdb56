"""A place, and the line that it brings along."""

from __future__ import annotations

from reconciler.model.problem import Source
from reconciler.model.rules.keys import UNKNOWN_KEY

PLACE = Source(file="a.yaml", line=2, column=3)
WITH_LINE = Source(file="a.yaml", line=2, column=3, excerpt="name: no")


def test_the_line_is_no_part_of_the_place() -> None:
    assert WITH_LINE == PLACE
    assert hash(WITH_LINE) == hash(PLACE)
    assert repr(WITH_LINE) == repr(PLACE)
    assert WITH_LINE.model_dump() == {"file": "a.yaml", "line": 2, "column": 3}


def test_another_place_is_another() -> None:
    assert Source(file="a.yaml", line=2, column=4) != PLACE
    assert PLACE != "a.yaml:2:3"


def test_a_problem_found_twice_is_one_whatever_line_it_brings() -> None:
    found = [UNKNOWN_KEY.problem(source, message="m") for source in (PLACE, WITH_LINE)]
    assert len(set(found)) == 1
