"""The shared ledger: a chain for each origin, and what is found if someone changes one."""

from __future__ import annotations

import pytest

from reconciler.errors import LockHeldError
from tests.adapters.ledger.conftest import ORIGIN, shared
from tests.support.postgres import Database

OTHER = "https://other.cognigy.com"
OFF = "alter table reconciler.event disable trigger append_only;"


def record(database: Database, *events: str, origin: str = ORIGIN, run_id: str = "run_1") -> None:
    with shared(database, origin=origin).open(run_id) as ledger:
        for event in events:
            ledger.append(event)


def test_each_origin_has_its_own_chain_and_its_own_lock(database: Database) -> None:
    record(database, "run_started")
    with shared(database).open("run_2") as ours, shared(database, origin=OTHER).open("run_3"):
        record_here = shared(database, origin=OTHER)
        with pytest.raises(LockHeldError, match="run run_3"), record_here.open("run_4"):
            raise AssertionError
        ours.append("run_started")
    record(database, "run_started", origin=OTHER, run_id="run_5")
    assert [line.seq for line in shared(database).lines() if line] == [1, 2]
    assert [line.seq for line in shared(database, origin=OTHER).lines() if line] == [1]


def test_all_chains_together_are_read_and_verified_and_their_holders_named(
    database: Database,
) -> None:
    record(database, "run_started", "run_finished")
    record(database, "run_started", origin=OTHER, run_id="run_2")
    everything = shared(database, origin=None)
    assert [line.run_id for line in everything.lines() if line] == ["run_1", "run_1", "run_2"]
    assert [(each.chain, each.lines) for each in everything.verify()] == [(ORIGIN, 2), (OTHER, 1)]
    with shared(database).open("run_3"), shared(database, origin=OTHER).open("run_4"):
        said = everything.holder()
    assert said is not None
    assert "run run_3, on " in said
    assert "run run_4, on " in said


def test_all_chains_together_cannot_be_written(database: Database) -> None:
    with (
        pytest.raises(ValueError, match="only be read"),
        shared(database, origin=None).open("run_1"),
    ):
        raise AssertionError


@pytest.mark.parametrize(
    ("tampering", "line", "message"),
    [
        ("update reconciler.event set line = replace(line, 'gate_', 'gone_')", 2, "was changed"),
        ("update reconciler.event set line = line || ' ' where seq = 2", 2, "was changed"),
        ("update reconciler.event set line = '' where seq = 3", 3, "cannot be read"),
        ("delete from reconciler.event where seq = 2", 2, "does not follow"),
        ("update reconciler.event set hash = 'x' where seq = 2", 2, "columns"),
        ("update reconciler.event set prev_hash = 'x' where seq = 3", 3, "columns"),
        ("update reconciler.event set seq = 5 where seq = 3", 3, "columns"),
    ],
)
def test_what_the_owner_changes_is_found_and_the_line_named(
    database: Database, tampering: str, line: int, message: str
) -> None:
    record(database, "run_started", "gate_passed", "run_finished")
    database.execute(OFF + tampering)
    (report,) = shared(database).verify()
    assert not report.is_whole
    assert report.faults[0].line == line
    assert message in report.faults[0].message


def test_a_store_has_no_files_and_its_location_no_password(database: Database) -> None:
    store = shared(database)
    assert store.paths == ()
    assert store.exists()
    assert store.location == f"postgresql://writer@/slots?host={database.server.folder}"


def test_lines_about_several_tenants_are_in_the_chain_of_each_and_shown_once(
    database: Database,
) -> None:
    record(database, "run_started", "run_finished")
    lines = shared(database).chains()[ORIGIN]
    database.execute(OFF)
    database.execute("delete from reconciler.event")
    everyone = shared(database, origin=None)
    assert everyone.adopt(lines, origins=[ORIGIN, OTHER], run_id="import") == 2
    record(database, "run_started", origin=OTHER, run_id="run_2")
    assert [line.run_id for line in everyone.lines() if line] == ["run_1", "run_1", "run_2"]
    assert [(each.lines, each.is_whole) for each in everyone.verify()] == [(2, True), (3, True)]


def test_an_export_can_be_imported_again_to_go_on(database: Database) -> None:
    record(database, "run_started", "run_finished")
    lines = list(shared(database).chains()[ORIGIN])
    database.execute(OFF)
    database.execute("delete from reconciler.event where seq = 2")
    assert shared(database).adopt(lines, origins=[ORIGIN], run_id="import") == 1
    assert list(shared(database).chains()[ORIGIN]) == lines
