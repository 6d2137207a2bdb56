"""Invariant 5: each of our changes that is live is verified, or reported as inconclusive, or open
in the ledger.

Checked when the ledger says how a change ended: that must be true at the tenant. A verdict must
rest on a rate that was measured after the write, passes the slot's own gate, and comes from a model
that was trained with the stored slot. At the end of a run, the report must agree with the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from reconciler.model.outcome import RunReport, Status
from tests.simulation.ledger_view import Intention, LedgerView, Line
from tests.simulation.scenario import Content
from tests.simulation.tenant import OURS, ModelTenant, Rate, Reply
from tests.simulation.terms import Terms
from tests.simulation.trace import Trace, Violation

TOLERANCE = 1e-9
STATUS_OF_EVENT = {
    "gate_passed": Status.VERIFIED,
    "gate_inconclusive": Status.INCONCLUSIVE,
    "unjudged": Status.UNJUDGED,
    "change_rolled_back": Status.ROLLED_BACK,
}


class Verdicts:
    """Compares what the ledger says about each change with the tenant."""

    def __init__(
        self, terms: Terms, *, tenant: ModelTenant, view: LedgerView, trace: Trace
    ) -> None:
        self._terms = terms
        self._tenant = tenant
        self._view = view
        self._trace = trace
        self._rates: dict[str, Rate] = {}
        self._said: dict[str, set[Status]] = {}
        self._begun: set[str] = set()
        self._begun_at: dict[str, int] = {}
        """The tenant's moment when each change was last begun, by this run or an earlier one."""

    def begin(self, terms: Terms) -> None:
        """A new run."""
        self._terms = terms
        self._rates.clear()
        self._said.clear()
        self._begun.clear()

    @property
    def begun(self) -> frozenset[str]:
        """The slots whose changes this run has begun."""
        return frozenset(self._begun)

    def received(self, reply: Reply) -> None:
        """Note the rates that our side has received."""
        self._rates.update(reply.rates)

    def check(self, line: Line, change: Intention) -> None:
        """Check a recorded line. Raises Violation."""
        event = line["event"]
        if event == "change_started":
            self._begun.add(change.slot_id)
            self._begun_at[change.slot_id] = self._tenant.moment
            return
        checks: dict[str, Callable[[Line, Intention], None]] = {
            "gate_passed": self._passed,
            "gate_inconclusive": self._inconclusive,
            "change_rolled_back": self._rolled_back,
            "change_failed": self._failed,
            "change_recovered": self._recovered,
        }
        if event in checks and not self._tenant.is_foreign(change.slot_id):
            checks[event](line, change)
        if event == "gate_inconclusive" and not line["stands"]:
            return
        named = "unjudged" if line.get("unjudged") else event
        if named in STATUS_OF_EVENT:
            self._said.setdefault(change.slot_id, set()).add(STATUS_OF_EVENT[named])

    def _is_live(self, change: Intention) -> bool:
        """Whether this change is stored. A creation may fail because of a foreign slot, or of one
        from an earlier run that lagging reads do not show yet."""
        version = self._tenant.versions.get(change.slot_id)
        begun_at = self._begun_at[change.slot_id]
        ours = version is not None and version.author == OURS and version.moment > begun_at
        return ours and self._tenant.live(change.slot_id) == change.live

    def _require_live(self, change: Intention, content: Content, *, said: str) -> None:
        """Require that the slot is as the ledger says, and trained if training ends before."""
        live = self._tenant.live(change.slot_id)
        content = self._tenant.beside(content, change, now=live)
        if live != content:
            raise Violation(5, f"{change.slot_id} is said to {said}, but {live} is live")
        for trained in self._tenant.trained(change.slot_id):
            if trained != content:
                raise Violation(5, f"{change.slot_id} is said to {said}, but is trained {trained}")

    def _passed(self, _line: Line, change: Intention) -> None:
        slot_id = change.slot_id
        self._require_live(change, change.live, said="be verified")
        if change.after is None:
            return
        rate = self._rates.get(slot_id)
        version = self._tenant.versions[slot_id]
        if rate is None or rate.moment < version.moment:
            raise Violation(5, f"{slot_id} is said to be verified, and was not measured since")
        if rate.trained != version.content:
            raise Violation(
                5, f"{slot_id} is said to be verified, by a model that was not trained with it"
            )
        if not self._passes(rate.value, change):
            raise Violation(5, f"{slot_id} is said to be verified, at a rate of {rate.value}")

    def _passes(self, rate: float, change: Intention) -> bool:
        policy = self._terms.gate_of(change.slot_id).policy
        baseline = change.baselines.get(change.slot_id)
        if baseline is not None and baseline - rate > policy.max_drop + TOLERANCE:
            return False
        least = policy.min_success_rate
        return rate >= least - TOLERANCE or (baseline is not None and baseline < least)

    def _inconclusive(self, line: Line, change: Intention) -> None:
        gate = self._terms.gate_of(change.slot_id)
        gated = self._terms.judged and gate.policy.enabled and change.trigger_retrain
        if line.get("unjudged"):
            if gated:
                raise Violation(5, f"{change.slot_id} was left unjudged, although it has a gate")
        elif line["stands"] and change.slot_id in change.baselines:
            raise Violation(5, f"{change.slot_id} stands unmeasured, although it had a baseline")
        elif line["stands"] and gate.policy.when_inconclusive == "fail":
            raise Violation(5, f"{change.slot_id} stands, although its gate was inconclusive")
        if line["stands"]:
            self._require_live(change, change.live, said="stand")

    def _rolled_back(self, _line: Line, change: Intention) -> None:
        self._require_live(change, change.before, said="be rolled back")

    def _failed(self, line: Line, change: Intention) -> None:
        if change.rejected:
            if self._terms.project.settings.rollout.on_failure != "halt":
                raise Violation(5, f"{change.slot_id} was rejected, but not rolled back")
        elif self._is_live(change):
            if change.after is not None or not self._tenant.trains_apart:
                raise Violation(
                    5, f"{change.slot_id} is said to have failed ({line['reason']}), but is live"
                )
            self._trace.count("deleted, but not trained")

    def _recovered(self, line: Line, change: Intention) -> None:
        if line["outcome"] != "stored" and self._is_live(change):
            raise Violation(5, f"{change.slot_id} is closed as {line['outcome']}, but is live")

    def check_end(self, report: RunReport | None, *, open_changes: Collection[str]) -> None:
        """Check the end of a run; `report` is None if it ended before there was one."""
        if set(open_changes) != set(self._view.open):
            raise Violation(
                5, f"the ledger has open {set(self._view.open)}, and we read {set(open_changes)}"
            )
        for slot_id, version in self._tenant.versions.items():
            is_known = slot_id in self._view.open or slot_id in self._view.ended
            if version.author == OURS and not is_known:
                raise Violation(5, f"{slot_id} was changed by us, but is not in the ledger")
        if report is None:
            return
        reported: dict[str, set[Status]] = {}
        for outcome in report.outcomes:
            reported.setdefault(outcome.slot_id, set()).add(outcome.status)
        for slot_id in self._said.keys() | reported.keys():
            statuses = reported.get(slot_id, set()) & set(STATUS_OF_EVENT.values())
            if statuses != self._said.get(slot_id, set()):
                raise Violation(
                    5, f"{slot_id} is reported as {statuses}, and was {self._said.get(slot_id)}"
                )
        for slot_id in self._begun - reported.keys():
            raise Violation(5, f"{slot_id} was begun, but is not in the report")
