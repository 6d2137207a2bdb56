from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.chain import ChainReport, Fault


@pytest.mark.parametrize(
    ("found", "whole"),
    [
        ({}, True),
        ({"set_aside": "ledger.torn"}, True),
        ({"torn": 4}, False),
        ({"faults": (Fault(1, "was changed"),)}, False),
    ],
)
def test_a_ledger_is_whole_if_it_has_no_faults_and_no_torn_line(
    found: dict[str, Any], whole: bool
) -> None:
    given = {"faults": (), "lines": 3, "torn": None, "set_aside": None, "last_hash": "", **found}
    assert ChainReport(**given).is_whole is whole
