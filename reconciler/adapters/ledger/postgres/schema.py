"""The schema of the ledger, its migrations, and who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing

import psycopg

from reconciler.adapters.ledger.postgres.use import LEDGER
from reconciler.adapters.postgres import Session, granted, limited
from reconciler.errors import LedgerError
from reconciler.model.access import LedgerDatabase
from reconciler.model.pool import PoolRole

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
    """
create table reconciler.pool_chain (
    pool text not null,
    chain text not null,
    may_write boolean not null,
    primary key (pool, chain)
);
alter table reconciler.holder add column chain text;
update reconciler.holder set chain = lease.chain
from reconciler.lease where lease.holder = holder.id;
delete from reconciler.holder where chain is null;
alter table reconciler.holder alter column chain set not null;
alter table reconciler.pool_chain enable row level security;
alter table reconciler.event enable row level security;
alter table reconciler.lease enable row level security;
alter table reconciler.holder enable row level security;
create policy public on reconciler.pool_chain using (true);
create policy public on reconciler.event using (true);
create policy public on reconciler.lease using (true);
create policy public on reconciler.holder using (true);
create function reconciler.fleet_fence() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
select l.fence from reconciler.lease l join reconciler.holder h on h.id = l.holder
where l.chain = 'fleet' and h.expires_at > clock_timestamp()
$$;
""",
)
"""Each takes the schema from the version of its index to the next one. One that was released is
never changed."""
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(5043071843)"
_READER = (
    "grant usage on schema reconciler to {role};",
    "grant select on all tables in schema reconciler to {role};",
)
_WRITER = (
    *_READER,
    "grant insert on reconciler.event to {role};",
    "grant insert, update on reconciler.lease to {role};",
    "grant insert, update, delete on reconciler.holder to {role};",
)
_ASSIGNER = ("grant insert, delete on reconciler.pool_chain to {role};",)
_READABLE = "exists (select from reconciler.pool_chain p where p.chain = %s.chain)"
_WRITABLE = "exists (select from reconciler.pool_chain p where p.chain = %s.chain and p.may_write)"
_OF_POOL = {
    "reconciler.pool_chain": "using (pool = {pool})",
    "reconciler.event": f"using ({_READABLE % 'event'}) with check ({_WRITABLE % 'event'})",
    "reconciler.lease": f"using ({_WRITABLE % 'lease'})",
    "reconciler.holder": f"using ({_WRITABLE % 'holder'})",
}
"""The rows that are a pool's: those of the chains that it sees to be its own. PostgreSQL answers
`exists` for one row by the index, and for many by a hash of them all."""


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


def require_up_to_date(database: LedgerDatabase) -> None:
    """`require_current` by a connection of its own."""
    with closing(Session(database, LEDGER)) as session:
        session.run(lambda connection: require_current(connection, database))


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


def grants(*, writers: Iterable[str], readers: Iterable[str]) -> Sequence[str]:
    """The statements that let these roles write and read every chain; the owner runs them."""
    return (
        *(grant for role in writers for grant in granted(_WRITER, role=role)),
        *(grant for role in readers for grant in granted(_READER, role=role)),
    )


def assigner_grants(role: str) -> Sequence[str]:
    """The statements that let this role say which chains the pools of a fleet have."""
    return tuple(granted(_ASSIGNER, role=role))


def pool_grants(given: PoolRole) -> Sequence[str]:
    """The statements that let the role of a pool use the pool's chains, and no others."""
    statements = _READER if given.plan_only else _WRITER
    return (*limited(_OF_POOL, to=given), *granted(statements, role=given.role))


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
