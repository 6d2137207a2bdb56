"""How many events a second can be recorded: on a file, and on PostgreSQL if it is installed.

    python -m tests.benchmarks.ledgers

Each event waits until it is on disk, or committed. Eight writers have a ledger each, like eight
targets in hand. The role of a pool is limited to the ledgers of its pool, which are many.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.postgres import assign_chains, pool_grants
from reconciler.model.pool import PoolChain, PoolRole
from reconciler.operations.ledger_stores import FleetStores
from tests.support.postgres import EU_WORKER, OWNER, WRITER, new_database, serving

EVENTS = 1_600
WRITERS = 8
CHAINS = 5_000


def appends_a_second(stores: FleetStores, *, writers: int) -> float:
    """How many events so many threads record in a second, together."""

    def write(number: int) -> None:
        with stores.of(f"https://{number}.example", clock=SystemClock()).open("run") as ledger:
            for place in range(EVENTS // writers):
                ledger.append("gate_passed", slot_id=f"slot_{place}", success_rate=0.95)

    begun = time.perf_counter()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    return EVENTS / (time.perf_counter() - begun)


def measured() -> Iterator[tuple[str, FleetStores]]:
    """Both kinds of ledgers."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        yield "files", FleetStores(Path(folder), clock=clock)
    with serving(is_durable=True) as server:
        database = new_database(server, "bench")
        yield "PostgreSQL", FleetStores(database.access(WRITER), clock=clock)
        pooled = new_database(server, "pooled")
        for statement in pool_grants(PoolRole(pool="eu", role=EU_WORKER)):
            pooled.execute(statement)
        chains = [f"https://{number}.example" for number in range(CHAINS)]
        assign_chains(
            pooled.access(OWNER),
            [PoolChain(pool="eu", chain=each, may_write=True) for each in chains],
        )
        yield "of a pool", FleetStores(pooled.access(EU_WORKER), clock=clock)


def main() -> None:
    """Print the events a second of one writer and of many."""
    for name, stores in measured():
        one = appends_a_second(stores, writers=1)
        many = appends_a_second(stores, writers=WRITERS)
        print(f"{name:12}{one:8.0f}/s by one writer, {many:8.0f}/s by {WRITERS}")


if __name__ == "__main__":
    main()
