"""Appending when the connection is cut: no line is lost, and none is recorded twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.adapters.ledger.postgres import Terms
from reconciler.errors import LedgerError
from tests.adapters.ledger.conftest import shared
from tests.support.cutting import Cut, Cutter, cutting
from tests.support.postgres import Database, Server
from tests.support.recorder import Recorder


@pytest.fixture(scope="session")
def cutter(server: Server) -> Iterator[Cutter]:
    with cutting(server) as running:
        yield running


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.lists(st.sampled_from(Cut), max_size=3), min_size=1, max_size=4))
def test_a_commit_that_was_not_confirmed_is_neither_lost_nor_doubled(
    database: Database, cutter: Cutter, cuts: list[list[Cut]]
) -> None:
    before = len(shared(database).lines())
    with shared(database, folder=str(cutter.folder)).open("run_1") as ledger:
        for number, each in enumerate(cuts):
            cutter.cuts[:] = each
            ledger.append("gate_passed", number=number)
            cutter.cuts.clear()
    lines = [line for line in shared(database).lines()[before:] if line]
    assert [line.data["number"] for line in lines] == list(range(len(cuts)))
    (report,) = shared(database).verify()
    assert report.is_whole


def test_a_wait_for_the_database_is_announced_once(database: Database, cutter: Cutter) -> None:
    store = shared(database, folder=str(cutter.folder))
    assert isinstance(store.observer, Recorder)
    with store.open("run_1") as ledger:
        made = cutter.made
        cutter.cuts[:] = [Cut.AFTER_THE_SERVER]
        ledger.append("run_started")
        assert cutter.made == made + 1
    (said,) = store.observer.warnings
    assert "cannot be reached" in said


def test_a_server_that_was_frozen_is_given_up_and_asked_again(
    database: Database, cutter: Cutter
) -> None:
    store = shared(database, folder=str(cutter.folder), terms=Terms(answer_seconds=0.5))
    with store.open("run_1") as ledger:
        cutter.swallowed = 2
        ledger.append("run_started")
        assert cutter.swallowed == 0
        ledger.append("run_finished")
    assert [line.event for line in shared(database).lines() if line] == [
        "run_started",
        "run_finished",
    ]


def test_a_database_that_stays_away_ends_the_run_when_the_lease_ends(
    database: Database, cutter: Cutter
) -> None:
    store = shared(database, folder=str(cutter.folder))
    with store.open("run_1") as ledger:
        ledger.append("run_started")
        cutter.cuts[:] = [Cut.BEFORE_THE_SERVER] * 1000
        with pytest.raises(LedgerError, match="cannot be reached") as caught:
            ledger.append("change_started")
        assert "Nothing more is sent" in caught.value.hint
        assert store.clock.monotonic() < store.terms.seconds
        cutter.cuts.clear()
        with pytest.raises(LedgerError, match="cannot be reached"):
            ledger.append("run_finished")
    assert [line.event for line in shared(database).lines() if line] == ["run_started"]
