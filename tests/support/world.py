"""A small bot, its tenant in this process, and everything that an apply needs.

Only the network and the clock are simulated. The engine, the HTTP client and the ledger's file are
real, and so is the sandbox, whose success rates come from the patterns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from reconciler import __version__
from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v1.tenant import connect
from reconciler.errors import ReconcilerError
from reconciler.model.access import TenantAccess
from reconciler.model.content import PatternContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import GateOverride, GatePolicy, SlotMetric
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits, Rollout, Settings
from reconciler.model.slot import DesiredSlot, SlotState
from reconciler.model.state import DesiredState
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.planning.planner import make_plan
from reconciler.ports import UNSHARED, Connection, Lease, Permission, Tenant
from reconciler.sandbox.messages import RequestRecord
from reconciler.sandbox.v1.corpus import Corpus, Utterance
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.support.clock import VirtualClock
from tests.support.faults import Fault, FaultyTransport
from tests.support.inprocess import transport
from tests.support.recorder import Recorder
from tests.support.reports import ended_by
from tests.support.runs import Agreeing, Runs

ORIGIN = "https://acme.cognigy.com"
BOT = "bot_1"
ENDPOINT = Endpoint(origin=ORIGIN, bot_id=BOT)
FRUIT, COLOUR, SIZE = "slot_fruit", "slot_colour", "slot_size"

GOOD = {
    FRUIT: ("^apple$", "^pear$"),
    COLOUR: ("^red$", "^blue$"),
    SIZE: ("^small$", "^large$"),
}
"""Patterns that extract every labelled value."""

CORPUS = Corpus(
    tuple(
        Utterance(f"I want {value}", {slot_id: value})
        for slot_id, values in (
            (FRUIT, ("apple", "pear")),
            (COLOUR, ("red", "blue")),
            (SIZE, ("small", "large")),
        )
        for value in values
    )
)


def rate_of(slot_id: str) -> SlotMetric:
    """The metric that judges a slot by default."""
    return SlotMetric(subject=slot_id, time_range=GatePolicy().time_range)


def document(slot_id: str, **fields: Any) -> dict[str, Any]:
    """A live slot with good patterns, as the API sends it."""
    return {
        "slotId": slot_id,
        "name": slot_id.removeprefix("slot_"),
        "type": "regex",
        "patterns": list(GOOD.get(slot_id, ("^x$",))),
        "fillStrategy": "bestMatch",
        "dependencies": [],
        **fields,
    }


def desired_slot(
    slot_id: str,
    *patterns: str,
    after: Iterable[str] = (),
    retrain: bool = True,
    protect: bool = False,
    absent: bool = False,
    gate: Mapping[str, Any] | None = None,
    **content: Any,
) -> DesiredSlot:
    """A desired slot with these patterns, by default good ones."""
    fields = {
        "name": slot_id.removeprefix("slot_"),
        "type": "regex",
        "patterns": patterns or GOOD.get(slot_id, ("^x$",)),
        "fill_strategy": "bestMatch",
        "dependencies": tuple(after),
        **content,
    }
    return DesiredSlot(
        slot_id=slot_id,
        content=None if absent else PatternContent(**fields),
        state=SlotState.ABSENT if absent else SlotState.PRESENT,
        trigger_retrain=retrain,
        protect=protect,
        gate=GateOverride(**(gate or {})),
    )


class World(Runs):
    """The bot's tenant, and runs against it. `live` are documents as the API sends them."""

    def __init__(
        self,
        folder: Path,
        *,
        live: Iterable[Mapping[str, Any]] = (),
        gate: Mapping[str, Any] | None = None,
        rollout: Rollout = Rollout(),
        limits: Limits = Limits(),
        endpoint: Endpoint = ENDPOINT,
        clock: VirtualClock | None = None,
        **sandbox: Any,
    ) -> None:
        self.clock = clock or VirtualClock()
        self.clock.advance(1000.0)
        store = MemoryStore()
        for each in live:
            store.put(dict(each))
        paced: dict[str, Any] = {
            "training_seconds": 4.0,
            "window_seconds": 10.0,
            "traffic_per_second": 12.0,
            "bot_id": endpoint.bot_id,
            "foreign_slots": frozenset({"slot_foreign"}),
            **sandbox,
        }
        self.sandbox = SandboxTenant(
            clock=self.clock, settings=SandboxSettings(**paced), store=store, corpus=CORPUS
        )
        self.transport = FaultyTransport(transport(self.sandbox))
        super().__init__(folder / "ledger.jsonl", endpoint=endpoint)
        self.settings = Settings(
            gate=GatePolicy(**{"timeout_seconds": 60, **(gate or {})}),
            rollout=rollout,
            limits=limits,
        )
        self.observer = Recorder()

    @contextmanager
    def connect(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        access = TenantAccess(
            endpoint=self.endpoint, client_id="sandbox", client_secret=Secret("sandbox-secret")
        )
        with connect(
            access,
            permission=permission,
            lease=lease,
            limits=project.settings.limits,
            clock=self.clock,
            observer=self.observer,
            user_agent="tests",
            transport=self.transport,
        ) as tenant:
            yield Connection(tenant=tenant, endpoint=self.endpoint)

    @contextmanager
    def tenant(self, permission: Permission = Permission.WRITE) -> Iterator[Tenant]:
        with self.connect(self.project(), permission=permission) as connection:
            yield connection.tenant

    def inject(
        self,
        method: str,
        path: str,
        act: Callable[[httpx.Request, Any], httpx.Response],
        *,
        times: int = 1,
    ) -> None:
        self.transport.inject(Fault(method=method, path=path, act=act, times=times))

    def project(self, *desired: DesiredSlot) -> Project:
        """A project of these slots, with the settings of this world."""
        return Project(DesiredState(desired), self.settings, api=COGNIGY_V1)

    def plan(self, *desired: DesiredSlot) -> Plan:
        """A plan from the live slots to these, without the ledger."""
        with self.tenant(Permission.READ) as tenant:
            return make_plan(
                DesiredState(desired),
                tenant.list_slots(),
                api=COGNIGY_V1,
                settings=self.settings,
                endpoint=self.endpoint,
                tool_version=__version__,
                selection=Selection(),
            )

    def apply(
        self,
        *desired: DesiredSlot,
        judged: bool = True,
        promoted: bool = True,
        retry: bool = False,
        plan: Plan | None = None,
        before_writing: Callable[[], object] = lambda: None,
    ) -> RunReport:
        """Recover, plan and apply. `before_writing` is called when the plan is agreed to, and
        `retry` is --retry-failed. An error before anything is recorded is in the report too."""
        try:
            self.report = apply(
                self.project(*desired),
                self.services,
                Agreeing(before_writing),
                ApplyRequest(saved=plan, judged=judged, promoted=promoted, retry_failed=retry),
            )
        except KeyboardInterrupt:  # before anything was recorded
            self.report = RunReport(run_id=None, interrupted=True)
        except ReconcilerError as error:
            self.report = ended_by(error)
        return self.report

    def apply_again(self, *desired: DesiredSlot) -> None:
        """Apply like a schedule, until there is nothing to do; rejected changes are skipped."""
        for _ in range(3):
            if not self.apply(*desired).outcomes:
                return

    def in_sync(self, *desired: DesiredSlot) -> bool:
        """Whether another plan would have no changes."""
        return not self.plan(*desired).changes

    @property
    def writes(self) -> list[RequestRecord]:
        return [each for each in self.sandbox.requests if each.method in ("PUT", "DELETE")]

    def live(self, slot_id: str) -> dict[str, Any]:
        found = self.sandbox.slot(slot_id)
        return json.loads(json.dumps(found)) if found else {}
