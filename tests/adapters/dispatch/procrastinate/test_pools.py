"""The role of a pool sees and writes what is its pool's in the queue, and nothing of any other."""

from __future__ import annotations

import psycopg
import pytest

from reconciler.adapters.dispatch.procrastinate import initialise, pool_grants
from reconciler.adapters.dispatch.procrastinate.schema import _BEGIN, MIGRATIONS, grants
from reconciler.errors import LedgerError
from reconciler.model.fleet_run import TargetStatus
from reconciler.model.pool import PoolRole
from tests.support.postgres import (
    CONTROLLER,
    EU_PLANNER,
    EU_WORKER,
    OWNER,
    US_WORKER,
    WORKER,
)
from tests.support.queue import Queue, await_, collected, controller, hired, task

ROLES = (
    PoolRole(pool="eu", role=EU_WORKER),
    PoolRole(pool="eu", role=EU_PLANNER, plan_only=True),
    PoolRole(pool="us", role=US_WORKER),
)
TABLES = ("result", "worker")
_ROWS = """
insert into reconciler_fleet.result (run_id, target, action, pool, attempts, document)
select 'run_1', 'acme/' || pool, 'apply', pool, 1, '' from unnest(array['eu', 'us']) pool;
insert into reconciler_fleet.worker (id, pool, about, concurrency, in_hand)
values (1001, 'eu', '', 1, 0), (1002, 'us', '', 1, 0)
"""


@pytest.fixture
def pools(queue: Queue) -> Queue:
    """A queue with a row of each table for two pools, which have roles of their own."""
    queue.execute(_ROWS)
    for role in ROLES:
        for statement in pool_grants(role):
            queue.execute(statement)
    return queue


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (EU_WORKER, ["eu"]),
        (EU_PLANNER, ["eu"]),
        (US_WORKER, ["us"]),
        (WORKER, ["eu", "us"]),
        (CONTROLLER, ["eu", "us"]),
        (OWNER, ["eu", "us"]),
    ],
)
def test_a_role_sees_the_rows_of_its_pool_and_any_other_role_all_rows(
    pools: Queue, role: str, seen: list[str], table: str
) -> None:
    rows = pools.execute(f"select pool from reconciler_fleet.{table}", role=role)  # noqa: S608
    assert sorted(pool for (pool,) in rows) == seen


@pytest.mark.parametrize(
    "statement",
    [
        "insert into reconciler_fleet.result values ('run_2', 'acme/us', 'apply', 'us', 1, '')",
        "update reconciler_fleet.result set pool = 'us'",
        "insert into reconciler_fleet.worker values (1003, 'us', '', 1, 0)",
        "update reconciler_fleet.worker set pool = 'us'",
        "insert into reconciler_fleet.worker values (1002, 'eu', '', 1, 0)"
        " on conflict (id) do update set in_hand = 9",
        "insert into reconciler_fleet.bundle values ('sha256:0', '')",
        "drop policy worker_eu on reconciler_fleet.result",
    ],
)
def test_a_role_is_refused_what_is_not_its_pools(pools: Queue, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        pools.execute(statement, role=EU_WORKER)


@pytest.mark.parametrize("table", TABLES)
def test_a_role_deletes_no_row_of_another_pool(pools: Queue, table: str) -> None:
    pools.execute(f"delete from reconciler_fleet.{table}", role=EU_WORKER)  # noqa: S608
    assert pools.execute(f"select pool from reconciler_fleet.{table}") == [("us",)]  # noqa: S608


def test_a_worker_works_by_the_role_of_its_pool(pools: Queue) -> None:
    with (
        controller(pools) as dispatcher,
        hired(pools, role=EU_WORKER) as worker,
        hired(pools, role=US_WORKER, pool="us"),
    ):
        dispatcher.submit(task("acme/production", run="run_2"))
        dispatcher.submit(task("globex/production", run="run_2", pool="us"))
        results = collected(dispatcher, 2)
        await_(lambda: pools.execute("select 1 from reconciler_fleet.worker where about = 'test'"))
    assert {each.status for each in results} == {TargetStatus.VERIFIED}
    assert [each.target for each in worker.heard.begun_tasks] == ["acme/production"]
    assert pools.execute("select id from reconciler_fleet.worker order by 1") == [(1001,), (1002,)]


def test_a_worker_in_a_pool_that_its_role_is_not_for_does_not_start(pools: Queue) -> None:
    refused = hired(pools, role=EU_WORKER, pool="us")
    with pytest.raises(LedgerError) as caught, refused as worker:
        worker.join()
    assert "The role worker_eu may not work in the pool us of " in caught.value.message
    assert "--pool" in caught.value.hint


def test_a_migration_keeps_results_and_workers(queue: Queue) -> None:
    ((newest,),) = queue.execute("select procrastinate from reconciler_fleet.version")
    queue.execute(f"drop schema reconciler_fleet cascade; {_BEGIN} {MIGRATIONS[0]}")
    queue.execute("update reconciler_fleet.version set number = 1, procrastinate = %s", newest)
    queue.execute(_ROWS)
    for statement in grants(controller=CONTROLLER, workers=[WORKER]):
        queue.execute(statement)
    assert initialise(queue.fleet(OWNER))
    assert not initialise(queue.fleet(OWNER))
    for table in TABLES:
        query = f"select count(*) from reconciler_fleet.{table}"  # noqa: S608
        assert [queue.execute(query, role=role) for role in (CONTROLLER, WORKER)] == [[(2,)]] * 2
    with controller(queue) as dispatcher, hired(queue):
        dispatcher.submit(task("acme/production", run="run_2"))
        (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.VERIFIED
