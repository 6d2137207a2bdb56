"""What a drift report says of the slots whose change must not stay live."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DocumentError
from reconciler.formats.rejected import parsed_rejected
from reconciler.model.reversal import Rejected


def rejected(**document: Any) -> tuple[Rejected, ...]:
    return parsed_rejected(document, source="drift.json")


def test_a_failed_bake_names_its_run() -> None:
    bake = {"slot_id": "a", "run_id": "run_1", "result": "failed", "reason": "fell", "until": "x"}
    assert rejected(bake=[bake, {**bake, "slot_id": "b", "result": "on_probation"}]) == (
        Rejected(slot_id="a", run_id="run_1", reason="its bake failed: fell"),
    )


def test_a_rejection_counts_only_while_it_is_live() -> None:
    found = rejected(
        rejected=[
            {"slot_id": "a", "run_id": "run_2", "reason": "fell", "live": True},
            {"slot_id": "b", "run_id": "run_2", "reason": "fell", "live": False},
        ]
    )
    assert found == (Rejected(slot_id="a", reason="fell"),)


def test_a_failed_bake_is_not_listed_twice() -> None:
    found = rejected(
        rejected=[{"slot_id": "a", "run_id": "drift_1", "reason": "fell", "live": True}],
        bake=[{"slot_id": "a", "run_id": "run_1", "result": "failed"}],
    )
    assert [(each.slot_id, each.run_id) for each in found] == [("a", "run_1")]


def test_a_report_without_bakes_has_none() -> None:
    assert rejected(drifted=False, changes=[]) == ()


def test_what_is_no_drift_report_is_an_error() -> None:
    with pytest.raises(DocumentError, match="not a drift report"):
        rejected(bake=[{"slot_id": 7}])
