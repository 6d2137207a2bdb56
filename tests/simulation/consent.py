"""Invariant 9: a run writes and records only what was agreed to, and only what it can judge.

    recovery proposed ── yes ──> these changes may be recovered
    plan proposed     ── yes ──> its changes may be begun, and no others
                      ── no ───> nothing more is sent, and only the end of the run is recorded

A saved plan is proposed only if the files, the endpoint and all that it changes are as they were
when it was made. If they are, it is not refused.

Without a bot id nothing can be measured. Then a change with a gate is neither begun nor recovered,
except with --no-gate, and the ledger says so and why.
"""

from __future__ import annotations

from reconciler.errors import ReconcilerError, StalePlanError
from reconciler.model.change import Change
from reconciler.model.proposal import Proposal, RecoveryProposal
from tests.simulation.calls import Call, Kind
from tests.simulation.ledger_view import Intention, Line
from tests.simulation.scenario import Content
from tests.simulation.tenant import ModelTenant
from tests.simulation.terms import Saved, Terms
from tests.simulation.trace import Violation

_Made = tuple[str, str, Content]


class Consent:
    """What one run may do: nothing at first. Every method may raise Violation."""

    def __init__(self, terms: Terms, *, tenant: ModelTenant) -> None:
        self._terms = terms
        self._tenant = tenant
        self.recoverable: frozenset[str] = frozenset()
        """The slots whose open changes may be recovered."""
        self._made: frozenset[_Made] = frozenset()
        self._has_agreed = False
        self._has_declined = False

    @property
    def changes_nothing(self) -> bool:
        """Whether what was agreed to is a plan without changes."""
        return self._has_agreed and not self.recoverable and not self._made

    def proposed(self, proposal: Proposal) -> None:
        """Someone is shown this."""
        saved = self._terms.saved
        if saved is None or isinstance(proposal, RecoveryProposal):
            return
        if not self._is_by_the_same_terms(saved):
            raise Violation(
                9,
                "a saved plan is proposed, although its files or its bot have changed",
            )
        if proposal.plan.changes != saved.plan.changes:
            raise Violation(9, "a saved plan is applied, but other changes are proposed")

    def agreed(self, proposal: Proposal) -> None:
        """The answer was yes."""
        self._has_agreed = True
        if isinstance(proposal, RecoveryProposal):
            self.recoverable = frozenset(each.slot_id for each in proposal.open_changes)
        else:
            self._made = frozenset(map(self._as_made, proposal.plan.changes))

    def declined(self) -> None:
        """The answer was no, or a Ctrl-C."""
        self._has_declined = True

    def sending(self, call: Call) -> None:
        """Before a request."""
        what = f"{call.kind.value} {call.slot_id}".rstrip()
        if self._has_declined:
            raise Violation(9, f"{what} is sent after a no")
        if call.kind not in (Kind.TOKEN, Kind.READ, Kind.MEASURE) and not self._has_agreed:
            raise Violation(9, f"{what} is sent without consent")
        if call.kind not in (Kind.MEASURE, Kind.RUN):
            return
        if not self._terms.judged:
            raise Violation(9, f"{what} is sent with --no-gate")
        if self._terms.endpoint.bot_id is None:
            raise Violation(9, f"{what} is sent without a bot id")

    def recorded(self, line: Line, change: Intention | None) -> None:
        """A line was written to the ledger, about this change or none."""
        event = line["event"]
        if self._has_declined and event != "run_finished":
            raise Violation(9, f"{event} is recorded after a no")
        if not self._has_agreed:
            raise Violation(9, f"{event} is recorded without consent")
        if event == "run_started":
            self._require_as_asked(line)
        if change is None:
            return
        if event == "change_recovered" and change.slot_id not in self.recoverable:
            raise Violation(9, f"{change.slot_id} is recovered without consent")
        if event == "change_started":
            self._require_planned(line, change)
        stored = event == "change_recovered" and line["outcome"] == "stored"
        if event == "change_started" or (stored and not change.rejected):
            self._require_judgeable(change)

    def check_end(self, error: ReconcilerError | None, *, listed_at: tuple[int, int]) -> None:
        """Check the error of a run that recorded nothing; `listed_at` are the tenant's moments in
        the first and the last page of the listing that it planned from. An edit between the two
        may be in the plan, or not."""
        saved = self._terms.saved
        if saved is None or not isinstance(error, StalePlanError):
            return
        first, last = listed_at
        is_the_same = first == last and listed_at == saved.listed_at
        if is_the_same and self._is_by_the_same_terms(saved):
            raise Violation(9, f"a plan that is not stale was refused: {error.message}")

    def _require_as_asked(self, line: Line) -> None:
        asked = {
            "run_id": self._terms.run_id,
            "target": self._terms.endpoint.model_dump(),
            "gate": self._terms.judged,
            "reason": self._terms.reason,
        }
        said = {key: line.get(key) for key in asked}
        if said != asked:
            raise Violation(9, f"the run is recorded as {said}, but it was {asked}")

    def _require_planned(self, line: Line, change: Intention) -> None:
        if (change.slot_id, line["action"], change.after) not in self._made:
            raise Violation(9, f"{change.slot_id} is begun, but no such change was agreed to")

    def _require_judgeable(self, change: Intention) -> None:
        terms = self._terms
        if terms.endpoint.bot_id is not None or not terms.judged:
            return
        is_gated = change.after is not None and change.trigger_retrain
        if is_gated and terms.gate_of(change.slot_id).policy.enabled:
            raise Violation(
                9, f"{change.slot_id} has a gate, but cannot be judged without a bot id"
            )

    def _is_by_the_same_terms(self, saved: Saved) -> bool:
        then, now = saved.terms, self._terms
        return then.desired == now.desired and then.endpoint == now.endpoint

    def _as_made(self, change: Change) -> _Made:
        after = self._tenant.content_of(change.after.as_json()) if change.after else None
        return (change.slot_id, change.action.value, after)
