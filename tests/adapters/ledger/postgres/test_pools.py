"""The role of a pool sees and writes the chains of its pool, and nothing of any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from reconciler.adapters.ledger.postgres import (
    Terms,
    add_chains,
    assign_chains,
    assigner_grants,
    fleet_fence_in,
    pool_grants,
)
from reconciler.adapters.ledger.postgres.writing import PostgresLedger
from reconciler.errors import LedgerError
from reconciler.model.pool import PoolChain, PoolRole
from reconciler.planning.fleet_chain import FLEET_CHAIN
from tests.adapters.ledger.conftest import shared
from tests.support.postgres import (
    EU_PLANNER,
    EU_WORKER,
    OWNER,
    READER,
    US_WORKER,
    WRITER,
    Database,
)

EU, EU_STAGING, US = "https://eu.example", "https://eu-stg.example", "https://us.example"
ROLES = (
    PoolRole(pool="eu", role=EU_WORKER),
    PoolRole(pool="eu", role=EU_PLANNER, plan_only=True),
    PoolRole(pool="us", role=US_WORKER),
)
CHAINS = (
    PoolChain(pool="eu", chain=EU, may_write=True),
    PoolChain(pool="eu", chain=EU_STAGING, may_write=False),
    PoolChain(pool="us", chain=US, may_write=True),
)
READ_ONLY = {"may_write": False}


@pytest.fixture
def pools(database: Database) -> Database:
    """A ledger in which two pools have roles of their own; the writer is the controller."""
    limit(database, *ROLES)
    for statement in assigner_grants(WRITER):
        database.execute(statement)
    assign_chains(database.access(WRITER), CHAINS)
    return database


def limit(database: Database, *roles: PoolRole) -> None:
    for role in roles:
        for statement in pool_grants(role):
            database.execute(statement)


@contextmanager
def held(database: Database, origin: str, *, role: str = WRITER) -> Iterator[PostgresLedger]:
    """A run that has this lock, and a line in its chain."""
    with shared(database, origin=origin, role=role).open("run_0") as ledger:
        ledger.append("run_started")
        yield ledger


@pytest.fixture
def busy(pools: Database) -> Iterator[Database]:
    """The same, while a run has each lock, that of the fleet too."""
    with held(pools, EU), held(pools, EU_STAGING), held(pools, US), held(pools, FLEET_CHAIN):
        yield pools


@pytest.mark.parametrize(
    ("role", "table", "seen"),
    [
        (EU_WORKER, "event", [EU_STAGING, EU]),
        (EU_WORKER, "lease", [EU]),
        (EU_WORKER, "holder", [EU]),
        (EU_WORKER, "pool_chain", [EU_STAGING, EU]),
        (EU_PLANNER, "event", [EU_STAGING, EU]),
        (EU_PLANNER, "lease", [EU]),
        (EU_PLANNER, "holder", [EU]),
        (EU_PLANNER, "pool_chain", [EU_STAGING, EU]),
        (US_WORKER, "event", [US]),
        (US_WORKER, "lease", [US]),
        (US_WORKER, "holder", [US]),
        (US_WORKER, "pool_chain", [US]),
        *(
            (role, table, [EU_STAGING, EU, US, FLEET_CHAIN][: 3 + (table != "pool_chain")])
            for role in (OWNER, WRITER, READER)
            for table in ("event", "lease", "holder", "pool_chain")
        ),
    ],
)
def test_a_role_sees_the_rows_of_its_pool_and_any_other_role_all_rows(
    busy: Database, role: str, table: str, seen: list[str]
) -> None:
    rows = busy.execute(f"select chain from reconciler.{table}", role=role)  # noqa: S608
    assert sorted(chain for (chain,) in rows) == sorted(seen)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into reconciler.event values ('https://us.example', 2, 1, '', '', '')",
        "insert into reconciler.event values ('https://eu-stg.example', 2, 1, '', '', '')",
        "insert into reconciler.event values ('fleet', 2, 1, '', '', '')",
        "insert into reconciler.lease values ('https://new.example', 1)",
        "insert into reconciler.lease values ('https://us.example', 1) on conflict do nothing",
        "update reconciler.lease set chain = 'https://new.example'",
        "insert into reconciler.holder values (gen_random_uuid(), now(), '', 'https://us.example')",
        "insert into reconciler.holder values (gen_random_uuid(), now(), '')",
        "update reconciler.holder set chain = 'https://us.example'",
        "insert into reconciler.pool_chain values ('eu', 'https://us.example', true)",
        "update reconciler.pool_chain set may_write = true",
        "delete from reconciler.pool_chain",
        "alter policy worker_eu on reconciler.event using (true)",
        "drop policy worker_eu on reconciler.event",
        "alter table reconciler.event disable row level security",
        "set role owner",
    ],
)
def test_a_role_is_refused_what_is_not_its_pools(busy: Database, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        busy.execute(statement, role=EU_WORKER)


@pytest.mark.parametrize(
    "statement",
    [
        "update reconciler.lease set fence = 99, holder = null, requests = '{{}}' where {0}",
        "update reconciler.holder set expires_at = 'epoch' where {0}",
        "update reconciler.holder set expires_at = 'infinity' where {0}",
        "delete from reconciler.holder where {0}",
        "with locked as (select from reconciler.lease where {0} for update)"
        " update reconciler.holder set expires_at = 'epoch' where exists (select from locked)",
    ],
)
def test_a_role_neither_ends_nor_renews_the_lock_of_another_pool(
    busy: Database, statement: str
) -> None:
    others = statement.format(f"chain <> '{EU}'")
    rows = "select l.*, h.* from reconciler.lease l join reconciler.holder h on h.id = l.holder"
    before = busy.execute(rows)
    busy.execute(others, role=EU_WORKER)
    assert sorted(busy.execute(rows)) == sorted(before)


def test_a_worker_of_a_pool_has_all_it_needs_of_a_chain_of_its_pool(pools: Database) -> None:
    hasty = Terms(renewed_every=1000.0)
    ours = shared(pools, origin=EU, role=EU_WORKER, terms=hasty)
    with ours.open("run_1") as former:
        former.append("run_started")
        ours.clock.sleep(30)
        former.require(60)  # which takes a renewal
        assert "run run_1" in (shared(pools, origin=EU, role=EU_PLANNER).holder() or "")
        pools.execute("update reconciler.holder set expires_at = 'epoch'")
        with ours.open("run_2") as ledger:
            ledger.append("run_started")
        with pytest.raises(LedgerError, match="taken this tenant over"):
            former.append("gate_passed")
    with ours.open("run_3") as ledger:
        ledger.append("run_started")
    assert [line.run_id for line in ours.lines() if line] == ["run_1", "run_2", "run_3"]
    assert all(report.is_whole for report in ours.verify())
    assert pools.execute("select 1 from reconciler.holder") == []
    assert pools.execute("select 1 from reconciler.lease where holder is not null") == []


@pytest.mark.parametrize("role", [EU_WORKER, EU_PLANNER])
def test_a_chain_of_another_pool_is_refused_with_what_to_do(busy: Database, role: str) -> None:
    theirs = shared(busy, origin=US, role=role)
    for use in (theirs.require_usable, theirs.lines, theirs.verify, theirs.chains, theirs.holder):
        with pytest.raises(LedgerError) as caught:
            use()
        assert f"The role {role} " in caught.value.message
        assert f"may not use the ledger of {US}, because no target of its pool" in str(caught.value)
        assert f"`expect: {{origin: {US}}}`" in caught.value.hint
    with pytest.raises(LedgerError, match="may not use the ledger"), theirs.open("run_1"):
        raise AssertionError


def test_what_a_pool_only_reads_is_not_written(busy: Database) -> None:
    store = shared(busy, origin=EU_STAGING, role=EU_WORKER)
    store.require_usable()
    assert len(store.lines()) == 1
    with pytest.raises(LedgerError, match="may only read the ledger"), store.open("run_1"):
        raise AssertionError


def test_a_worker_that_only_plans_writes_nothing_of_its_own_pool_either(pools: Database) -> None:
    store = shared(pools, origin=EU, role=EU_PLANNER)
    with pytest.raises(LedgerError, match="permission denied"), store.open("run_1"):
        raise AssertionError


def test_the_fence_of_the_fleet_is_known_to_all_and_its_chain_is_not(busy: Database) -> None:
    for role in (OWNER, WRITER, READER, EU_WORKER, EU_PLANNER):
        assert fleet_fence_in(busy.access(role)) == 1
    for role in (OWNER, WRITER, READER):
        assert len(shared(busy, origin=FLEET_CHAIN, role=role).lines()) == 1
    busy.execute("update reconciler.holder set expires_at = 'epoch' where chain = 'fleet'")
    assert fleet_fence_in(busy.access(EU_WORKER)) is None
    with pytest.raises(LedgerError, match="may not use the ledger of fleet"):
        shared(busy, origin=FLEET_CHAIN, role=EU_WORKER).lines()


def test_a_chain_that_moves_to_another_pool_is_lost_to_the_former_at_once(pools: Database) -> None:
    moved = PoolChain(pool="us", chain=EU, may_write=True)
    terms = Terms(renewed_every=1000.0)
    with shared(pools, origin=EU, role=EU_WORKER, terms=terms).open("run_1") as ledger:
        ledger.append("run_started")
        assign_chains(pools.access(WRITER), [moved])
        with pytest.raises(LedgerError, match="may not use the ledger"):
            ledger.append("gate_passed")
        assert pools.execute("select chain from reconciler.event", role=EU_WORKER) == []
        assert pools.execute("select pool, chain from reconciler.pool_chain") == [("us", EU)]
        pools.execute("update reconciler.holder set expires_at = 'epoch'")
        with held(pools, EU, role=US_WORKER) as taken:
            assert len(taken.lines) == 2


def test_what_is_added_takes_nothing_away(pools: Database) -> None:
    added = PoolChain(pool="us", chain=EU, may_write=False)
    add_chains(pools.access(WRITER), [added, *(c.model_copy(update=READ_ONLY) for c in CHAINS)])
    rows = pools.execute("select pool, chain, may_write from reconciler.pool_chain")
    assert {PoolChain(pool=p, chain=c, may_write=w) for p, c, w in rows} == {*CHAINS, added}
    assign_chains(pools.access(WRITER), [added.model_copy(update={"may_write": True})])
    assert pools.execute("select may_write from reconciler.pool_chain") == [(True,)]


def test_who_may_not_assign_need_not_where_nobody_is_limited(database: Database) -> None:
    assign_chains(database.access(WRITER), CHAINS)
    assert database.execute("select 1 from reconciler.pool_chain") == []
    with held(database, EU):
        assert len(shared(database, origin=EU, role=READER).lines()) == 1


def test_a_role_is_moved_to_another_pool_by_its_new_policies(busy: Database) -> None:
    limit(busy, ROLES[0])
    assert busy.execute("select count(*) from reconciler.event", role=EU_WORKER) == [(2,)]
    limit(busy, PoolRole(pool="us", role=EU_WORKER))
    assert busy.execute("select chain from reconciler.event", role=EU_WORKER) == [(US,)]
    assert busy.execute("select count(*) from reconciler.event", role=EU_PLANNER) == [(2,)]


def test_a_member_of_a_pools_role_is_limited_like_it(busy: Database) -> None:
    busy.execute("drop role if exists member; create role member login in role worker_eu")
    rows = busy.execute("select distinct chain from reconciler.event order by 1", role="member")
    assert rows == [(EU_STAGING,), (EU,)]
    with pytest.raises(LedgerError, match="may not use the ledger"):
        shared(busy, origin=US, role="member").lines()


def test_any_name_of_a_role_and_of_a_pool_is_quoted(busy: Database) -> None:
    odd = PoolRole(pool="it's {0}; --", role='a "b"; {role} --')
    name = '"a ""b""; {role} --"'
    busy.execute(f"drop role if exists {name}; create role {name}")
    limit(busy, odd)
    add_chains(busy.access(WRITER), [PoolChain(pool=odd.pool, chain=US, may_write=True)])
    with psycopg.connect(busy.url(OWNER)) as connection:
        connection.execute(f"set role {name}".encode())
        rows = connection.execute("select chain from reconciler.event").fetchall()
    assert rows == [(US,)]
    busy.execute(f"drop owned by {name}; drop role {name}")
