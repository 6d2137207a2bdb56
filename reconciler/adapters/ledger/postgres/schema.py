"""The schema of the ledger, its migrations, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import psycopg

from reconciler.adapters.ledger.postgres.use import LEDGER
from reconciler.adapters.postgres import Session
from reconciler.errors import LedgerError
from reconciler.model.access import LedgerDatabase

_BEGIN = """
create schema reconciler;
create table reconciler.version (number integer not null);
insert into reconciler.version values (0);
"""
MIGRATIONS = (
    """
create table reconciler.event (
    chain text not null,
    seq bigint not null,
    fence bigint not null,
    prev_hash text not null,
    hash text not null,
    line text not null,
    primary key (chain, seq)
);
create table reconciler.holder (
    id uuid primary key,
    expires_at timestamptz not null,
    about text not null
);
create table reconciler.lease (
    chain text primary key,
    fence bigint not null,
    holder uuid,
    requests timestamptz[] not null default '{}'
);
create function reconciler.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only, so % is refused', tg_op
        using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete or truncate on reconciler.event
    for each statement execute function reconciler.refuse();
""",
)
"""Each takes the schema from the version of its index to the next one. One that was released is
never changed."""
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(5043071843)"
_WRITER = (
    "grant usage on schema reconciler to {role};",
    "grant select on all tables in schema reconciler to {role};",
    "grant insert on reconciler.event to {role};",
    "grant insert, update on reconciler.lease to {role};",
    "grant insert, update, delete on reconciler.holder to {role};",
)
_READER = (
    "grant usage on schema reconciler to {role};",
    "grant select on all tables in schema reconciler to {role};",
)


def initialise(database: LedgerDatabase) -> bool:
    """Make the schema; returns whether it was not there yet. Raises LedgerError."""

    def work(connection: psycopg.Connection) -> bool:
        _require_utf8(connection, database)
        with connection.transaction():
            connection.execute(_ONE_AT_A_TIME)
            if version_of(connection) is not None:
                return False
            connection.execute(_BEGIN)
            _raise_from(0, connection)
        return True

    with closing(Session(database, LEDGER)) as session:
        return session.run(work)


def migrate(database: LedgerDatabase) -> int:
    """Bring the schema up to date; returns how many versions it was behind.

    Raises LedgerError, also if there is no schema, or one of an unknown version.
    """

    def work(connection: psycopg.Connection) -> int:
        with connection.transaction():
            connection.execute(_ONE_AT_A_TIME)
            version = _known(version_of(connection), database)
            if version < len(MIGRATIONS):
                _raise_from(version, connection)
        return len(MIGRATIONS) - version

    with closing(Session(database, LEDGER)) as session:
        return session.run(work)


def require_current(connection: psycopg.Connection, database: LedgerDatabase) -> None:
    """Raises LedgerError unless the schema has the version that this program knows."""
    version = _known(version_of(connection), database)
    if version < len(MIGRATIONS):
        raise LedgerError(
            f"The ledger {database.location} has a schema of version {version}, which is too old.",
            hint="Run `reconciler ledger migrate` as the owner of the schema.",
        )


def version_of(connection: psycopg.Connection) -> int | None:
    """The version of the schema; None without a schema."""
    (there,) = connection.execute("select to_regclass('reconciler.version') is not null").fetchall()
    if not there[0]:
        return None
    ((version,),) = connection.execute("select number from reconciler.version").fetchall()
    return int(version)


def grants(*, writer: str, reader: str) -> Sequence[str]:
    """The statements that let these two roles write and read; the owner runs them."""
    return (*_granted(_WRITER, writer), *_granted(_READER, reader))


def _granted(statements: Sequence[str], role: str) -> Iterator[str]:
    quoted = '"' + role.replace('"', '""') + '"'
    return (each.format(role=quoted) for each in statements)


def _raise_from(version: int, connection: psycopg.Connection) -> None:
    for migration in MIGRATIONS[version:]:
        connection.execute(migration)
    connection.execute("update reconciler.version set number = %s", [len(MIGRATIONS)])


def _known(version: int | None, database: LedgerDatabase) -> int:
    if version is None:
        raise LedgerError(
            f"{database.location} has no ledger yet, or this role may not see it.",
            hint="Run `reconciler ledger init` as the role that is to own it, then the grants that "
            "it prints.",
        )
    if version > len(MIGRATIONS):
        raise LedgerError(
            f"The ledger {database.location} has a schema of version {version}, which is too new.",
            hint="Use a newer reconciler.",
        )
    return version


def _require_utf8(connection: psycopg.Connection, database: LedgerDatabase) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise LedgerError(
            f"{database.location} has the encoding {encoding}, which cannot hold every text.",
            hint="Create the database with the encoding UTF8.",
        )
