"""`reconciler fleet init`, `reconciler fleet worker`, and runs of a fleet by its queue."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import psycopg
import pytest

from reconciler.sandbox.messages import Request, Response
from tests.cli.conftest import Shell, shell
from tests.support.company import SECRET, Company, company
from tests.support.postgres import CONTROLLER, OWNER, PLANNER, WORKER, Server, server
from tests.support.queue import LONG, TASKS, Queue, await_, call_schedule, new_queue
from tests.support.world import FRUIT

__all__ = ["server", "shell"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals")
ROLES = ("--controller", CONTROLLER, "--worker", WORKER, "--planner", PLANNER)


@pytest.fixture
def queue(server: Server) -> Queue:
    return new_queue(server)


def real_worker(shop: Company, *options: str) -> subprocess.Popen[str]:
    return shop.start("reconciler", "fleet", "worker", "--pool", "eu", *options, role=WORKER)


def test_init_makes_the_queue_and_prints_grants_that_work(shell: Shell, queue: Queue) -> None:
    queue.execute(
        "drop schema reconciler_fleet cascade; drop schema reconciler cascade;"
        "drop schema public cascade; create schema public; grant usage on schema public to public"
    )
    shell.environment["COGNIGY_FLEET"] = queue.url(OWNER)
    done = shell.run("fleet", "init", *ROLES)
    assert done.returncode == 0, done.stderr
    assert "has an up-to-date queue now" in done.stderr
    queue.execute(done.stdout)
    again = shell.run("fleet", "init", *ROLES)
    assert "has an up-to-date queue already" in again.stderr
    assert again.stdout == done.stdout
    for role in (CONTROLLER, WORKER):
        assert queue.execute("select count(*) from reconciler.event", role=role) == [(0,)]
    shell.environment["COGNIGY_FLEET"] = queue.url(PLANNER)
    refused = shell.run("fleet", "init", *ROLES)
    assert refused.returncode == 0  # there is nothing to do
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        queue.execute(
            "insert into reconciler.holder values (gen_random_uuid(), now(), '')", role=PLANNER
        )


@pytest.mark.parametrize("option", ["--controller", "--worker", "--planner"])
def test_init_prints_no_grants_to_nobody(shell: Shell, queue: Queue, option: str) -> None:
    shell.environment["COGNIGY_FLEET"] = queue.url(OWNER)
    done = shell.run("fleet", "init", option, "")
    assert done.returncode == 1
    assert f"'{option}': it must be the name of a role." in done.stderr


@pytest.mark.parametrize("command", ["init", "worker"])
def test_without_a_queue_the_message_says_what_to_set(shell: Shell, command: str) -> None:
    done = shell.run("fleet", command)
    assert done.returncode == 1
    assert "COGNIGY_FLEET is not set" in done.stderr
    shell.environment["COGNIGY_FLEET"] = "mysql://w:s3cret@db/fleet"
    done = shell.run("fleet", command)
    assert done.returncode == 1
    assert "COGNIGY_FLEET is mysql://" in done.stderr
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(
    ("missing", "command"),
    [
        ("procrastinate", ("worker",)),
        ("psycopg_pool", ("init",)),
        ("psycopg", ("apply", "--yes")),
    ],
)
def test_without_the_extra_the_message_says_what_to_install(
    tmp_path: Path, queue: Queue, missing: str, command: tuple[str, ...]
) -> None:
    blocked = (
        "import sys, runpy\n"
        f"sys.modules[{missing!r}] = None\n"
        "sys.argv[:1] = ['reconciler']\n"
        "runpy.run_module('reconciler', run_name='__main__')\n"
    )
    with company(tmp_path, queue, "acme") as shop:
        (tmp_path / "blocked.py").write_text(blocked)
        process = shop.start("blocked", "fleet", *command, role=WORKER)
        _, said = process.communicate(timeout=LONG)
        assert process.returncode == 1
        assert "'slot-reconciler[fleet]'" in said
        assert "Traceback" not in said
        assert shop.writes == []


def test_two_workers_apply_a_change_to_all_tenants_and_then_nothing_differs(
    tmp_path: Path, queue: Queue
) -> None:
    with company(tmp_path, queue, "acme", "globex", "initech") as shop:
        workers = [real_worker(shop, "-vv"), real_worker(shop, "--concurrency", "1")]
        shop.environment["COGNIGY_FLEET"] = queue.url(CONTROLLER)
        applied = shop.run("fleet", "apply", "--yes", "--format", "json")
        assert applied.returncode == 0, applied.stderr + applied.stdout
        assert len(shop.writes) == 9
        shop.require_converged()
        planned = shop.run("fleet", "plan", "--format", "json")
        assert planned.returncode == 0, planned.stderr
        assert '"in_sync": 3' in planned.stdout
        drifted = shop.run("fleet", "drift", "--metrics")
        assert drifted.returncode == 0, drifted.stderr
        status = shop.run("fleet", "status", "--format", "json")
        assert status.returncode == 0, status.stderr
        assert "acme/production" in status.stdout
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        said = [worker.communicate(timeout=LONG)[1] for worker in workers]
        assert [worker.returncode for worker in workers] == [0, 0], said
        requests = [line for line in said[0].splitlines() if " -> 20" in line]
        assert requests
        assert all(re.search(r"^\S+ \w+/production: [A-Z]+ /", line) for line in requests)
        assert queue.execute(TASKS) == []
        assert queue.execute("select count(*) from reconciler_fleet.worker") == [(0,)]
        everything = applied.stdout + applied.stderr + "".join(said)
        for name in ("acme", "globex", "initech"):
            assert f"Applied: verified {name}/production" in everything
        for table in ("reconciler_fleet.result", "reconciler.event", "procrastinate_events"):
            everything += str(queue.execute(f"select * from {table}"))  # noqa: S608
        assert SECRET not in everything


def test_a_worker_that_only_plans_needs_no_right_to_write_a_ledger(
    tmp_path: Path, queue: Queue
) -> None:
    with company(tmp_path, queue, "acme", "globex") as shop:
        command = ("reconciler", "fleet", "worker", "--pool", "eu", "--plan-only")
        planner = shop.start(*command, role=PLANNER)
        shop.environment["COGNIGY_FLEET"] = queue.url(CONTROLLER)
        planned = shop.run("fleet", "plan", "--format", "json")
        assert planned.returncode == 0, planned.stderr
        assert '"differs": 2' in planned.stdout
        planner.send_signal(signal.SIGTERM)
        _, said = planner.communicate(timeout=LONG)
        assert planner.returncode == 0, said
        assert not queue.execute("select 1 from procrastinate_periodic_defers")


def test_drift_is_looked_for_without_a_run_as_the_files_say_that_were_applied_last(
    tmp_path: Path, queue: Queue
) -> None:
    with company(tmp_path, queue, "acme", "globex") as shop:
        shop.declare(drift={"every_minutes": 1, "metrics": True})
        shop.worker()
        shop.environment["COGNIGY_FLEET"] = queue.url(CONTROLLER)
        assert shop.run("fleet", "apply", "--yes").returncode == 0
        shop.tenants["globex"].edit(FRUIT, patterns=["^kiwi$"])
        shop.widen()
        found = "select target, document from reconciler_fleet.result where run_id like 'drift-%'"

        def check_again() -> None:
            queue.execute("delete from reconciler_fleet.result where run_id like 'drift-%'")
            call_schedule(queue, datetime.now(timezone.utc))

        check_again()
        results: dict[str, Any] = {}

        def both_are_checked() -> bool:
            results.update({name: json.loads(text) for name, text in queue.execute(found)})
            if len(results) == 2 and results["globex/production"]["status"] != "differs":
                check_again()  # it was begun before the edit
                results.clear()
            return len(results) == 2

        await_(both_are_checked)
        status = json.loads(shop.run("fleet", "status", "--format", "json").stdout)
    shown = {each["name"]: each["status"] for each in status["targets"]}
    assert shown == {name: each["status"] for name, each in results.items()}
    assert results["acme/production"]["status"] == "in_sync"
    assert results["globex/production"]["status"] == "differs"


def test_a_worker_says_why_it_cannot_start(tmp_path: Path, queue: Queue) -> None:
    with company(tmp_path, queue, "acme") as shop:
        shop.environment["COGNIGY_FLEET"] = f"postgresql://w:s3cret@/fleet?host={tmp_path}"
        done = shop.run("fleet", "worker")
        assert done.returncode == 1
        assert "The queue postgresql://w@/fleet" in done.stderr
        assert "cannot be reached" in done.stderr
        assert "s3cret" not in done.stderr
        assert "Traceback" not in done.stderr


def test_two_workers_with_two_bots_on_one_origin_keep_to_its_limit_together(
    tmp_path: Path, queue: Queue
) -> None:
    limit = 14  # fewer than the two targets need, so that a window has to pass
    with company(tmp_path, queue, "acme") as shop:
        tenant = shop.tenants["acme"]
        tenant.handle = _with_another_bot(tenant.handle)  # type: ignore[assignment, method-assign]
        environments = {
            name: {"expect": {"origin": shop.urls["acme"], "bot_id": name}}
            for name in ("bot_1", "bot_2")
        }
        targets = [
            {"tenant": name.replace("_", ""), "credentials": "acme", "environments": {"live": each}}
            for name, each in environments.items()
        ]
        shop.declare(targets=targets)
        shop.configure(limits={"requests_per_minute": limit})
        shop.worker()
        shop.worker()
        controller = shop.controller()
        report, said = controller.communicate(timeout=2 * LONG)
        assert controller.returncode == 0, said
        sent = [each.at for each in tenant.requests]
    assert len(json.loads(report)["targets"]) == 2
    assert len(sent) > limit
    assert all(later - earlier >= 60 for earlier, later in zip(sent, sent[limit:], strict=False))


def _with_another_bot(handle: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A tenant whose second bot is like its first."""
    return lambda request: handle(replace(request, path=request.path.replace("bot_2", "bot_1")))
