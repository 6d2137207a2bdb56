"""The list of equivalent mutants describes the code as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.equivalent import EQUIVALENT, Equivalent

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("listed", EQUIVALENT, ids=lambda each: f"{each.path}: {each.reason}")
def test_the_code_still_has_the_lines_that_an_equivalent_mutant_changes(
    listed: Equivalent,
) -> None:
    code = " ".join((ROOT / listed.path).read_text(encoding="utf-8").split())
    assert listed.before in code
    assert listed.after not in code
