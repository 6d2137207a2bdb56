"""Real workers and controllers that share a real queue; one is stopped, killed or cut off.

`FLEET_SEEDS=100 pytest tests/cli/fleet/test_failures.py -k random` kills at many more moments.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.bouncer import pooling
from tests.support.company import SECRET, Company, company
from tests.support.postgres import CONTROLLER, Server, server, serving
from tests.support.queue import LONG, TASKS, await_, new_queue

__all__ = ["server"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")
SEEDS = int(os.environ.get("FLEET_SEEDS", "2"))
UNTIL_KILLED = 75.0
"""Seconds until the lock of a process ends that must not lose it."""
EVENTS = "select count(*) from reconciler.event where chain <> 'fleet'"
CONTROLLED = """
select 1 from reconciler.lease l join reconciler.holder h on h.id = l.holder
where l.chain = 'fleet' and expires_at > clock_timestamp()
"""
AT_WORK = """
select w.about from procrastinate_jobs j join reconciler_fleet.worker w on w.id = j.worker_id
where j.status = 'doing' order by j.lock <> %s
"""


@pytest.fixture(params=["direct", "pooled"])
def sockets(request: pytest.FixtureRequest, server: Server) -> Iterator[str]:
    """The folder of the socket to talk to: the server's, or that of a PgBouncer."""
    if request.param == "direct":
        yield ""
        return
    with pooling(server) as pool:
        yield str(pool)


@pytest.fixture
def open_company(tmp_path: Path, server: Server) -> Iterator[Callable[..., Company]]:
    with ExitStack() as running:

        def opened(*names: str, sockets: str = "", **settings: Any) -> Company:
            queue = new_queue(server)
            return running.enter_context(
                company(tmp_path, queue, *names, sockets=sockets, **settings)
            )

        yield opened


def once(act: Callable[[], object]) -> Callable[[str], None]:
    """Do it the first time only."""
    done: list[bool] = []

    def first(_: str) -> None:
        if not done:
            done.append(True)
            act()

    return first


def statuses(report: dict[str, Any]) -> Counter[str]:
    return Counter(each["status"] for each in report["targets"])


def pid_in(about: str) -> int:
    found = re.match(r"pid (\d+)", about)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize(
    ("sockets", "seed"),
    [("direct", 0), ("pooled", 1), *(("direct", each) for each in range(2, SEEDS))],
    indirect=["sockets"],
)
def test_a_worker_that_is_killed_at_a_random_event_leaves_nothing_undone(
    open_company: Callable[..., Company], sockets: str, seed: int
) -> None:
    shop = open_company("acme", "globex", "initech", sockets=sockets)
    workers = {each.pid: each for each in (shop.worker(), shop.worker())}
    moment = random.Random(seed).randint(1, 30)  # noqa: S311 - a seed, not a secret
    controller = shop.controller(lives=UNTIL_KILLED)
    await_(lambda: shop.database.execute(EVENTS)[0][0] >= moment or controller.poll() is not None)
    chains = shop.database.execute("select chain from reconciler.event order by ctid desc limit 1")
    about = shop.database.execute(AT_WORK, chains[0][0])
    victim = workers[pid_in(about[0][0])] if about else next(iter(workers.values()))
    victim.kill()
    code, report, said = shop.ended(controller)
    assert code == 0, said + json.dumps(report)
    assert set(statuses(report)) <= {"verified", "in_sync"}
    assert len(set(shop.writes)) == 9
    assert len(shop.writes) <= 9 + 2  # those that it had in hand, to train what was not
    shop.require_converged()
    assert shop.applied()["counts"]["in_sync"] == 3


def test_a_worker_that_was_paused_and_replaced_writes_nothing_more(
    open_company: Callable[..., Company], sockets: str
) -> None:
    shop = open_company("acme", sockets=sockets)
    paused = shop.worker()
    shop.when_stored(once(lambda: paused.send_signal(signal.SIGSTOP)))
    controller = shop.controller(lives=UNTIL_KILLED)
    await_(lambda: shop.writes)
    shop.worker()
    code, report, said = shop.ended(controller)
    assert code == 0, said + json.dumps(report)
    written = shop.writes
    paused.send_signal(signal.SIGCONT)
    paused.send_signal(signal.SIGTERM)
    _, said = paused.communicate(timeout=LONG)
    assert paused.returncode == 0, said
    assert shop.writes == written
    ((attempts, status),) = [(each["attempts"], each["status"]) for each in report["targets"]]
    assert (attempts, status) == (2, "verified")
    shop.require_converged()


