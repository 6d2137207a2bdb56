"""What must hold at every step over version 2, by the numbers of `tests.simulation.invariants`.

1  no two fillers of one name are ever made by us
2  a slot is written only when all its dependencies are in their desired state
3  never more than the limit in any 60 s window at the tenant
4  a foreign edit is never overwritten that our side has read, or could have: only what comes
   between a fresh read and the write
5  what is said to be verified is live, trained in every locale, and was measured since; what is
   said to be rolled back is as it was, and trained
6  the ledger has the intention of every write before it is sent, and its chain verifies
7  once the faults are over, apply again and again ends in "no changes"      convergence
8  the events that a listener hears fit together                             stream.Stream
9  nothing is written, trained or run without consent
10 a second Ctrl-C stops a run at once, and its report is true               fuse, stopping
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import httpx

from reconciler.model.content import FillerContent
from reconciler.model.outcome import RunReport, Status
from reconciler.model.proposal import Proposal, RecoveryProposal
from tests.simulation.ledger_view import Intention, LedgerView, Line, shown
from tests.simulation.order import Pace
from tests.simulation.stopping import require_true_report
from tests.simulation.stream import Stream
from tests.simulation.trace import Trace, Violation
from tests.simulation.v2.scenario import Scenario
from tests.simulation.v2.tenant import (
    OTHERS,
    OURS,
    PREFIX,
    SWITCHES,
    TEXTS,
    Content,
    ModelTenant,
    Reply,
    Run,
    Version,
    canonical,
)
from tests.simulation.verdicts import STATUS_OF_EVENT
from tests.support.clock import VirtualClock

MOST_SECONDS = 30.0
"""How old a read may be when its write is sent."""
FIELDS = (*TEXTS, "additionalValidation", *SWITCHES)
_OURS = {
    name: "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    for name in FIELDS
}


def content_of(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is compared, of content as the ledger has it."""
    content = canonical({theirs: line[ours] for theirs, ours in _OURS.items()})
    assert content is not None
    return content


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
        self._scenario = scenario
        self._tenant = tenant
        self._clock = clock
        self._trace = trace
        self.view = LedgerView(ledger, content_of=content_of)
        self.stream = Stream(clock)
        self._pace = Pace(scenario.settings.limits.requests_per_minute, clock)
        self._begun_at: dict[str, int] = {}
        self.flows = {
            each.slot_id: each.address.flow for each in scenario.desired.values() if each.address
        }
        self.begin("none")

    def begin(self, run_id: str) -> None:
        """A new process of ours: it knows nothing, and may do nothing."""
        self._run_id = run_id
        self.stream.begin()
        self._pace.begin()
        self._read: dict[tuple[str, str], tuple[int, float]] = {}
        self._run: dict[str, Run] = {}
        self._said: dict[str, set[Status]] = {}
        self._planned: dict[str, Content] = {}
        self._concerned: set[str] = set()
        self._has_recorded = False
        self._has_agreed = False

    def agreed(self, proposal: Proposal) -> None:
        """From now on it may be carried out."""
        self._has_agreed = True
        if isinstance(proposal, RecoveryProposal):
            self._concerned.update(each.slot_id for each in proposal.open_changes)
            return
        self._planned = {
            each.slot_id: content_of(each.before.as_json()) if each.before else None
            for each in proposal.plan.changes
        }

    def sending(self, request: httpx.Request) -> None:
        """Our side is sending this."""
        if request.method == "GET":
            return
        path = request.url.path.removeprefix(PREFIX)
        if not self._has_agreed:
            raise Violation(9, f"{request.method} {path} is sent without consent")
        if "/slotfillers" not in path:
            return
        change = self._intention(request)
        intended = self._intended(change)
        body = json.loads(request.content) if request.content else None
        if not _leads_to(request.method, body, intended):
            raise Violation(6, f"{change.slot_id} is sent {body}, but {intended} is announced")
        if change.run_id == self._run_id and not change.rolling_back and change.after is not None:
            self._require_order(change)

    def arrived(self) -> None:
        """A request has reached the tenant."""
        self._pace.check()

    def carried_out(self, request: httpx.Request) -> None:
        """The tenant has stored or deleted a filler."""
        change = self._intention(request)
        flow = self.flows[change.slot_id]
        doubled = [
            each
            for each in self._tenant.named(flow, change.slot_id)
            if each.versions[0].author == OURS
        ]
        if len(doubled) > 1:
            raise Violation(1, f"we made two fillers called {change.slot_id}")
        replaced = self._tenant.replaced
        if request.method != "POST" and replaced is not None and replaced.author == OTHERS:
            self._check_hand(change, replaced)

    def received(self, reply: Reply) -> None:
        """Our side has received this response completely."""
        for place, moment in reply.shows.items():
            self._read[place] = (moment, self._clock.monotonic())
        if reply.run is not None:
            self._run[reply.run.flow] = reply.run

    def recorded(self) -> None:
        """A line was written to the ledger."""
        for line in self.view.catch_up(planned_at=0):
            self._trace.say("ledger", shown(line))
            self._trace.count(f"event: {line['event']}")
            if line["event"] == "run_started":
                self._has_recorded = True
            slot_id: str = line.get("slot_id", "")
            change = self.view.open.get(slot_id) or self.view.ended.get(slot_id)
            if slot_id and change is not None:
                self._check(line, change)

    def process_ended(
        self, report: RunReport | None, *, open_changes: Collection[str], has_cut_off: bool
    ) -> None:
        """The process returned a report, or None if it ended before there was one."""
        self.recorded()
        if has_cut_off:
            still_open = self._concerned & self.view.open.keys()
            require_true_report(report, has_recorded=self._has_recorded, still_open=still_open)
        self.stream.check_end(report)
        if set(open_changes) != set(self.view.open):
            raise Violation(5, f"{set(self.view.open)} are open, and we read {set(open_changes)}")
        for each in self._tenant.fillers.values():
            known = each.name in self.view.open or each.name in self.view.ended
            if each.now.author == OURS and not known:
                raise Violation(5, f"{each.name} was changed by us, but is not in the ledger")
        if report is not None:
            self._check_report(report)

    def _check_report(self, report: RunReport) -> None:
        reported: dict[str, set[Status]] = {}
        for outcome in report.outcomes:
            reported.setdefault(outcome.slot_id, set()).add(outcome.status)
        for slot_id in self._said.keys() | reported.keys():
            statuses = reported.get(slot_id, set()) & set(STATUS_OF_EVENT.values())
            if statuses != self._said.get(slot_id, set()):
                raise Violation(5, f"{slot_id} is reported as {statuses}, not {self._said}")

    def _intention(self, request: httpx.Request) -> Intention:
        if request.method == "POST":
            slot_id = json.loads(request.content)["name"]
        else:
            slot_id = self._tenant.fillers[request.url.path.rsplit("/", 1)[1]].name
        change = self.view.open.get(slot_id)
        if change is None:
            raise Violation(6, f"{slot_id} is written, but the ledger does not announce it")
        return change

    @staticmethod
    def _intended(change: Intention) -> Content:
        return canonical(change.before) if change.rolling_back else change.after

    def is_as_desired(self, slot_id: str) -> bool:
        """Whether what is live is what the file manages of it."""
        slot = self._scenario.desired[slot_id]
        there = self._tenant.named(self.flows[slot_id], slot_id)
        if not isinstance(slot.content, FillerContent):
            return not there
        if len(there) != 1:
            return False
        wanted = {theirs: getattr(slot.content, ours) for theirs, ours in _OURS.items()}
        live = there[0].now.fields or {}
        return all(live.get(name) == value for name, value in wanted.items() if value is not None)

    def _require_order(self, change: Intention) -> None:
        content = self._scenario.desired[change.slot_id].content
        for used in content.dependencies if content else ():
            last = self._tenant.last(self.flows[used], used)
            if not self.is_as_desired(used) and (last is None or last.author != OTHERS):
                raise Violation(2, f"{change.slot_id} is written, but {used} is not as desired")

    def _check_hand(self, change: Intention, replaced: Version) -> None:
        before = self._planned.get(change.slot_id, canonical(change.before))
        expected = [before, change.after]
        if change.rolling_back:
            expected += [canonical(change.before), change.live]
        now = canonical(replaced.fields)
        if now in [*expected, *(_with_others(each, change, now=now) for each in expected)]:
            return
        what = f"{change.slot_id}, as someone else had left it, was overwritten"
        moment, at = self._read.get((self.flows[change.slot_id], change.slot_id), (0, -1e9))
        if replaced.moment <= moment:
            raise Violation(4, f"{what}, although our side had read it")
        if self._clock.monotonic() - at > MOST_SECONDS + 1:
            raise Violation(4, f"{what} without a read just before")
        self._trace.count("others: overwritten in the window")

    def _check(self, line: Line, change: Intention) -> None:
        event, slot_id = line["event"], change.slot_id
        if event == "change_started":
            self._begun_at[slot_id] = self._tenant.moment
            self._concerned.add(slot_id)
        last = self._tenant.last(self.flows[slot_id], slot_id)
        if last is None or last.author != OTHERS:
            self._check_truth(line, change)
        if event == "change_recovered":
            self._trace.count(f"recovered: {line['outcome']}")
        if event == "gate_inconclusive" and not line["stands"]:
            return
        if event in STATUS_OF_EVENT:
            self._said.setdefault(slot_id, set()).add(STATUS_OF_EVENT[event])

    def _check_truth(self, line: Line, change: Intention) -> None:
        event, slot_id = line["event"], change.slot_id
        if event == "gate_passed":
            self._require_live(change, change.live if change.after else None, "verified")
            if change.after is not None:
                self._require_measured(change)
        elif event == "change_rolled_back":
            self._require_live(change, canonical(change.before), "rolled back")
        elif event == "gate_inconclusive" and line["stands"]:
            raise Violation(5, f"{slot_id} stands without a measurement")
        elif event == "change_failed" or line.get("outcome") in ("not_stored", "foreign"):
            version = self._tenant.last(self.flows[slot_id], slot_id)
            ours = version and version.author == OURS and version.moment > self._begun_at[slot_id]
            if len(self._tenant.named(self.flows[slot_id], slot_id)) > 1:
                self._trace.count("others: doubled in the window")
            elif version and ours and version.fields and canonical(version.fields) == change.live:
                raise Violation(5, f"{slot_id} is said to have failed ({line}), but is live")
            elif version and ours and version.fields is None and change.after is None:
                self._trace.count("deleted, but not trained")

    def _require_live(self, change: Intention, content: Content, said: str) -> None:
        slot_id = change.slot_id
        flow = self.flows[slot_id]
        live = [canonical(each.now.fields) for each in self._tenant.named(flow, slot_id)]
        content = _with_others(content, change, now=live[0] if live else None)
        if live != ([] if content is None else [content]):
            raise Violation(5, f"{slot_id} is said to be {said}, but is {live}, not {content}")
        self._tenant.finish()
        for locale in self._tenant.locales:
            trained = self._tenant.trained[flow, locale].get(slot_id)
            if trained != content:
                raise Violation(5, f"{slot_id} is said to be {said}, but {trained} is trained")

    def _require_measured(self, change: Intention) -> None:
        slot_id = change.slot_id
        run = self._run.get(self.flows[slot_id])
        trained = run.trained.get(slot_id) if run else None
        if trained != _with_others(change.live, change, now=trained):
            raise Violation(5, f"{slot_id} is said to be verified, and was not measured since")
        assert run is not None
        asserts = len(self._tenant.asserted) + 1
        rate = (asserts - len(run.failed)) / asserts
        baseline = change.baselines.get(slot_id)
        if rate < 1 and (baseline is None or rate < baseline - 1e-9):
            raise Violation(5, f"{slot_id} is said to be verified, at a rate of {rate}")
        if rate < 1:
            self._trace.count("no worse than before")


def _with_others(content: Content, change: Intention, *, now: Content) -> Content:
    """The content, with what others have put into fields that the change does not touch."""
    before, after = canonical(change.before), change.after
    if content is None or before is None or after is None or now is None:
        return content
    return tuple(
        theirs if was == to_be and str(theirs).startswith("foreign") else ours
        for ours, was, to_be, theirs in zip(content, before, after, now, strict=True)
    )


def _leads_to(method: str, body: Mapping[str, Any] | None, intended: Content) -> bool:
    """Whether a request brings about what is intended, as far as it names it."""
    if method == "DELETE" or intended is None:
        return method == "DELETE" and intended is None
    if method == "POST":
        return canonical(body) == intended
    fields = dict(zip(FIELDS, intended, strict=True))
    return all((value or None) == (fields[name] or None) for name, value in (body or {}).items())
