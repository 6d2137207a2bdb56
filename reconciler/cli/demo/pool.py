"""The demo of a fleet with workers: two of them share a queue, and one is killed in the middle."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.cli.demo.fleet import (
    CANARIES,
    TENANTS,
    Company,
    ServeAll,
    company,
    unchanged,
)
from reconciler.cli.demo.walkthrough import Walkthrough
from reconciler.cli.output import show

_LOOK_SECONDS = 0.1


def tell(folder: Path, serve_all: ServeAll, *, database: str) -> None:
    """Tell the story, with the queue and the ledgers in this database. Raises ReconcilerError if a
    step has an unexpected result."""
    with company(folder, serve_all) as found:
        walk = found.walk(COGNIGY_FLEET=database)
        _run(found, walk)


def _run(found: Company, walk: Walkthrough) -> None:
    show(
        f"{len(TENANTS)} sandbox tenants are running in this process, and a PostgreSQL server has "
        "room for a queue and for the ledgers."
    )
    walk.step("Make the queue, and the schema of the ledgers.")
    walk.reconciler("fleet", "init")
    walk.step("Start two workers. Nothing has to reach them: they ask the queue for work.")
    with _worker(walk) as first, _worker(walk) as second:
        walk.step(
            "Add a pattern, and roll it out. In the middle, the first worker is killed (kill -9)."
        )
        found.write(unchanged, more=[r"^WEB-\d{7}$"])
        apply = walk.begin("fleet", "apply", "--yes")
        _await_a_write_beyond_the_canaries(found, apply)
        first.kill()
        show(
            "The first worker is dead. What it had in hand is free when its locks expire, after "
            "75 s; the second worker then settles it by the ledger."
        )
        walk.finish(apply)
        walk.step("Plan again: there is nothing left to do.")
        walk.reconciler("fleet", "plan", "--detailed-exitcode")
        walk.step("Ask the second worker to stop: it ends in order.")
        second.terminate()
        walk.finish(second)
    walk.end(instructions="`reconciler docs fleet`", on="your own fleet")


@contextmanager
def _worker(walk: Walkthrough) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, which is killed in the end if it still runs."""
    process = walk.begin("fleet", "worker")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _await_a_write_beyond_the_canaries(found: Company, apply: subprocess.Popen[bytes]) -> None:
    """Return when a target of the second step is being changed, or the run has ended."""
    clock = SystemClock()
    others = [found.tenants[name] for name in TENANTS if name not in CANARIES]
    while apply.poll() is None and not any(
        request.method == "PUT" for each in others for request in tuple(each.requests)
    ):
        clock.sleep(_LOOK_SECONDS)
