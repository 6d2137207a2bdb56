"""The ledger file as a store: its paths, its lines, and whether its chain is intact."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.chain import ChainReport
from tests.support.clock import VirtualClock


@pytest.fixture
def store(tmp_path: Path) -> FileLedgerStore:
    return FileLedgerStore(tmp_path / "audit.jsonl", VirtualClock())


def record(store: FileLedgerStore, *events: str, run_id: str = "run_1") -> str:
    """The hash of the last line."""
    with store.open(run_id) as ledger:
        for event in events:
            ledger.append(event)
        return ledger.last_hash


def test_a_store_names_its_file_its_lock_and_its_torn_lines(store: FileLedgerStore) -> None:
    assert store.location == str(store.path)
    assert [each.name for each in store.paths] == [
        "audit.jsonl",
        "audit.jsonl.lock",
        "audit.jsonl.torn",
    ]


def test_a_store_without_a_file_is_empty_intact_and_usable(store: FileLedgerStore) -> None:
    assert not store.exists()
    store.require_usable()
    assert store.lines() == ()
    assert store.holder() is None
    (report,) = store.verify()
    assert report == ChainReport(faults=(), lines=0, torn=None, set_aside=None, last_hash="")
    assert not store.exists()


@pytest.mark.skipif(os.name != "posix", reason="POSIX links")
def test_a_dangling_link_counts_as_existing(store: FileLedgerStore) -> None:
    store.path.symlink_to("nowhere")
    assert store.exists()


def test_a_file_that_is_not_a_ledger_is_not_usable(store: FileLedgerStore) -> None:
    store.path.write_bytes(b"export PATH=/usr/bin\n")
    with pytest.raises(LedgerError, match="does not start like a ledger"):
        store.require_usable()


def test_into_a_file_that_is_not_a_ledger_no_lines_are_copied(store: FileLedgerStore) -> None:
    store.path.write_bytes(b"export PATH=/usr/bin\n")
    with pytest.raises(LedgerError, match="does not start like a ledger"):
        store.adopt([b"{}"], origins=(), run_id="import")
    assert [each.exists() for each in store.paths] == [True, False, False]


def test_appended_lines_are_read_back_with_the_clocks_time(store: FileLedgerStore) -> None:
    record(store, "run_started", "run_finished")
    first, second = store.lines()
    assert first is not None
    assert second is not None
    assert (first.event, second.event) == ("run_started", "run_finished")
    assert first.timestamp == "2026-03-02T09:00:00.000Z"
    assert store.exists()


def test_an_open_store_has_a_holder_and_cannot_be_opened_again(store: FileLedgerStore) -> None:
    with store.open("run_1"):
        assert "run run_1" in str(store.holder())
        with pytest.raises(LockHeldError), store.open("run_2"):
            pass
    assert store.holder() is None


def test_an_intact_ledger_is_reported_with_its_number_of_lines_and_last_hash(
    store: FileLedgerStore,
) -> None:
    record(store, "run_started")
    last = record(store, "run_started", "run_finished", run_id="run_2")
    (report,) = store.verify()
    assert report == ChainReport(faults=(), lines=3, torn=None, set_aside=None, last_hash=last)
    assert report.is_whole


def test_a_half_written_last_line_is_counted_after_the_complete_ones(
    store: FileLedgerStore,
) -> None:
    last = record(store, "run_started", "run_finished")
    with store.path.open("ab") as file:
        file.write(b'{"half')
    (report,) = store.verify()
    assert (report.lines, report.torn, report.last_hash) == (2, 3, last)
    assert not report.is_whole


def test_the_file_of_torn_lines_is_reported_once_it_exists(store: FileLedgerStore) -> None:
    record(store, "run_started")
    with store.path.open("ab") as file:
        file.write(b'{"half')
    (report,) = store.verify()
    assert report.set_aside is None
    record(store, "run_started", run_id="run_2")
    (report,) = store.verify()
    assert report.set_aside == str(store.paths[2])
    assert report.is_whole


def test_a_damaged_line_is_a_fault_and_has_no_hash_if_it_is_the_last(
    store: FileLedgerStore,
) -> None:
    record(store, "run_started", "run_finished")
    with store.path.open("ab") as file:
        file.write(b"damaged\n")
    (report,) = store.verify()
    assert [fault.line for fault in report.faults] == [3]
    assert (report.lines, report.torn, report.last_hash) == (3, None, "")
