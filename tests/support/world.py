"""A small bot, its tenant in this process, and all that an apply needs, under a virtual clock.

Everything is real but the network and the time: the engine, the HTTP client, the ledger's file,
and the sandbox, whose success rates come from the patterns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from reconciler.adapters.cognigy import Access, Credentials, connect
from reconciler.adapters.ledger import open_ledger, read_lines
from reconciler.engine.apply import Run
from reconciler.engine.policy import RunPolicy
from reconciler.errors import ReconcilerError
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import GateOverride, GatePolicy
from reconciler.model.ledger import Event, History
from reconciler.model.outcome import Outcome, RunReport
from reconciler.model.plan import ApprovedPlan, Plan, Selection
from reconciler.model.settings import Limits, Rollout, Settings
from reconciler.model.slot import DesiredSlot, SlotContent, SlotState
from reconciler.model.state import DesiredState
from reconciler.planning.gates import slot_gates
from reconciler.planning.history import replay
from reconciler.planning.limits import approve
from reconciler.planning.planner import make_plan
from reconciler.planning.rejections import standing_rejections
from reconciler.ports import Observer, Ports, Tenant
from reconciler.sandbox.corpus import Corpus, Utterance
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import MemoryStore
from reconciler.sandbox.tenant import RequestRecord, SandboxTenant
from tests.support.clock import VirtualClock
from tests.support.faults import Fault, FaultyTransport
from tests.support.inprocess import transport

ORIGIN = "https://acme.cognigy.com"
BOT = "bot_1"
ENDPOINT = Endpoint(origin=ORIGIN, bot_id=BOT)
FRUIT, COLOUR, SIZE = "slot_fruit", "slot_colour", "slot_size"

GOOD = {
    FRUIT: ("^apple$", "^pear$"),
    COLOUR: ("^red$", "^blue$"),
    SIZE: ("^small$", "^large$"),
}
"""Patterns with which every labelled value is extracted."""

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


def document(slot_id: str, **fields: Any) -> dict[str, Any]:
    """A live slot with good patterns, in the API's words."""
    return {
        "slotId": slot_id,
        "name": slot_id.removeprefix("slot_"),
        "type": "regex",
        "patterns": list(GOOD.get(slot_id, ("^x$",))),
        "fillStrategy": "bestMatch",
        "dependencies": [],
        **fields,
    }


def wanted(
    slot_id: str,
    *patterns: str,
    after: Iterable[str] = (),
    retrain: bool = True,
    protect: bool = False,
    absent: bool = False,
    gate: Mapping[str, Any] | None = None,
    **content: Any,
) -> DesiredSlot:
    """A desired slot with these patterns, or good ones."""
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
        content=None if absent else SlotContent(**fields),
        state=SlotState.ABSENT if absent else SlotState.PRESENT,
        trigger_retrain=retrain,
        protect=protect,
        gate=GateOverride(**(gate or {})),
    )


class Recorder(Observer):
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.repeated: list[str] = []

    def warned(self, message: str) -> None:
        self.warnings.append(message)

    def write_repeated(self, slot_id: str, reason: str) -> None:
        self.repeated.append(f"{slot_id}: {reason}")


