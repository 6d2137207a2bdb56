"""The ledgers of a fleet in a folder; tests/adapters/ledger has those in a database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.errors import LedgerError, LockHeldError
from reconciler.operations.ledger_stores import FleetStores
from tests.support.clock import VirtualClock

ACME, GLOBEX = "https://acme.cognigy.com", "https://globex.cognigy.com"
LONG = 60.0


def stores(folder: Path) -> FleetStores:
    found = FleetStores(folder / "ledgers", clock=VirtualClock())
    found.prepare()
    return found


def test_targets_on_one_origin_share_a_ledger_and_its_lock(tmp_path: Path) -> None:
    fleet = stores(tmp_path)
    with fleet.of(ACME).open("run_1") as ledger:
        ledger.append("run_started")
        with pytest.raises(LockHeldError), fleet.of(ACME).open("run_2"):
            pass
        with fleet.of(GLOBEX).open("run_3") as other:
            other.append("run_started")
        with fleet.fleet().open("run_4") as own:
            own.append("fleet_started")
    assert [len(each.lines()) for each in (fleet.of(ACME), fleet.of(GLOBEX), fleet.fleet())] == [
        1,
        1,
        1,
    ]


def test_a_lock_that_one_thread_holds_keeps_another_out(tmp_path: Path) -> None:
    fleet = stores(tmp_path)

    def opened() -> str:
        with fleet.of(ACME).open("run_2"):
            return "opened"

    with ThreadPoolExecutor(1) as pool:
        with fleet.of(ACME).open("run_1"), pytest.raises(LockHeldError):
            pool.submit(opened).result(LONG)
        assert pool.submit(opened).result(LONG) == "opened"


def test_the_folder_is_created_once_and_a_folder_that_cannot_be_is_reported(tmp_path: Path) -> None:
    fleet = stores(tmp_path)
    fleet.prepare()
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be created") as caught:
        FleetStores(tmp_path / "file", clock=VirtualClock()).prepare()
    assert "COGNIGY_AUDIT_LOG" in caught.value.hint
