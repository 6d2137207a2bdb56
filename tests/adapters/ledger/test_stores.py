"""What every store of a ledger does: a chain of lines, one writer, and readers without a lock."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.errors import LedgerError, LockHeldError
from tests.adapters.ledger.conftest import ORIGIN, Reopen
from tests.support.clock import VirtualClock

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def record(reopen: Reopen, *events: str, run_id: str = "run_1", **data: Any) -> str:
    """The hash of the last line."""
    with reopen().open(run_id) as ledger:
        for event in events:
            ledger.append(event, **data)
        return ledger.last_hash


def test_every_line_follows_the_one_before_it_also_in_the_next_run(reopen: Reopen) -> None:
    record(reopen, "run_started", "run_finished", name="Straße")
    last = record(reopen, "run_started", run_id="run_2")
    lines = [line for line in reopen().lines() if line is not None]
    assert [line.seq for line in lines] == [1, 2, 3]
    assert [line.run_id for line in lines] == ["run_1", "run_1", "run_2"]
    assert [line.prev_hash for line in lines] == ["", lines[0].hash, lines[1].hash]
    assert lines[-1].hash == last
    (report,) = reopen().verify()
    assert report.is_whole
    assert (report.lines, report.last_hash) == (3, last)


def test_a_hash_is_that_of_the_canonical_line(reopen: Reopen) -> None:
    record(reopen, "change_started", slot_id="a", before={"b": 1, "a": None})
    (line,) = reopen().lines()
    assert line is not None
    bare = {
        **{key: getattr(line, key) for key in ("timestamp", "run_id", "seq", "event", "prev_hash")},
        **line.data,
    }
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert line.hash == hashlib.sha256(text.encode()).hexdigest()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON)
def test_any_json_comes_back_as_it_was_recorded(reopen: Reopen, value: Any) -> None:
    record(reopen, "change_started", value=value)
    line = reopen().lines()[-1]
    assert line is not None
    assert line.data["value"] == value
    assert all(report.is_whole for report in reopen().verify())


def test_lone_surrogates_and_any_script_are_read_back_unchanged(reopen: Reopen) -> None:
    texts = ["ä", "漢字", "🎉", "\ud800", "\x00\x1b", "\u2028", "a\nb", "\\u0000"]
    record(reopen, "run_started", texts=texts)
    (line,) = reopen().lines()
    assert line is not None
    assert line.data["texts"] == texts


def test_a_line_can_be_read_when_append_returns(reopen: Reopen) -> None:
    with reopen().open("run_1") as ledger:
        assert ledger.last_hash == ""
        ledger.append("run_started")
        (line,) = reopen().lines()
        assert line is not None
        assert ledger.last_hash == line.hash
        assert ledger.lines == (line,)


def test_data_that_cannot_be_recorded_is_reported_and_the_ledger_goes_on(reopen: Reopen) -> None:
    deep: Any = None
    for _ in range(400):
        deep = [deep]
    with reopen().open("run_1") as ledger:
        with pytest.raises(LedgerError, match="cannot record change_started"):
            ledger.append("change_started", before={"deep": deep})
        ledger.append("run_finished")
    assert [line.event for line in reopen().lines() if line] == ["run_finished"]


def test_a_second_apply_is_refused_and_the_holder_named(reopen: Reopen) -> None:
    with reopen().open("run_1"):
        assert f"pid {os.getpid()}, run run_1, on " in (reopen().holder() or "")
        with pytest.raises(LockHeldError, match=f"pid {os.getpid()}, run run_1, on ") as caught:
            record(reopen, "run_started", run_id="run_2")
        assert caught.value.exit_code == 4
        assert "Wait for it to finish" in caught.value.hint
    assert reopen().holder() is None
    record(reopen, "run_started", run_id="run_3")
    assert [line.run_id for line in reopen().lines() if line] == ["run_3"]


def test_a_ledger_that_machines_share_has_a_higher_fence_each_time(reopen: Reopen) -> None:
    fences = []
    for number in range(3):
        with reopen().open(f"run_{number}") as ledger:
            fences.append(ledger.fence)
    if isinstance(reopen(), FileLedgerStore):
        assert fences == [0, 0, 0]
    else:
        assert fences == sorted(set(fences))
        assert fences[0] > 0


def test_a_run_that_ends_with_an_error_releases_the_lock(reopen: Reopen) -> None:
    with pytest.raises(ZeroDivisionError), reopen().open("run_1"):
        raise ZeroDivisionError
    record(reopen, "run_started", run_id="run_2")


def test_a_lease_that_lives_lets_any_write_leave(reopen: Reopen) -> None:
    with reopen().open("run_1") as ledger:
        ledger.require(0)
        ledger.require(60)
        ledger.append("run_started")


def test_a_ledger_that_nothing_was_recorded_in_is_empty_and_intact(reopen: Reopen) -> None:
    store = reopen()
    store.require_usable()
    assert store.lines() == ()
    assert store.holder() is None
    assert sum(report.lines for report in store.verify()) == 0
    assert all(report.is_whole for report in store.verify())


def test_lines_come_out_as_they_were_written_and_go_in_unchanged(
    reopen: Reopen, tmp_path: Path
) -> None:
    source = FileLedgerStore(tmp_path / "source.jsonl", clock=VirtualClock())
    with source.open("run_1") as ledger:
        ledger.append("run_started", texts=["ä", "\x00", "\ud800"])
        ledger.append("run_finished")
    lines = source.chains()[""]
    assert reopen().adopt(lines, origins=[ORIGIN], run_id="import") == 2
    (copied,) = reopen().chains().values()
    assert list(copied) == lines
    assert reopen().adopt(lines, origins=[ORIGIN], run_id="import") == 0
    record(reopen, "run_started", run_id="run_2")
    (report,) = reopen().verify()
    assert report.is_whole
    assert report.lines == 3


def test_a_ledger_with_other_lines_is_never_written_over(reopen: Reopen, tmp_path: Path) -> None:
    record(reopen, "run_started")
    source = FileLedgerStore(tmp_path / "source.jsonl", clock=VirtualClock())
    with source.open("run_2") as ledger:
        ledger.append("run_started")
        ledger.append("run_finished")
    before = reopen().chains()
    with pytest.raises(LedgerError):
        reopen().adopt(source.chains()[""], origins=[ORIGIN], run_id="import")
    assert reopen().chains() == before
    with reopen().open("run_3"), pytest.raises(LockHeldError, match="run run_3"):
        reopen().adopt(source.chains()[""], origins=[ORIGIN], run_id="import")
