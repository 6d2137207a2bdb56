"""How many requests and how much time 500 gated changes take, compared with a naive loop.

    python -m tests.benchmarks.apply_500

The tenant trains at once and the clock is virtual, so only the rate limit takes time: `bound` is
the shortest time in which it allows that many requests. The naive loop follows the vendor's guide
to the letter: it lists all slots before every update, PUTs, sleeps 15 s, and checks the metric,
but it cannot roll anything back.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import click
import httpx

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v1.tenant import connect
from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.adapters.webhook import SilentNotifier
from reconciler.model.access import TenantAccess
from reconciler.model.content import PatternContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import GatePolicy
from reconciler.model.outcome import RunReport
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits, Rollout, Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.operations.apply import Unattended, apply
from reconciler.operations.services import Services
from reconciler.ports import SILENT, UNSHARED, Connection, Lease, Permission
from tests.support.clock import VirtualClock

CHANGES = 500
PER_MINUTE = 100
WINDOW_SECONDS = 60
PAGE = 100
NAIVE_SLEEP_SECONDS = 15
LATENCY_SECONDS = 0.2
ORIGIN = "https://acme.cognigy.com"
ENDPOINT = Endpoint(origin=ORIGIN, bot_id="bot_1")


@dataclass
class InstantTenant(httpx.BaseTransport):
    """A tenant that trains at once and extracts everything. `arrivals` are the times of requests,
    in seconds."""

    clock: VirtualClock
    etags: bool
    slots: dict[str, dict[str, Any]] = field(default_factory=dict)
    arrivals: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.arrivals.append(self.clock.monotonic())
        self.clock.advance(LATENCY_SECONDS)
        last = request.url.path.rsplit("/", 1)[1]
        if last == "token":
            self.kinds["token"] += 1
            return httpx.Response(200, json={"access_token": "token", "expires_in": 86_400})
        if last == "slots":
            self.kinds["listing"] += 1
            offset = int(request.url.params["offset"])
            return httpx.Response(
                200, json={"data": [*self.slots.values()][offset : offset + PAGE]}
            )
        if last == "extraction":
            self.kinds["metric"] += 1
            return httpx.Response(200, json={"successRate": 0.95})
        self.kinds[request.method] += 1
        if request.method == "PUT":
            body = json.loads(request.read())
            body.pop("triggerRetrain")
            self.slots[last] = {"slotId": last, **body}
        tag = f'"{hash(json.dumps(self.slots[last])) & 0xFFFF}"'
        return httpx.Response(
            200, json=self.slots[last], headers={"ETag": tag} if self.etags else {}
        )


@dataclass(frozen=True)
class Result:
    """The requests and time of one way to make the changes."""

    way: str
    kinds: Counter[str]
    arrivals: tuple[float, ...]
    seconds: float

    @property
    def own_requests(self) -> int:
        """The requests that belong to a single change, so not those for tokens and listings."""
        return sum(n for kind, n in self.kinds.items() if kind not in ("token", "listing"))

    @property
    def bound(self) -> float:
        """The least seconds in which the rate limit allows this many requests."""
        return (len(self.arrivals) - 1) // PER_MINUTE * WINDOW_SECONDS

    @property
    def busiest_minute(self) -> int:
        """The most requests in any 60 s, both ends included."""
        most = first = 0
        for last, moment in enumerate(self.arrivals):
            while moment - self.arrivals[first] > WINDOW_SECONDS:
                first += 1
            most = max(most, last - first + 1)
        return most


def reconciled(batch: Literal["change", "wave"], *, etags: bool) -> Result:
    """An apply by reconciler."""
    clock = VirtualClock()
    tenant = InstantTenant(clock, etags=etags, slots=_live())
    settings = Settings(
        gate=GatePolicy(settle_seconds=0),
        rollout=Rollout(batch=batch),
        limits=Limits(requests_per_minute=PER_MINUTE),
    )
    with tempfile.TemporaryDirectory() as folder:
        report = _apply(Path(folder) / "ledger.jsonl", tenant, settings)
    if report.summary()["verified"] != CHANGES:
        raise AssertionError(f"not all is verified: {report.summary()}, {report.error}")
    return _result(f"batch: {batch}, {'with' if etags else 'without'} ETags", tenant)


def naive() -> Result:
    """The loop from the vendor's guide, without a limiter, because it is too slow to need one."""
    clock = VirtualClock()
    tenant = InstantTenant(clock, etags=False, slots=_live())
    with httpx.Client(base_url=ORIGIN, transport=tenant) as client:
        client.post("/oauth/token")
        for slot in _desired().values():
            offset = 0
            while len(_page(client, offset)) == PAGE:
                offset += PAGE
            client.put(
                f"/api/v1/slots/{slot.slot_id}",
                json={**_document(slot), "triggerRetrain": True},
            )
            clock.sleep(NAIVE_SLEEP_SECONDS)
            client.get(f"/api/v1/bots/bot_1/analytics/slots/{slot.slot_id}/extraction")
    return _result("naive loop", tenant)


