"""A fleet whose pools have database roles of their own, as `reconciler fleet init` limits them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell, shell
from tests.support.company import Company, company
from tests.support.postgres import (
    CONTROLLER,
    EU_PLANNER,
    EU_WORKER,
    OWNER,
    US_WORKER,
    Server,
    new_database,
    required,
    server,
)
from tests.support.queue import LONG, Queue, await_, call_schedule, new_queue
from tests.support.world import FRUIT

__all__ = ["server", "shell"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals")
POOLS = (
    *("--pool", f"eu={EU_WORKER}"),
    *("--pool", f"us={US_WORKER}"),
    *("--plan-pool", f"eu={EU_PLANNER}"),
)


@pytest.fixture
def queue(server: Server) -> Queue:
    return new_queue(server)


@pytest.fixture
def shop(tmp_path: Path, queue: Queue) -> Iterator[Company]:
    """acme in the pool eu and globex in us, with a role for each."""
    with company(tmp_path, queue, "acme", "globex") as made:
        made.environment["COGNIGY_FLEET"] = queue.url(OWNER)
        printed = made.run("fleet", "init", "--controller", CONTROLLER, *POOLS)
        assert printed.returncode == 0, printed.stderr
        by_psql(queue, printed.stdout)
        made.environment["COGNIGY_FLEET"] = queue.url(CONTROLLER)
        made.declare(targets=targets_of(made, acme="eu", globex="us"))
        yield made


def by_psql(queue: Queue, statements: str) -> None:
    """Run them as a person does, until the first that fails."""
    done = subprocess.run(  # noqa: S603 - a program of the machine
        [required("psql"), "-X", "-v", "ON_ERROR_STOP=1", queue.url(OWNER)],
        input=statements,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PGOPTIONS": ""},
    )
    assert (done.returncode, done.stderr) == (0, "")


def targets_of(
    shop: Company, *, expected: dict[str, dict[str, str]] | None = None, **pools: str
) -> list[dict[str, Any]]:
    """A target for each tenant, in this pool."""
    return [
        {
            "tenant": name,
            "credentials": name,
            "pool": pool,
            "environments": {
                "production": {
                    "expect": (expected or {}).get(
                        name, {"origin": shop.urls[name], "bot_id": "bot_1"}
                    )
                }
            },
        }
        for name, pool in pools.items()
    ]


def ended(shop: Company, *command: str) -> dict[str, dict[str, Any]]:
    """The targets of a run, by name."""
    done = shop.run("fleet", *command, "--format", "json")
    found = json.loads(done.stdout)["targets"]
    assert "Traceback" not in done.stderr
    return {each["name"]: each for each in found}


def statuses(shop: Company, *command: str) -> dict[str, str]:
    return {name: each["status"] for name, each in ended(shop, *command).items()}


def seen_by(shop: Company, role: str) -> set[str]:
    return {
        chain for (chain,) in shop.database.execute("select chain from reconciler.event", role=role)
    }


def test_each_pool_applies_its_targets_by_its_own_role_and_then_nothing_differs(
    shop: Company,
) -> None:
    workers = [
        shop.start("reconciler", "fleet", "worker", "--pool", pool, role=role)
        for pool, role in (("eu", EU_WORKER), ("us", US_WORKER))
    ]
    applied = shop.run("fleet", "apply", "--yes", "--format", "json")
    assert applied.returncode == 0, applied.stderr + applied.stdout
    shop.require_converged()
    assert len(shop.writes) == 6
    assert seen_by(shop, EU_WORKER) == {shop.urls["acme"]}
    assert seen_by(shop, US_WORKER) == {shop.urls["globex"]}
    assert seen_by(shop, CONTROLLER) == {*shop.urls.values(), "fleet"}
    assert set(statuses(shop, "plan").values()) == {"in_sync"}
    drifted = shop.run("fleet", "drift", "--metrics")
    assert drifted.returncode == 0, drifted.stderr
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    said = [worker.communicate(timeout=LONG)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], said
    assert "refused" not in "".join(said)
    assert shop.database.execute("select 1 from reconciler.holder") == []


def test_a_worker_that_only_plans_does_so_before_anything_was_applied(shop: Company) -> None:
    shop.declare(targets=targets_of(shop, acme="eu"))
    command = ("reconciler", "fleet", "worker", "--pool", "eu", "--plan-only")
    planner = shop.start(*command, role=EU_PLANNER)
    assert statuses(shop, "plan") == {"acme/production": "differs"}
    assert shop.database.execute("select pool, chain, may_write from reconciler.pool_chain") == [
        ("eu", shop.urls["acme"], False)
    ]
    planner.send_signal(signal.SIGTERM)
    _, said = planner.communicate(timeout=LONG)
    assert planner.returncode == 0, said


def test_a_target_that_moves_to_another_pool_takes_its_ledger_along(shop: Company) -> None:
    shop.worker(role=EU_WORKER)
    shop.worker(role=US_WORKER, pool="us")
    assert set(statuses(shop, "apply", "--yes").values()) == {"verified"}
    acme, globex = shop.urls["acme"], shop.urls["globex"]
    shop.declare(targets=targets_of(shop, acme="us", globex="us"))
    assert set(statuses(shop, "plan").values()) == {"in_sync"}
    assert seen_by(shop, EU_WORKER) == {acme}  # a plan takes nothing away
    shop.write(FRUIT, patterns=["^apple$", "^pear$", "^fig$"])
    selected = statuses(shop, "apply", "--yes", "--select", "tenant=globex")
    assert selected == {"globex/production": "verified"}
    assert seen_by(shop, EU_WORKER) == set()
    assert seen_by(shop, US_WORKER) == {acme, globex}
    shop.write(FRUIT, patterns=["^apple$", "^pear$", "^grape$"])
    assert set(statuses(shop, "apply", "--yes").values()) == {"verified"}
    assert seen_by(shop, US_WORKER) == {acme, globex}
    assert set(statuses(shop, "plan").values()) == {"in_sync"}


def test_a_target_promoted_from_another_pool_sees_its_proof_and_no_more(shop: Company) -> None:
    environments = {
        "staging": {"expect": {"origin": shop.urls["acme"], "bot_id": "bot_1"}, "pool": "eu"},
        "production": {
            "expect": {"origin": shop.urls["globex"], "bot_id": "bot_1"},
            "pool": "us",
            "promote_from": "staging",
            "credentials": "globex",
        },
    }
    targets = [{"tenant": "acme", "credentials": "acme", "environments": environments}]
    shop.declare(targets=targets)
    shop.worker(role=EU_WORKER)
    shop.worker(role=US_WORKER, pool="us")
    assert set(statuses(shop, "apply", "--yes").values()) == {"verified"}
    shop.require_converged()
    assert seen_by(shop, US_WORKER) == {shop.urls["acme"], shop.urls["globex"]}
    assert seen_by(shop, EU_WORKER) == {shop.urls["acme"]}
    leases = shop.database.execute("select chain from reconciler.lease", role=US_WORKER)
    assert leases == [(shop.urls["globex"],)]


def test_a_target_that_expects_no_origin_fails_with_what_to_do(shop: Company) -> None:
    vague = {"acme": {"bot_id": "bot_1"}}
    shop.declare(targets=targets_of(shop, expected=vague, acme="eu", globex="us"))
    shop.worker(role=EU_WORKER)
    shop.worker(role=US_WORKER, pool="us")
    for command in (("plan",), ("drift",), ("apply", "--yes")):
        results = ended(shop, *command)
        failed = results["acme/production"]
        assert failed["status"] == "failed"
        assert f"may not use the ledger of {shop.urls['acme']}" in failed["error"]
        assert f"`expect: {{origin: {shop.urls['acme']}}}`" in failed["hint"]
        assert "row-level" not in failed["error"]
        assert results["globex/production"]["status"] != "failed"
    assert {each.partition(":")[0] for each in shop.writes} == {"globex"}


def test_drift_is_looked_for_on_a_schedule_by_the_roles_of_the_pools(shop: Company) -> None:
    targets = targets_of(shop, acme="eu", globex="us")
    shop.declare(targets=targets, drift={"every_minutes": 1, "metrics": True})
    shop.worker(role=EU_WORKER)
    shop.worker(role=US_WORKER, pool="us")
    assert set(statuses(shop, "apply", "--yes").values()) == {"verified"}
    for pool in ("eu", "us"):
        call_schedule(shop.database, datetime.now(timezone.utc), pool=pool)
    found = "select pool, document from reconciler_fleet.result where run_id like 'drift-%'"
    await_(lambda: len({pool for pool, _ in shop.database.execute(found)}) == 2)
    results = {pool: json.loads(text) for pool, text in shop.database.execute(found)}
    assert {pool: each["status"] for pool, each in results.items()} == {
        "eu": "in_sync",
        "us": "in_sync",
    }
    for role, pool in ((EU_WORKER, "eu"), (US_WORKER, "us")):
        rows = shop.database.execute(found, role=role)
        assert {each for each, _ in rows} == {pool}


def test_ledgers_elsewhere_are_limited_by_what_ledger_init_prints(
    shop: Company, server: Server
) -> None:
    ledgers = new_database(server, "ledgers")
    shop.environment.update(
        COGNIGY_FLEET=shop.database.url(OWNER), COGNIGY_AUDIT_LOG=ledgers.url(OWNER)
    )
    queue_part = shop.run("fleet", "init", "--controller", CONTROLLER, *POOLS)
    assert "run `reconciler ledger init` with the same pools" in queue_part.stderr
    assert "reconciler.event" not in queue_part.stdout
    ledger_part = shop.run("ledger", "init", "--writer", CONTROLLER, "--reader", "reader", *POOLS)
    assert ledger_part.returncode == 0, ledger_part.stderr
    by_psql(Queue(server, ledgers.name), ledger_part.stdout)
    processes = []
    for pool, role in (("eu", EU_WORKER), ("us", US_WORKER)):
        shop.environment["COGNIGY_AUDIT_LOG"] = ledgers.url(role)
        processes.append(shop.start("reconciler", "fleet", "worker", "--pool", pool, role=role))
    shop.environment.update(
        COGNIGY_FLEET=shop.database.url(CONTROLLER), COGNIGY_AUDIT_LOG=ledgers.url(CONTROLLER)
    )
    assert set(statuses(shop, "apply", "--yes").values()) == {"verified"}
    for name, role in (("acme", EU_WORKER), ("globex", US_WORKER)):
        rows = ledgers.execute("select distinct chain from reconciler.event", role=role)
        assert rows == [(shop.urls[name],)]


def test_without_roles_of_pools_the_roles_of_any_pool_are_granted(
    shell: Shell, queue: Queue
) -> None:
    shell.environment["COGNIGY_FLEET"] = queue.url(OWNER)
    printed = shell.run("fleet", "init").stdout
    assert '"reconciler_worker"' in printed
    assert '"reconciler_planner"' in printed
    assert "policy" not in printed
    limited = shell.run("fleet", "init", *POOLS).stdout
    assert "reconciler_worker" not in limited
    assert "reconciler_planner" not in limited
    both = shell.run("fleet", "init", *POOLS, "--worker", "anywhere").stdout
    assert '"anywhere"' in both


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--pool", "eu"], "'eu' must be the name of a pool"),
        (["--pool", "=worker_eu"], "'=worker_eu' must be the name of a pool"),
        (["--plan-pool", "e u=worker_eu"], "'e u=worker_eu' must be the name of a pool"),
        (["--pool", "eu\n=worker_eu"], "must be the name of a pool"),
        (["--pool", "eu="], "it must be the name of a role"),
        (["--pool", "eu=public"], "public is not a role"),
        (["--controller", "public"], "public is not a role"),
        (["--pool", "eu=w", "--pool", "us=w"], "The role w of the pool eu is named for something"),
        (["--pool", "eu=w", "--plan-pool", "eu=w"], "The role w of the pool eu is named for"),
        (["--pool", "eu=w", "--controller", "w"], "The role w of the pool eu is named for"),
        (["--pool", "eu=w", "--worker", "w"], "The role w of the pool eu is named for something"),
    ],
)
def test_a_bad_role_of_a_pool_gets_one_message_and_prints_nothing(
    shell: Shell, queue: Queue, options: list[str], message: str
) -> None:
    shell.environment["COGNIGY_FLEET"] = queue.url(OWNER)
    done = shell.run("fleet", "init", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
