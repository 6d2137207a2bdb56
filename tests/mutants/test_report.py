from __future__ import annotations

import pytest

from tests.mutants.equivalent import Equivalent
from tests.mutants.judging import Judgement
from tests.mutants.report import Report
from tests.mutants.sampling import Mutant

LISTED = (Equivalent("a.py", "x = 1", "x = 2", "x is never read."),)


def judgement(number: int, *, killer: str | None = "the mirrored tests") -> Judgement:
    mutant = Mutant("a.py", number, "core/N", f"x = {number}\n", f"x = {number + 1}\n")
    return Judgement(mutant, killer)


def report(*, killed: int, survived: int) -> Report:
    dead = [judgement(n) for n in range(100, 100 + killed)]
    alive = [judgement(n, killer=None) for n in range(500, 500 + survived)]
    return Report([*dead, *alive], drawn=killed + survived, equivalent=LISTED)


@pytest.mark.parametrize(
    ("killed", "survived", "good"), [(95, 5, True), (94, 6, False), (1, 0, True), (0, 0, False)]
)
def test_95_percent_of_the_mutants_must_be_killed(killed: int, survived: int, good: bool) -> None:
    assert report(killed=killed, survived=survived).is_good is good


def test_equivalent_mutants_do_not_count() -> None:
    found = Report([judgement(1, killer=None), judgement(7)], drawn=2, equivalent=LISTED)
    assert found.score == 1
    assert found.is_good
    assert "equivalent      1" in str(found)
    assert "survived        0" in str(found)


def test_a_mutant_that_is_listed_as_equivalent_but_killed_is_reported() -> None:
    found = Report([judgement(1), judgement(7)], drawn=2, equivalent=LISTED)
    assert not found.is_good
    assert "a.py:1  N, listed as equivalent, was killed by the mirrored tests:" in str(found)


def test_each_survivor_is_reported_with_its_position_and_diff() -> None:
    text = str(report(killed=1, survived=1))
    assert "a.py:500  N survived:" in text
    assert "    -x = 500\n    +x = 501" in text
    assert "  by the mirrored tests: 1" in text


def test_mutants_that_there_was_no_time_for_are_reported() -> None:
    assert "not judged" not in str(report(killed=1, survived=1))
    assert "not judged      3  because time ran out" in str(
        Report([judgement(1)], drawn=4, equivalent=LISTED)
    )
