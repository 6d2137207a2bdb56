"""The list of equivalent mutants describes the code as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.equivalent import EQUIVALENT, Equivalent, reason
from tests.mutants.sampling import Mutant

ROOT = Path(__file__).parents[2]
LISTED = (Equivalent("a.py", "x = 1", "x = 2", "x is never read."),)


def mutant(path: str, before: str, after: str) -> Mutant:
    return Mutant(path, 1, "core/N", before, after)


def test_an_equivalent_mutant_is_identified_by_its_file_and_both_texts() -> None:
    assert reason(mutant("a.py", "x = 1\n", "x = 2\n"), listed=LISTED) == "x is never read."
    assert reason(mutant("a.py", "x = 2\n", "x = 3\n"), listed=LISTED) is None
    assert reason(mutant("a.py", "x = 1\n", "x = 3\n"), listed=LISTED) is None
    assert reason(mutant("b.py", "x = 1\n", "x = 2\n"), listed=LISTED) is None


@pytest.mark.parametrize("each", EQUIVALENT, ids=lambda each: f"{each.path}: {each.after}")
def test_the_code_of_each_listed_equivalent_still_exists(each: Equivalent) -> None:
    source = " ".join((ROOT / each.path).read_text(encoding="utf-8").split())
    assert each.before in source
    assert each.after not in source
    assert each.reason.endswith(".")