@dataclass
class Messages:
    """A notifier that keeps what it is told, and fails as it is told to."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def notify(
        self, event: str, *, slot_id: str, content: SlotContent | None, retrain: bool
    ) -> None:
        self.sent.append((event, slot_id))

    def close(self) -> list[str]:
        return self.failures


class World:
    """The bot's tenant, and runs against it. `live` are documents in the API's words."""

    def __init__(
        self,
        folder: Path,
        *,
        live: Iterable[Mapping[str, Any]] = (),
        gate: Mapping[str, Any] | None = None,
        rollout: Rollout = Rollout(),
        limits: Limits = Limits(),
        **sandbox: Any,
    ) -> None:
        self.clock = VirtualClock()
        self.clock.advance(1000.0)
        store = MemoryStore()
        for each in live:
            store.put(dict(each))
        paced: dict[str, Any] = {
            "training_seconds": 4.0,
            "window_seconds": 10.0,
            "traffic_per_second": 12.0,
            "bot_id": BOT,
            "foreign_slots": frozenset({"slot_foreign"}),
            **sandbox,
        }
        self.sandbox = SandboxTenant(
            clock=self.clock, settings=SandboxSettings(**paced), store=store, corpus=CORPUS
        )
        self.transport = FaultyTransport(transport(self.sandbox))
        self.ledger = folder / "ledger.jsonl"
        self.settings = Settings(
            gate=GatePolicy(**{"timeout_seconds": 60, **(gate or {})}),
            rollout=rollout,
            limits=limits,
        )
        self.observer = Recorder()
        self.messages = Messages()
        self.report = RunReport(run_id="none")
        self._runs = 0

    @contextmanager
    def tenant(self, access: Access = Access.WRITE) -> Iterator[Tenant]:
        credentials = Credentials(
            origin=ORIGIN, client_id="sandbox", client_secret="sandbox-secret"
        )
        with connect(
            credentials,
            bot_id=BOT,
            access=access,
            limits=self.settings.limits,
            clock=self.clock,
            user_agent="tests",
            transport=self.transport,
        ) as tenant:
            yield tenant

    def inject(
        self,
        method: str,
        path: str,
        act: Callable[[httpx.Request, Any], httpx.Response],
        *,
        times: int = 1,
    ) -> None:
        self.transport.inject(Fault(method=method, path=path, act=act, times=times))

    def plan(self, *desired: DesiredSlot, tenant: Tenant | None = None) -> Plan:
        if tenant is None:
            with self.tenant(Access.READ) as own:
                return self.plan(*desired, tenant=own)
        return make_plan(
            DesiredState(desired),
            tenant.list_slots(),
            settings=self.settings,
            endpoint=ENDPOINT,
            tool_version="1.0.0",
            selection=Selection(),
        )

    def apply(
        self,
        *desired: DesiredSlot,
        judged: bool = True,
        retry: bool = True,
        again: bool = False,
        plan: Plan | None = None,
        before_writing: Callable[[], object] = lambda: None,
    ) -> RunReport:
        """Recover, plan and apply; `before_writing` happens between the last two.

        `retry` is --retry-failed for a plan, and `again` for what is live although rejected.
        """
        self._runs += 1
        run_id = f"run-{self._runs}"
        with (
            open_ledger(self.ledger, run_id=run_id, clock=self.clock) as ledger,
            self.tenant() as tenant,
        ):
            run = Run(
                run_id,
                policy=RunPolicy(
                    endpoint=ENDPOINT,
                    gates=slot_gates(DesiredState(desired), self.settings),
                    default_gate=self.settings.gate,
                    rollout=self.settings.rollout,
                    max_attempts=self.settings.limits.max_attempts,
                    judged=judged,
                    protected=frozenset(s.slot_id for s in desired if s.protect),
                ),
                ports=Ports(
                    tenant=tenant,
                    ledger=ledger,
                    notifier=self.messages,
                    clock=self.clock,
                    observer=self.observer,
                ),
                origin={"actor": "tester", "commit": None, "reason": None},
            )
            error = None
            try:
                try:
                    history = replay(ledger.lines, endpoint=ENDPOINT)
                    if again and not history.open_changes:
                        due = history.ended_rejected.items()
                        reopened = {slot_id: ended.to_judge_again() for slot_id, ended in due}
                        history = history.model_copy(update={"open_changes": reopened})
                    if run.recover(history):
                        plan = plan or self.plan(*desired, tenant=tenant)
                        before_writing()
                        history = replay(ledger.lines, endpoint=ENDPOINT)
                        rejections = {} if retry else standing_rejections(plan, history)
                        run.carry_out(self.approved(plan), rejections=rejections)
                except ReconcilerError as caught:
                    error = caught
                self.report = run.finish(error)
            except KeyboardInterrupt:
                self.report = run.cut_off(read_lines(self.ledger))
        return self.report

    def apply_again(self, *desired: DesiredSlot) -> None:
        """As a scheduled apply does: what was rejected stays rejected, until nothing is left."""
        for _ in range(3):
            if not self.apply(*desired, retry=False).outcomes:
                return

    def approved(self, plan: Plan) -> ApprovedPlan:
        return approve(plan, self.settings.limits)

    def in_sync(self, *desired: DesiredSlot) -> bool:
        """Whether planning again finds nothing to do."""
        return not self.plan(*desired).changes

    def outcome(self, slot_id: str) -> Outcome:
        return next(each for each in self.report.outcomes if each.slot_id == slot_id)

    @property
    def statuses(self) -> dict[str, str]:
        return {each.slot_id: each.status.value for each in self.report.outcomes}

    @property
    def events(self) -> list[Event]:
        return [line for line in read_lines(self.ledger) if line is not None]

    def told(self, slot_id: str | None = None) -> list[str]:
        """The names of the ledger's events, of one slot or of all."""
        return [
            event.event
            for event in self.events
            if slot_id is None or event.data.get("slot_id") == slot_id
        ]

    @property
    def history(self) -> History:
        return replay(self.events, endpoint=ENDPOINT)

    @property
    def writes(self) -> list[RequestRecord]:
        return [each for each in self.sandbox.requests if each.method in ("PUT", "DELETE")]

    def live(self, slot_id: str) -> dict[str, Any]:
        found = self.sandbox.slot(slot_id)
        return json.loads(json.dumps(found)) if found else {}
