"""What must hold at every step: after each request at the tenant and each line of the ledger.

1  no live slot names a missing slot, and there is no cycle in the live graph,
   unless a foreign edit caused it                                           v1.graph
   no two slots of one name are ever made by us                              v2.fillers
2  a slot is stored only when all its dependencies are in their desired
   state                                                                     order.Order
3  never more than the limit in any 60 s window at the tenant                order.Pace
4  a foreign edit made after the plan is never overwritten: never if the
   tenant has ETags; without them, never outside the documented window       hands.Hands
5  each of our changes that is live at the end is verified, or reported as
   inconclusive, or open in the ledger                                       verdicts.Verdicts
6  the ledger has the intention of every write before it is sent, and its
   chain verifies                                                            here, ledger_view
7  once the faults are over, apply again and again ends in "no changes", and
   in the same state as an undisturbed run                                   convergence
8  the events that a listener hears fit together: what begins ends exactly
   once unless the process crashes, and what happens to a change happens
   while it is in hand                                                       stream.Stream
9  nothing is written or recorded without consent, from a stale plan, or past
   a gate that cannot judge                                                  consent.Consent
10 a second Ctrl-C stops a run at once, and its report is true               fuse, stopping
11 a slot that the files of a run protected is not deleted until the files of
   a later run lift the protection                                           protection
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import httpx

from reconciler.errors import ReconcilerError
from reconciler.model.outcome import RunReport
from reconciler.model.proposal import PlanProposal, Proposal
from tests.simulation.calls import Call, Kind
from tests.simulation.consent import Consent
from tests.simulation.hands import Hands
from tests.simulation.ledger_view import Intention, LedgerView, shown
from tests.simulation.order import Order, Pace
from tests.simulation.protection import Protection
from tests.simulation.scenario import Content
from tests.simulation.stopping import require_true_report
from tests.simulation.stream import Stream
from tests.simulation.tenant import ModelTenant, Reply
from tests.simulation.terms import Terms
from tests.simulation.trace import Trace, Violation
from tests.simulation.verdicts import Verdicts
from tests.support.clock import VirtualClock


class Invariants:
    """Watches the wire and the ledger. Every method may raise Violation."""

    def __init__(
        self,
        terms: Terms,
        *,
        ledger: Path,
        tenant: ModelTenant,
        clock: VirtualClock,
        trace: Trace,
    ) -> None:
        settings = terms.project.settings
        self._tenant = tenant
        self._trace = trace
        self.view = LedgerView(ledger, canonical=tenant.canonical, content_of=tenant.content_of)
        self.protection = Protection()
        self._terms = terms
        self._order = Order(terms.desired, tenant)
        self._pace = Pace(settings.limits.requests_per_minute, clock)
        self._hands = Hands(tenant=tenant, batch=settings.rollout.batch, clock=clock, trace=trace)
        self._consent = Consent(terms, tenant=tenant)
        self._verdicts = Verdicts(terms, tenant=tenant, view=self.view, trace=trace)
        self.stream = Stream(clock)
        self._has_recorded = False
        self._planned_at = 0
        self._reads: list[int] = []

    @property
    def listed_at(self) -> tuple[int, int]:
        """The tenant's moments in the first and the last response since the process began, or since
        the ledger's last line, that show slots: those of a listing, before a plan is agreed to."""
        return (self._reads[0], self._reads[-1]) if self._reads else (0, 0)

    def process_begins(self, terms: Terms) -> None:
        """A new process of ours: it knows nothing, and no request is counted yet."""
        self._terms = terms
        self._has_recorded = False
        self._reads.clear()
        self.stream.begin()
        self._pace.begin()
        self._hands.begin()
        self._order.begin(terms.desired)
        self._consent = Consent(terms, tenant=self._tenant)
        self._verdicts.begin(terms)

    def proposed(self, proposal: Proposal) -> None:
        """Someone is shown this."""
        self._consent.proposed(proposal)

    def agreed(self, proposal: Proposal) -> None:
        """From now on it may be carried out."""
        self._consent.agreed(proposal)
        if isinstance(proposal, PlanProposal) and proposal.plan.changes:
            changes = proposal.plan.changes
            self._planned_at, _ = self.listed_at
            content_of = self._tenant.content_of
            self._hands.planned = {
                each.slot_id: content_of(each.before.as_json()) if each.before else None
                for each in changes
            }
            self.protection.planned(proposal.plan)

    def declined(self) -> None:
        """It is not carried out."""
        self._consent.declined()

    def sending(self, call: Call, request: httpx.Request) -> None:
        self._hands.sending(call)
        self._consent.sending(call)
        if not call.writes:
            return
        slot_id = call.slot_id
        change = self._intention(slot_id)
        if not any(self._tenant.leads_to(request, each) for each in _intended(change)):
            raise Violation(6, f"{slot_id} is written, but the ledger announces other content")
        if call.kind is Kind.DELETE:
            self.protection.deleting(change)
        forward = not change.rolling_back and change.run_id == self._terms.run_id
        if forward and call.kind is Kind.STORE:
            self._order.check(
                change, open_changes={k: v for k, v in self.view.open.items() if k != slot_id}
            )

    def arrived(self) -> None:
        self._pace.check()

    def carried_out(self, call: Call) -> None:
        change = self._intention(call.slot_id)
        self._hands.check(call, change)
        self._tenant.require_sound(change)

    def received(self, reply: Reply) -> None:
        if reply.moment is not None:
            self._reads.append(reply.moment)
        self._hands.received(reply)
        self._verdicts.received(reply)

    def recorded(self) -> None:
        """A line was written to the ledger."""
        for line in self.view.catch_up(planned_at=self._planned_at):
            self._reads.clear()
            self._trace.say("ledger", shown(line))
            self._trace.count(f"event: {line['event']}")
            if line["event"] == "change_recovered":
                self._trace.count(f"recovered: {line['outcome']}")
            if line["event"] == "run_started":
                self._note_the_start()
            slot_id: str = line.get("slot_id", "")
            change = self.view.open.get(slot_id) or self.view.ended.get(slot_id)
            self._consent.recorded(line, change if slot_id else None)
            if slot_id and change is not None:
                self._verdicts.check(line, change)

    def _note_the_start(self) -> None:
        self._has_recorded = True
        before = self.protection.slots
        self.protection.note(self._terms)
        if self._consent.changes_nothing and self.protection.slots != before:
            self._trace.count("protection recorded alone")

    def process_ended(
        self, report: RunReport | None, *, open_changes: Collection[str], has_cut_off: bool
    ) -> None:
        """The process returned a report, or None if it ended before there was one; `open_changes`
        are those of the ledger as our own code reads it."""
        self.recorded()
        if has_cut_off:
            concerned = self._verdicts.begun | self._consent.recoverable
            require_true_report(
                report,
                has_recorded=self._has_recorded,
                still_open=concerned & self.view.open.keys(),
            )
        self.stream.check_end(report)
        self._verdicts.check_end(report, open_changes=open_changes)
        if report is not None and report.exit_code == 0:
            self.protection.note(self._terms)

    def raised(self, error: ReconcilerError) -> None:
        """The process recorded nothing, and raised this."""
        self._consent.check_end(error, listed_at=self.listed_at)

    def _intention(self, slot_id: str) -> Intention:
        change = self.view.open.get(slot_id)
        if change is None:
            raise Violation(6, f"{slot_id} is written, but the ledger does not announce it")
        return change


def _intended(change: Intention) -> tuple[Content, ...]:
    """The contents that may be sent; a stored change may be sent again to train it."""
    return (change.before,) if change.rolling_back else (change.after, change.live)
