"""The schema of the queue, its migrations, and who may do what.

Procrastinate's own tables are in the schema `public`, as its functions expect. Its migrations are
applied with ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from importlib import resources

import psycopg
from procrastinate.schema import SchemaManager

from reconciler.adapters.dispatch.procrastinate.use import QUEUE
from reconciler.adapters.postgres import Session, granted, limited
from reconciler.errors import LedgerError
from reconciler.model.access import FleetDatabase
from reconciler.model.pool import PoolRole

_BEGIN = """
create schema reconciler_fleet;
create table reconciler_fleet.version (number integer not null, procrastinate text not null);
insert into reconciler_fleet.version values (0, '');
"""
MIGRATIONS = (
    """
create table reconciler_fleet.bundle (
    digest text primary key,
    content bytea not null,
    stored_at timestamptz not null default clock_timestamp(),
    applied_at timestamptz
);
create table reconciler_fleet.result (
    run_id text not null,
    target text not null,
    action text not null,
    pool text not null,
    attempts integer not null,
    document text not null,
    ended_at timestamptz not null default clock_timestamp(),
    is_taken boolean not null default false,
    primary key (run_id, target, action)
);
create index result_to_take on reconciler_fleet.result (run_id) where not is_taken;
create index result_by_time on reconciler_fleet.result (ended_at);
create table reconciler_fleet.halt (
    run_id text primary key,
    by text not null,
    at timestamptz not null default clock_timestamp()
);
create table reconciler_fleet.worker (
    id bigint primary key,
    pool text not null,
    about text not null,
    concurrency integer not null,
    in_hand integer not null,
    started_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp()
);
""",
    """
alter table reconciler_fleet.result enable row level security;
alter table reconciler_fleet.worker enable row level security;
create policy public on reconciler_fleet.result using (true);
create policy public on reconciler_fleet.worker using (true);
""",
)
"""Each takes our schema from the version of its index to the next one. One that was released is
never changed."""
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(5043071844)"
_THERE = """
select to_regclass('reconciler_fleet.version') is not null,
       to_regclass('public.procrastinate_jobs') is not null
"""
_CONTROLLER = (
    "grant usage on schema reconciler_fleet to {role};",
    "grant select on all tables in schema reconciler_fleet to {role};",
    "grant insert, update, delete on reconciler_fleet.bundle to {role};",
    "grant update, delete on reconciler_fleet.result to {role};",
    "grant insert on reconciler_fleet.halt to {role};",
    "grant select, insert, update, delete on public.procrastinate_jobs to {role};",
    "grant select, insert, delete on public.procrastinate_events to {role};",
    "grant select, update on public.procrastinate_periodic_defers to {role};",
    "grant usage on sequence public.procrastinate_jobs_id_seq to {role};",
    "grant usage on sequence public.procrastinate_events_id_seq to {role};",
)
_WORKER = (
    "grant usage on schema reconciler_fleet to {role};",
    "grant select on all tables in schema reconciler_fleet to {role};",
    "grant insert, update, delete on reconciler_fleet.result to {role};",
    "grant insert, update, delete on reconciler_fleet.worker to {role};",
    "grant select, insert, update, delete on public.procrastinate_jobs to {role};",
    "grant select, insert, delete on public.procrastinate_events to {role};",
    "grant select, insert, update, delete on public.procrastinate_workers to {role};",
    "grant select, insert, update, delete on public.procrastinate_periodic_defers to {role};",
    "grant usage on sequence public.procrastinate_jobs_id_seq to {role};",
    "grant usage on sequence public.procrastinate_events_id_seq to {role};",
    "grant usage on sequence public.procrastinate_periodic_defers_id_seq to {role};",
)
_OF_POOL = {
    "reconciler_fleet.result": "using (pool = {pool})",
    "reconciler_fleet.worker": "using (pool = {pool})",
}
"""The rows that are a pool's."""


def initialise(database: FleetDatabase) -> bool:
    """Make the schema, or bring it up to date; returns whether it was changed. Raises
    LedgerError."""

    def work(connection: psycopg.Connection) -> bool:
        with connection.transaction():
            connection.execute(_ONE_AT_A_TIME)
            return _made(connection, database)

    with closing(Session(database, QUEUE)) as session:
        return session.run(work)


def require_current(connection: psycopg.Connection, database: FleetDatabase) -> None:
    """Raises LedgerError unless the schema has the version that this program knows."""
    number, last = _known(version_of(connection), database)
    if number < len(MIGRATIONS) or last < _migrations()[-1]:
        raise LedgerError(
            f"The queue {database.location} has a schema that is too old: version {number}, "
            f"{last}.",
            hint="Run `reconciler fleet init` as the owner of the schema.",
        )


def version_of(connection: psycopg.Connection) -> tuple[int, str] | None:
    """The version of our schema, and the last migration of Procrastinate's; None without a
    schema."""
    ((is_there, _),) = connection.execute(_THERE).fetchall()
    if not is_there:
        return None
    ((number, last),) = connection.execute(
        "select number, procrastinate from reconciler_fleet.version"
    ).fetchall()
    return int(number), str(last)


def grants(*, controller: str, workers: Iterable[str]) -> Sequence[str]:
    """The statements that let these roles use the queue; the owner runs them. A worker that only
    plans needs the same here as one that applies: what it cannot write to is the ledger."""
    return (
        *granted(_CONTROLLER, role=controller),
        *(grant for worker in workers for grant in granted(_WORKER, role=worker)),
    )


def pool_grants(given: PoolRole) -> Sequence[str]:
    """The statements that let the role of a pool work in that pool, and in no other."""
    return (*limited(_OF_POOL, to=given), *granted(_WORKER, role=given.role))


def _made(connection: psycopg.Connection, database: FleetDatabase) -> bool:
    ((is_there, is_used),) = connection.execute(_THERE).fetchall()
    if not is_there:
        if is_used:
            raise LedgerError(
                f"{database.location} has a queue of another program already.",
                hint="Let COGNIGY_FLEET name a database of its own.",
            )
        connection.execute(SchemaManager.get_schema())
        connection.execute(_BEGIN)
        _raise_from(0, connection)
        return True
    number, last = _known(version_of(connection), database)
    newer = [each for each in _migrations() if each > last]
    for name in newer:
        connection.execute(_migration(name))
    if newer or number < len(MIGRATIONS):
        _raise_from(number, connection)
        return True
    return False


def _raise_from(number: int, connection: psycopg.Connection) -> None:
    for migration in MIGRATIONS[number:]:
        connection.execute(migration)
    connection.execute(
        "update reconciler_fleet.version set number = %s, procrastinate = %s",
        [len(MIGRATIONS), _migrations()[-1]],
    )


def _migrations() -> list[str]:
    """The names of Procrastinate's migrations, which sort by version."""
    folder = resources.files("procrastinate.sql").joinpath("migrations")
    return sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))


def _migration(name: str) -> bytes:
    return resources.files("procrastinate.sql").joinpath("migrations", name).read_bytes()


def _known(version: tuple[int, str] | None, database: FleetDatabase) -> tuple[int, str]:
    if version is None:
        raise LedgerError(
            f"{database.location} has no queue yet, or this role may not see it.",
            hint="Run `reconciler fleet init` as the role that is to own it, then the grants that "
            "it prints.",
        )
    number, last = version
    if number > len(MIGRATIONS) or last > _migrations()[-1]:
        raise LedgerError(
            f"The queue {database.location} has a schema that is too new: version {number}, "
            f"{last}.",
            hint="Use a newer reconciler.",
        )
    return version