def results() -> Iterator[Result]:
    """The results of all ways."""
    yield reconciled("change", etags=True)
    yield reconciled("change", etags=False)
    yield reconciled("wave", etags=True)
    yield reconciled("wave", etags=False)
    yield naive()


def _apply(ledger_path: Path, tenant: InstantTenant, settings: Settings) -> RunReport:
    clock = tenant.clock

    @contextmanager
    def connected(
        project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        access = TenantAccess(endpoint=ENDPOINT, client_id="id", client_secret=Secret("secret"))
        with connect(
            access,
            permission=permission,
            lease=lease,
            limits=project.settings.limits,
            clock=clock,
            observer=SILENT,
            user_agent="benchmark",
            transport=tenant,
        ) as connection:
            yield Connection(tenant=connection, endpoint=ENDPOINT)

    services = Services(
        clock=clock,
        observer=SILENT,
        ledger=FileLedgerStore(ledger_path, clock=clock),
        connect=connected,
        notifier=SilentNotifier,
        new_run_id=lambda: "run",
    )
    return apply(Project(_desired(), settings, api=COGNIGY_V1), services, Unattended())


def _result(way: str, tenant: InstantTenant) -> Result:
    return Result(
        way=way,
        kinds=tenant.kinds,
        arrivals=tuple(tenant.arrivals),
        seconds=tenant.clock.monotonic() - tenant.arrivals[0],
    )


def _desired() -> DesiredState:
    return DesiredState(
        DesiredSlot(
            slot_id=f"slot_{number:03}",
            content=PatternContent(
                name=f"slot {number}",
                type="regex",
                patterns=(f"^new {number}$",),
                fill_strategy="bestMatch",
                dependencies=(),
            ),
        )
        for number in range(CHANGES)
    )


def _live() -> dict[str, dict[str, Any]]:
    return {
        slot.slot_id: {"slotId": slot.slot_id, **_document(slot), "patterns": ["^old$"]}
        for slot in _desired().values()
    }


def _document(slot: DesiredSlot) -> dict[str, Any]:
    content = slot.content
    if content is None:
        raise AssertionError("every slot is described")
    return {
        "name": content.name,
        "type": content.type,
        "patterns": list(content.patterns),
        "fillStrategy": content.fill_strategy,
        "dependencies": [],
    }


def _page(client: httpx.Client, offset: int) -> list[Any]:
    params = {"limit": PAGE, "offset": offset}
    return list(client.get("/api/v1/slots", params=params).json()["data"])


def main() -> None:
    """Print a line for each way."""
    click.echo(f"{CHANGES} gated updates, at most {PER_MINUTE} requests a minute")
    click.echo(
        f"{'':28}{'a change':>9}{'listings':>9}{'in all':>8}{'busiest min':>12}"
        f"{'seconds':>9}{'bound':>8}{'ratio':>8}"
    )
    for result in results():
        ratio = result.seconds / result.bound
        click.echo(
            f"{result.way:28}{result.own_requests / CHANGES:9.2f}{result.kinds['listing']:9}"
            f"{len(result.arrivals):8}{result.busiest_minute:12}{result.seconds:9.0f}"
            f"{result.bound:8.0f}{ratio:8.3f}"
        )


if __name__ == "__main__":
    main()
