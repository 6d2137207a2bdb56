"""A fleet with a queue on a real server: tenants over HTTP, and workers and a controller in
processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import serve_all
from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import FAST_SANDBOX, Shell
from tests.support.postgres import CONTROLLER, WORKER
from tests.support.queue import LONG, Queue, await_
from tests.support.world import COLOUR, CORPUS, FRUIT, SIZE, document

ROOT = Path(__file__).parents[2]
SECRET = "the-secret-of-them-all"
SOON = 2.0
"""Seconds until the lock of a process that does not renew it ends."""


class Watched(SandboxTenant):
    """Calls the test when it has stored a slot, before it answers."""

    when_stored: Callable[[], object] = staticmethod(lambda: None)

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if request.method == "PUT":
            self.when_stored()
        return response


@dataclass
class Company(Shell):
    """A folder with fleet.yaml, the tenants that it names, and its queue."""

    queue: Queue | None = None
    sockets: str = ""
    tenants: dict[str, Watched] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def database(self) -> Queue:
        assert self.queue is not None
        return self.queue

    def declare(self, *, bots: int = 1, **settings: Any) -> None:
        """Write fleet.yaml: a target for each tenant, or for each of its bots."""
        targets = [
            {
                "tenant": f"{name}{number}" if bots > 1 else name,
                "labels": {"ring": "canary" if name == next(iter(self.tenants)) else "all"},
                "credentials": name,
                "environments": {"production": {"expect": {"origin": url, "bot_id": "bot_1"}}},
            }
            for name, url in self.urls.items()
            for number in range(bots)
        ]
        fleet = {"version": 1, "defaults": {"slots": "slots", "pool": "eu"}, "targets": targets}
        (self.folder / "fleet.yaml").write_text(json.dumps({**fleet, **settings}))

    def widen(self) -> None:
        """Three changes for each target."""
        self.write(FRUIT, patterns=["^apple$", "^pear$", "^plum$"])
        self.write(COLOUR, patterns=["^blue$", "^red$"])
        self.write(SIZE, patterns=["^small$", "^large$"])

    def start(self, *arguments: str, role: str) -> subprocess.Popen[str]:
        """A process with the variables of this role."""
        place = self.database.url(role, folder=self.sockets)
        process = subprocess.Popen(  # noqa: S603 - this interpreter, with our own code
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env={**self.variables(), "COGNIGY_FLEET": place, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def worker(
        self, *, lives: float = SOON, concurrency: int = 2, pool: str = "eu", role: str = WORKER
    ) -> subprocess.Popen[str]:
        """A worker, which has registered when this returns."""
        before = self.registered()
        arguments = ("worker", pool, str(lives), str(concurrency))
        started = self.start("tests.support.hasty_fleet", *arguments, role=role)
        await_(lambda: started.poll() is not None or self.registered() > before)
        assert started.poll() is None, started.communicate()[1]
        return started

    def registered(self) -> int:
        """The highest number that a worker ever had."""
        ((number,),) = self.database.execute(
            "select last_value from procrastinate_workers_id_seq where is_called"
            " union all select 0 order by 1 desc limit 1"
        )
        return int(number)

    def controller(self, *, lives: float = SOON) -> subprocess.Popen[str]:
        return self.start("tests.support.hasty_fleet", "apply", str(lives), role=CONTROLLER)

    def ended(self, process: subprocess.Popen[str]) -> tuple[int, dict[str, Any], str]:
        """The exit code of a controller, its report and what it said."""
        out, said = process.communicate(timeout=LONG)
        return process.returncode, json.loads(out) if out else {}, said

    def applied(self) -> dict[str, Any]:
        """Apply until it is not refused any more, as a schedule does; the report of the last."""
        while True:
            code, report, said = self.ended(self.controller())
            if code != 4:
                assert code == 0, said + json.dumps(report, indent=1)
                return report
            assert "Another apply holds" in said

    @property
    def writes(self) -> list[str]:
        """Which slots were written, by tenant, in the order of the tenants."""
        return [
            f"{name}:{each.path.rsplit('/', 1)[1]}"
            for name, tenant in self.tenants.items()
            for each in tenant.requests
            if each.method == "PUT"
        ]

    def when_stored(self, act: Callable[[str], object]) -> None:
        """Have this done with the tenant's name after each write is stored; one at a time."""
        lock = threading.Lock()

        def stored(name: str) -> None:
            with lock:
                act(name)

        for name, tenant in self.tenants.items():
            tenant.when_stored = lambda name=name: stored(name)  # type: ignore[misc]

    def require_converged(self) -> None:
        """Every slot is live, each chain is whole, and each change that was begun has an end."""
        for name, tenant in self.tenants.items():
            live = tenant.slot(FRUIT) or {}
            assert live.get("patterns") == ["^apple$", "^pear$", "^plum$"], name
            assert {COLOUR, SIZE} <= {slot["slotId"] for slot in tenant.slots()}, name
        lines = self.database.execute("select chain, line from reconciler.event order by 1, seq")
        for url in self.urls.values():
            events = [json.loads(line) for chain, line in lines if chain == url]
            _require_each_change_ended(events)


def _ends_a_change(event: dict[str, Any]) -> bool:
    if event["event"] == "change_recovered":
        return bool(event["outcome"] != "stored")
    return event["event"] in ("gate_passed", "gate_inconclusive", "change_rolled_back")


def _require_each_change_ended(events: Sequence[dict[str, Any]]) -> None:
    open_changes: set[str] = set()
    previous = ""
    for event in events:
        assert event["prev_hash"] == previous
        previous = event["hash"]
        if event["event"] == "change_started":
            assert event["slot_id"] not in open_changes
            open_changes.add(event["slot_id"])
        elif _ends_a_change(event):
            open_changes.discard(event["slot_id"])
    assert not open_changes
    assert events


@contextmanager
def company(
    folder: Path, queue: Queue, *names: str, sockets: str = "", **settings: Any
) -> Iterator[Company]:
    """The tenants with these names, all with the slot FRUIT, and a change for each target."""
    with ExitStack() as running:
        tenants = {name: _tenant(settings) for name in names}
        urls = running.enter_context(serve_all(tuple(tenants.values())))
        made = Company(
            folder=folder,
            environment={"RECONCILER_CREDENTIALS_DIR": str(folder / "credentials")},
            queue=queue,
            sockets=sockets,
            tenants=tenants,
            urls=dict(zip(names, urls, strict=True)),
        )
        for name, url in made.urls.items():
            home = folder / "credentials" / name
            home.mkdir(parents=True)
            for key, value in {
                "client_id": "sandbox",
                "client_secret": SECRET,
                "origin": url,
            }.items():
                (home / key).write_text(value)
        made.declare()
        made.configure()
        made.widen()
        try:
            yield made
        finally:
            for process in made.processes:
                if process.poll() is None:
                    process.kill()
                process.communicate()


def _tenant(settings: dict[str, Any]) -> Watched:
    store = MemoryStore()
    store.put(document(FRUIT))
    paced = {**FAST_SANDBOX, "client_secret": SECRET, **settings}
    return Watched(
        clock=SystemClock(), settings=SandboxSettings(**paced), store=store, corpus=CORPUS
    )