def test_without_the_server_nothing_is_written_and_after_it_all_go_on(tmp_path: Path) -> None:
    with serving() as own, company(tmp_path, new_queue(own), "acme", "globex") as shop:
        worker = shop.worker(lives=UNTIL_KILLED)
        shop.when_stored(once(lambda: own.stop(signal.SIGKILL)))
        controller = shop.controller(lives=UNTIL_KILLED)
        for process in (worker, controller):
            assert process.stderr is not None
            while "cannot be reached" not in (line := process.stderr.readline()):
                assert line, "the process ended"
        assert len(shop.writes) <= 2  # one of each tenant was on its way
        own.start()
        code, report, said = shop.ended(controller)
        assert code == 0, said + json.dumps(report)
        assert worker.poll() is None
        assert len(shop.writes) == 6
        shop.require_converged()


def test_without_its_controller_nothing_new_begins_and_a_rerun_goes_on(
    open_company: Callable[..., Company],
) -> None:
    names = ("acme", "globex", "initech")
    shop = open_company(*names)
    shop.worker(concurrency=1)
    controller = shop.controller()

    def kill() -> None:
        controller.kill()
        await_(lambda: not shop.database.execute(CONTROLLED))

    shop.when_stored(once(kill))
    controller.communicate(timeout=LONG)
    await_(lambda: not shop.database.execute(TASKS))
    begun = {each.partition(":")[0] for each in shop.writes}
    assert len(begun) == 1
    shop.applied()
    assert len(shop.writes) == 9
    shop.require_converged()
    started = [
        json.loads(line)
        for (line,) in shop.database.execute(
            "select line from reconciler.event where chain = 'fleet' order by seq"
        )
        if '"event":"fleet_started"' in line
    ]
    assert started[1]["continues"] == started[0]["run_id"]


def test_a_second_run_of_the_fleet_and_an_apply_by_hand_are_refused(
    open_company: Callable[..., Company], sockets: str
) -> None:
    shop = open_company("acme", sockets=sockets)
    worker = shop.worker(lives=UNTIL_KILLED)
    refused: list[tuple[int, str]] = []

    def others() -> None:
        process = shop.controller()
        _, said = process.communicate(timeout=LONG)
        refused.append((process.returncode, said))
        shop.environment.update(
            COGNIGY_BASE_URL=shop.urls["acme"],
            COGNIGY_CLIENT_ID="sandbox",
            COGNIGY_CLIENT_SECRET=SECRET,
            COGNIGY_BOT_ID="bot_1",
            COGNIGY_AUDIT_LOG=shop.database.url(CONTROLLER, folder=sockets),
        )
        by_hand = shop.run("apply", "--yes")
        refused.append((by_hand.returncode, by_hand.stderr))

    shop.when_stored(once(others))
    controller = shop.controller(lives=UNTIL_KILLED)
    code, report, said = shop.ended(controller)
    assert code == 0, said + json.dumps(report)
    assert [each for each, _ in refused] == [4, 4], refused
    assert f"pid {controller.pid}, " in refused[0][1]
    assert f"pid {worker.pid}, " in refused[1][1]
    assert len(shop.writes) == 3


def test_a_terminated_worker_ends_its_change_and_leaves_the_rest_to_another(
    open_company: Callable[..., Company],
) -> None:
    shop = open_company("acme")
    terminated = shop.worker(lives=UNTIL_KILLED)
    shop.when_stored(once(lambda: terminated.send_signal(signal.SIGTERM)))
    controller = shop.controller(lives=UNTIL_KILLED)
    _, said = terminated.communicate(timeout=LONG)
    assert terminated.returncode == 0, said
    assert len(shop.writes) == 1
    assert (
        shop.database.execute(
            "select 1 from reconciler.lease where holder is not null and chain <> 'fleet'"
        )
        == []
    )
    shop.worker(lives=UNTIL_KILLED)
    code, report, said = shop.ended(controller)
    assert code == 0, said + json.dumps(report)
    assert report["targets"][0]["attempts"] == 2
    assert len(shop.writes) == 3
    shop.require_converged()
