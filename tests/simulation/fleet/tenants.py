"""The tenants, and the way to them: latency, lost requests and answers, and somebody's edits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from reconciler.adapters.cognigy.v1.tenant import connect
from reconciler.model.access import TenantAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.ports import UNSHARED, Clock, Connection, Lease, Observer, Permission
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.simulation.fleet.clock import TrueClock
from tests.simulation.fleet.scheduler import Process, Scheduler
from tests.simulation.fleet.trouble import Trouble
from tests.support.inprocess import transport
from tests.support.world import CORPUS, FRUIT, document

SECRET = "sandbox-secret"


@dataclass(frozen=True)
class Sent:
    """A request that left a process."""

    origin: str
    target: str
    method: str
    fence: int


@dataclass
class Tenants:
    """One for each target, by name. `leaves` is called when a request leaves, and `arrives` when it
    arrives."""

    scheduler: Scheduler
    trouble: Trouble
    leaves: Callable[[Sent], None]
    arrives: Callable[[Sent], None]
    by_target: dict[str, SandboxTenant] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)

    def add(self, target: str, endpoint: Endpoint) -> None:
        """A tenant with one good slot."""
        store = MemoryStore()
        store.put(document(FRUIT))
        settings = SandboxSettings(
            training_seconds=4.0,
            window_seconds=10.0,
            traffic_per_second=12.0,
            bot_id=endpoint.bot_id or "",
        )
        self.endpoints[target] = endpoint
        self.by_target[target] = SandboxTenant(
            clock=TrueClock(self.scheduler), settings=settings, store=store, corpus=CORPUS
        )

    def edit(self, dice: random.Random, patterns: tuple[str, ...]) -> None:
        """Somebody edits a slot of one of them."""
        target = dice.choice(sorted(self.by_target))
        if self.by_target[target].slot(FRUIT) is not None:
            self.by_target[target].edit(FRUIT, patterns=[*patterns])
            self.trouble.happened["edited in the console"] += 1

    @contextmanager
    def connected(
        self,
        target: str,
        process: Process,
        *,
        clock: Clock,
        observer: Observer,
        project: Project,
        permission: Permission,
        lease: Lease = UNSHARED,
    ) -> Iterator[Connection]:
        """A process's connection to a target."""
        endpoint = self.endpoints[target]
        access = TenantAccess(endpoint=endpoint, client_id="sandbox", client_secret=Secret(SECRET))
        inner = transport(self.by_target[target])
        with connect(
            access,
            permission=permission,
            lease=lease,
            limits=project.settings.limits,
            clock=clock,
            observer=observer,
            user_agent="simulation",
            transport=_Way(self, inner, target, process, lease),
        ) as tenant:
            yield Connection(tenant=tenant, endpoint=endpoint)


class _Way(httpx.BaseTransport):
    """From a process to a tenant. What has left arrives, even if its sender dies meanwhile."""

    def __init__(
        self,
        tenants: Tenants,
        inner: httpx.BaseTransport,
        target: str,
        process: Process,
        lease: Lease,
    ) -> None:
        self._tenants = tenants
        self._inner = inner
        self._target = target
        self._process = process
        self._lease = lease

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._process.require_alive()
        request.read()
        trouble, process = self._tenants.trouble, self._process
        origin = self._tenants.endpoints[self._target].origin
        sent = Sent(origin, self._target, request.method, self._lease.fence)
        self._tenants.leaves(sent)
        if trouble.occurs("request lost", odds=0.5):
            trouble.step(process)
            raise httpx.ConnectError("refused", request=request)
        answers: list[httpx.Response] = []

        def arrive() -> None:
            self._tenants.arrives(sent)
            answers.append(self._inner.handle_request(request))
            process.resume()

        self._tenants.scheduler.after(trouble.latency(), arrive)
        process.wait()
        trouble.step(process)
        if trouble.occurs("answer lost", odds=0.5):
            raise httpx.ReadTimeout("no answer", request=request)
        return answers[0]
