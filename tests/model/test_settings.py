from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.model.settings import Limits, Settings


@pytest.mark.parametrize(
    ("globs", "slot_id", "claimed"),
    [
        ((), "slot_a", False),
        (("*",), "slot_a", True),
        (("slot_*",), "slot_a", True),
        (("slot_*",), "Slot_a", False),
        (("slot_?",), "slot_ab", False),
        (("other_*", "slot_[ab]"), "slot_b", True),
    ],
)
def test_a_project_owns_the_ids_that_a_glob_matches_completely_and_in_their_case(
    globs: tuple[str, ...], slot_id: str, claimed: bool
) -> None:
    assert Settings(owns=globs).claims(slot_id) is claimed


@pytest.mark.parametrize(
    "limits",
    [
        {"requests_per_minute": 0},
        {"max_attempts": 0},
        {"max_attempts": 21},
        {"max_changes": -1},
        {"max_delete_fraction": 1.1},
        {"max_delete_fraction": -0.1},
    ],
)
def test_a_limit_outside_its_range_is_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Limits(**limits)


def test_the_bounds_of_a_range_are_allowed() -> None:
    Limits(requests_per_minute=1, max_attempts=1, max_changes=0, max_delete_fraction=0)
    Limits(max_attempts=20, max_delete_fraction=1)
