"""The ledgers of a fleet in a folder; tests/adapters/ledger has those in a database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.errors import LedgerError, LockHeldError
from reconciler.operations.ledger_stores import FleetStores
from reconciler.ports import LedgerStore
from tests.support.clock import VirtualClock

ACME, GLOBEX = "https://acme.cognigy.com", "https://globex.cognigy.com"
LONG = 60.0


def stores(folder: Path) -> FleetStores:
    found = FleetStores(folder / "ledgers", clock=VirtualClock())
    found.prepare()
    return found


def of(fleet: FleetStores, origin: str) -> LedgerStore:
    return fleet.of(origin, clock=fleet.clock)


def test_targets_on_one_origin_share_a_ledger_and_its_lock(tmp_path: Path) -> None:
    fleet = stores(tmp_path)
    with of(fleet, ACME).open("run_1") as ledger:
        ledger.append("run_started")
        with pytest.raises(LockHeldError), of(fleet, ACME).open("run_2"):
            pass
        with of(fleet, GLOBEX).open("run_3") as other:
            other.append("run_started")
        with fleet.fleet().open("run_4") as own:
            own.append("fleet_started")
    assert [len(each.lines()) for each in (of(fleet, ACME), of(fleet, GLOBEX), fleet.fleet())] == [
        1,
        1,
        1,
    ]


def test_a_lock_that_one_thread_holds_keeps_another_out(tmp_path: Path) -> None:
    fleet = stores(tmp_path)

    def opened() -> str:
        with of(fleet, ACME).open("run_2"):
            return "opened"

    with ThreadPoolExecutor(1) as pool:
        with of(fleet, ACME).open("run_1"), pytest.raises(LockHeldError):
            pool.submit(opened).result(LONG)
        assert pool.submit(opened).result(LONG) == "opened"


def test_the_folder_is_created_once_and_a_folder_that_cannot_be_is_reported(tmp_path: Path) -> None:
    fleet = stores(tmp_path)
    fleet.prepare()
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be created") as caught:
        FleetStores(tmp_path / "file", clock=VirtualClock()).prepare()
    assert "COGNIGY_AUDIT_LOG" in caught.value.hint


def test_a_lock_of_one_thread_is_neither_lent_to_another_nor_released_by_it(
    tmp_path: Path,
) -> None:
    fleet = stores(tmp_path)

    def try_to_open() -> None:
        with pytest.raises(LockHeldError), of(fleet, ACME).open("run_2"):
            pass
        assert "run run_1" in (of(fleet, ACME).holder() or "")

    with ThreadPoolExecutor(1) as pool, of(fleet, ACME).open("run_1") as ledger:
        for _ in range(3):
            pool.submit(try_to_open).result(LONG)
            ledger.append("run_started")
    assert of(fleet, ACME).holder() is None


def test_of_many_threads_that_open_at_once_one_writes_at_a_time(tmp_path: Path) -> None:
    fleet, threads, rounds = stores(tmp_path), 8, 20
    begun, inside = threading.Barrier(threads), []

    def work(number: int) -> int:
        begun.wait(LONG)
        written = 0
        while written < rounds:
            try:
                with of(fleet, ACME).open(f"run_{number}") as ledger:
                    inside.append(number)
                    ledger.append("run_started")
                    written += 1
                    assert inside.pop() == number
                    assert not inside
            except LockHeldError:
                continue
        return written

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(work, range(threads))) == [rounds] * threads
    (report,) = of(fleet, ACME).verify()
    assert report.is_whole
    assert report.lines == threads * rounds


def test_a_store_waits_by_the_clock_of_its_own_thread(tmp_path: Path) -> None:
    fleet, clock = stores(tmp_path), VirtualClock()
    clock.advance(3600.0)
    with fleet.of(ACME, clock=clock).open("run_1") as ledger:
        ledger.append("run_started")
    (line,) = fleet.of(ACME, clock=fleet.clock).lines()
    assert line is not None
    assert line.moment == clock.now()
