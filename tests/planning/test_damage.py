"""Unreadable lines of the ledger, and the runs to which they belong."""

from __future__ import annotations

import pytest

from reconciler.errors import LedgerError
from reconciler.model.commands import FLEET, PROJECT
from reconciler.model.ledger import Entry
from reconciler.planning.damage import (
    damage_in_unfinished_runs,
    require_whole_runs,
    unreadable_lines,
)


def entry(name: str, *, run: str = "run_1") -> Entry:
    return Entry(timestamp="", run_id=run, seq=1, event=name, prev_hash="", hash="")


def test_damage_counts_in_a_run_that_never_ended() -> None:
    begun, finished = entry("run_started"), entry("run_finished")
    assert damage_in_unfinished_runs([begun, None, finished]) == ()
    assert damage_in_unfinished_runs([None, begun, finished, None]) == ()
    assert damage_in_unfinished_runs(
        [begun, finished, entry("run_started", run="run_2"), None]
    ) == (4,)


def test_a_lost_start_of_a_run_counts_as_damage_in_that_run() -> None:
    begun, finished = entry("run_started"), entry("run_finished")
    in_progress = entry("change_started", run="run_2")
    assert damage_in_unfinished_runs([begun, finished, None, in_progress]) == (3,)
    assert damage_in_unfinished_runs([None, in_progress]) == (1,)
    assert damage_in_unfinished_runs([None, in_progress, entry("run_finished", run="run_2")]) == ()


def test_a_run_of_a_fleet_has_its_own_end() -> None:
    begun, finished = entry("fleet_started"), entry("fleet_finished")
    assert damage_in_unfinished_runs([begun, None, finished]) == ()
    assert damage_in_unfinished_runs([begun, None, entry("target_ended")]) == (2,)


def test_only_damage_in_unfinished_runs_stops_a_run() -> None:
    require_whole_runs([entry("run_started"), None, entry("run_finished")], commands=PROJECT)
    with pytest.raises(LedgerError, match="Line 2 of the ledger cannot be read") as failure:
        require_whole_runs([entry("run_started"), None], commands=PROJECT)
    assert "Restore the ledger from a backup" in failure.value.hint
    assert "`reconciler drift --metrics`" in failure.value.hint
    with pytest.raises(LedgerError) as failure:
        require_whole_runs([entry("run_started"), None], commands=FLEET)
    assert "`reconciler fleet drift --metrics`" in failure.value.hint


def test_the_warning_names_the_lines_that_cannot_be_read() -> None:
    assert unreadable_lines([entry("run_started")]) is None
    one, two = unreadable_lines([None]), unreadable_lines([None, entry("run_started"), None])
    assert one is not None
    assert two is not None
    assert one.startswith("Line 1 of the ledger cannot be read")
    assert two.startswith("Lines 1, 3 of the ledger cannot be read")
