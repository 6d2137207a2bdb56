"""The schema: made once, migrated, and open to the roles that the grants name and no others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from reconciler.adapters.ledger.postgres import grants, initialise, migrate
from reconciler.adapters.ledger.postgres.schema import _BEGIN, MIGRATIONS
from reconciler.errors import LedgerError
from tests.adapters.ledger.conftest import ORIGIN, shared
from tests.support.postgres import OWNER, READER, WRITER, Database

FORGET = "drop schema reconciler cascade"


def record(database: Database) -> None:
    with shared(database).open("run_1") as ledger:
        ledger.append("run_started")
        ledger.append("run_finished")


def test_a_schema_is_made_once_and_then_left_as_it_is(database: Database) -> None:
    record(database)
    assert not initialise(database.access(OWNER))
    assert len(shared(database).lines()) == 2


def test_two_who_make_it_at_once_make_one(database: Database) -> None:
    database.execute(FORGET)
    with ThreadPoolExecutor() as both:
        made = list(both.map(initialise, [database.access(OWNER)] * 2))
    assert sorted(made) == [False, True]


def test_an_old_schema_is_refused_until_it_is_migrated(database: Database) -> None:
    database.execute(FORGET)
    database.execute(
        "create schema reconciler; create table reconciler.version (number integer not null);"
        "insert into reconciler.version values (0)"
    )
    store = shared(database, role=OWNER)
    for use in (store.require_usable, store.lines, store.verify, store.chains, store.holder):
        with pytest.raises(LedgerError, match="version 0, which is too old") as caught:
            use()
        assert "reconciler ledger migrate" in caught.value.hint
    assert migrate(database.access(OWNER)) == len(MIGRATIONS)
    assert migrate(database.access(OWNER)) == 0
    shared(database, role=OWNER).require_usable()


def test_a_migration_keeps_every_line_and_every_lock(database: Database) -> None:
    with shared(database).open("run_1") as ledger:
        ledger.append("run_started")
        back_to_the_first_version(database)
        assert migrate(database.access(OWNER)) == len(MIGRATIONS) - 1
        for role in (OWNER, WRITER, READER):
            assert shared(database, role=role).lines() == ledger.lines
            assert "run run_1" in (shared(database, role=role).holder() or "")
        assert database.execute("select chain from reconciler.holder") == [(ORIGIN,)]
        ledger.append("run_finished")
    record(database)
    assert len(shared(database).lines()) == 4
    assert all(report.is_whole for report in shared(database).verify())
    assert database.execute("select 1 from reconciler.holder") == []


def back_to_the_first_version(database: Database) -> None:
    """Put the same rows into a schema of version 1."""
    database.execute(
        "create schema kept; alter table reconciler.event set schema kept;"
        "alter table reconciler.lease set schema kept;"
        "alter table reconciler.holder set schema kept"
    )
    database.execute(f"{FORGET}; {_BEGIN} {MIGRATIONS[0]}")
    database.execute(
        "update reconciler.version set number = 1;"
        "insert into reconciler.event table kept.event;"
        "insert into reconciler.lease table kept.lease;"
        "insert into reconciler.holder select id, expires_at, about from kept.holder;"
        "insert into reconciler.holder values (gen_random_uuid(), 'epoch', 'of no lease');"
        "drop schema kept cascade"
    )
    for statement in grants(writers=[WRITER], readers=[READER]):
        database.execute(statement)


def test_a_schema_of_the_future_is_refused(database: Database) -> None:
    database.execute("update reconciler.version set number = 99")
    store = shared(database)
    for use in (store.require_usable, store.lines, store.verify, store.chains, store.holder):
        with pytest.raises(LedgerError, match="version 99, which is too new"):
            use()
    with pytest.raises(LedgerError, match="version 99, which is too new"):
        migrate(database.access(OWNER))
    assert database.execute("select number from reconciler.version") == [(99,)]


def test_without_a_schema_every_message_says_how_to_make_one(database: Database) -> None:
    database.execute(FORGET)
    store = shared(database)
    assert not store.exists()
    for use in (store.require_usable, store.lines, store.verify, store.holder):
        with pytest.raises(LedgerError) as caught:
            use()
        assert "reconciler ledger init" in caught.value.hint
    with pytest.raises(LedgerError, match="has no ledger yet"):
        migrate(database.access(OWNER))


@pytest.mark.parametrize("role", [OWNER, WRITER, READER])
@pytest.mark.parametrize(
    "statement",
    [
        "update reconciler.event set line = ''",
        "delete from reconciler.event",
        "delete from reconciler.event where false",
        "truncate reconciler.event",
        "truncate reconciler.event cascade",
    ],
)
def test_no_role_changes_what_was_recorded(database: Database, role: str, statement: str) -> None:
    record(database)
    before = shared(database).lines()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute(statement, role=role)
    assert shared(database).lines() == before


def test_a_reader_reads_everything_and_takes_no_lock(database: Database) -> None:
    record(database)
    reader = shared(database, role=READER)
    reader.require_usable()
    assert len(reader.lines()) == 2
    assert all(report.is_whole for report in reader.verify())
    assert reader.holder() is None
    with pytest.raises(LedgerError, match="permission denied") as caught, reader.open("run_2"):
        raise AssertionError
    assert "grants" in caught.value.hint


def test_a_role_without_grants_is_told_about_them(database: Database) -> None:
    database.execute(f"revoke usage on schema reconciler from {READER}")
    with pytest.raises(LedgerError) as caught:
        shared(database, role=READER).lines()
    assert "grants" in caught.value.hint


def test_grants_quote_any_name_of_a_role() -> None:
    assert all('"a ""b"""' in each for each in grants(writers=['a "b"'], readers=['a "b"']))


def test_a_database_that_cannot_hold_every_text_is_refused(database: Database) -> None:
    database.execute("drop database if exists narrow")
    database.execute("create database narrow encoding 'SQL_ASCII' template template0")
    narrow = Database(database.server, "narrow")
    with pytest.raises(LedgerError, match="encoding SQL_ASCII"):
        initialise(narrow.access(OWNER))


def test_a_role_that_may_not_make_the_schema_is_told_so(database: Database) -> None:
    database.execute(FORGET)
    with pytest.raises(LedgerError, match="permission denied") as caught:
        initialise(database.access(WRITER))
    assert "may create a schema" in caught.value.hint
