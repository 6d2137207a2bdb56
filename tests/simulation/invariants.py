"""What must hold at every step: after each request at the tenant and each line of the ledger.

1  no live slot names a missing slot, and there is no cycle in the live graph,
   unless another's edit made it so                                          order.Graph
2  a slot is PUT only when everything it depends on is in its desired state  order.Order
3  never more than the limit in any 60 s window at the tenant                order.Pace
4  another's edit made after the plan is never overwritten: never where the
   tenant has ETags; without them, never outside the documented window       hands.Hands
5  each change of ours that is live at the end is verified, or reported as
   inconclusive, or open in the ledger                                       verdicts.Verdicts
6  every write to the tenant has its intention in the ledger before it,
   and the chain verifies                                                    here, ledger_view
7  with the faults over, apply again and again ends in "no changes", the
   same state as an undisturbed run                                          convergence
8  the events that a listener hears fit together: what begins ends exactly
   once unless the process crashes, and what happens to a change happens
   while it is in hand                                                       stream.Stream
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import httpx

from reconciler.adapters.cognigy.v1.api import COGNIGY_V1
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from tests.simulation.hands import Hands
from tests.simulation.ledger_view import Intention, LedgerView
from tests.simulation.order import Graph, Order, Pace
from tests.simulation.scenario import Scenario
from tests.simulation.stream import Stream
from tests.simulation.tenant import Content, ModelTenant, Reply, canonical, content_of
from tests.simulation.trace import Trace, Violation
from tests.simulation.verdicts import Terms, Verdicts
from tests.support.clock import VirtualClock


class Invariants:
    """Watches the wire and the ledger. Every method may raise Violation."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        ledger: Path,
        tenant: ModelTenant,
        clock: VirtualClock,
        trace: Trace,
    ) -> None:
        settings = scenario.settings
        self._tenant = tenant
        self._trace = trace
        self.view = LedgerView(ledger)
        self._graph = Graph(tenant)
        self._order = Order(scenario, tenant)
        self._pace = Pace(settings.limits.requests_per_minute, clock)
        self._hands = Hands(batch=settings.rollout.batch, clock=clock, trace=trace)
        terms = Terms(
            gates=Project(scenario.desired, settings, api=COGNIGY_V1).gates,
            on_failure=settings.rollout.on_failure,
        )
        self._verdicts = Verdicts(terms=terms, tenant=tenant, view=self.view)
        self.stream = Stream(clock)
        self._run_id = ""
        self._listed_at = 0
        self._planned_at = 0

    def process_begins(self, run_id: str, *, judged: bool) -> None:
        """A process of ours: it knows nothing, and nothing of its requests is counted yet."""
        self._run_id = run_id
        self.stream.begin()
        self._pace.begin()
        self._hands.begin()
        self._verdicts.begin(judged=judged)

    def planned(self, plan: Plan) -> None:
        """This plan is carried out from now on."""
        self._planned_at = self._listed_at
        self._hands.planned = {each.slot_id: content_of(each.before) for each in plan.changes}

    def sending(self, request: httpx.Request) -> None:
        self._hands.sending(request)
        if request.method not in ("PUT", "DELETE"):
            return
        slot_id = request.url.path.rsplit("/", 1)[1]
        change = self._intention(slot_id)
        if _content(request) not in _intended(change):
            raise Violation(6, f"the ledger does not say that {slot_id} becomes this")
        forward = not change.rolling_back and change.run_id == self._run_id
        if forward and request.method == "PUT":
            self._order.check(
                change, open_changes={k: v for k, v in self.view.open.items() if k != slot_id}
            )

    def arrived(self) -> None:
        self._pace.check()

    def carried_out(self, request: httpx.Request) -> None:
        slot_id = request.url.path.rsplit("/", 1)[1]
        change = self._intention(slot_id)
        stored = _content(request)
        self._hands.check(change, replaced=self._tenant.replaced, stored=stored)
        self._graph.check(change)

    def received(self, reply: Reply) -> None:
        if reply.lists_all:
            self._listed_at = reply.moment
        self._hands.received(reply)
        self._verdicts.received(reply)

    def recorded(self) -> None:
        """A line was written to the ledger."""
        for line in self.view.catch_up(planned_at=self._planned_at):
            self._trace.say("ledger", _shown(line))
            self._trace.count(f"event: {line['event']}")
            if line["event"] == "change_recovered":
                self._trace.count(f"recovered: {line['outcome']}")
            slot_id: str = line.get("slot_id", "")
            change = self.view.open.get(slot_id) or self.view.ended.get(slot_id)
            if slot_id and change is not None:
                self._verdicts.check(line, change)

    def process_ended(
        self, report: RunReport | None, *, open_changes: Mapping[str, object]
    ) -> None:
        """It returned a report, or crashed."""
        self.recorded()
        self.stream.check_end(report)
        self._verdicts.check_end(report, open_changes=open_changes)

    def _intention(self, slot_id: str) -> Intention:
        change = self.view.open.get(slot_id)
        if change is None:
            raise Violation(6, f"{slot_id} is written, and the ledger holds no intention of it")
        return change


def _intended(change: Intention) -> tuple[Content, ...]:
    """What may be sent: once it is stored, what is live may be sent again to be trained."""
    if not change.rolling_back:
        return (change.after, change.live)
    return (canonical(change.before) if change.before is not None else None,)


def _content(request: httpx.Request) -> Content:
    return canonical(json.loads(request.content)) if request.method == "PUT" else None


def _shown(line: Mapping[str, object]) -> str:
    left_out = ("timestamp", "prev_hash", "hash", "seq", "run_id", "event", "identity", "before")
    told = {key: value for key, value in line.items() if key not in left_out}
    return f"{line['event']} {json.dumps(told)[:300]}"
