"""Someone who is asked whether an apply may proceed, and takes a while to answer."""

from __future__ import annotations

import random

from reconciler.errors import Interrupted, ReconcilerError
from reconciler.model.proposal import PlanProposal, Proposal, RecoveryProposal
from tests.simulation.invariants import Invariants
from tests.simulation.others import Others
from tests.simulation.scenario import Disturbance
from tests.simulation.trace import Trace
from tests.support.clock import VirtualClock


class Person:
    """`ports.Confirmation` for one run. Answers as the disturbance says, and is not asked about a
    proposal that changes nothing. Meanwhile, others may act."""

    def __init__(
        self,
        disturbance: Disturbance,
        dice: random.Random,
        *,
        invariants: Invariants,
        others: Others,
        clock: VirtualClock,
        trace: Trace,
    ) -> None:
        self._thinks = disturbance.thinks
        self._declines = disturbance.declines
        self._dice = dice
        self._invariants = invariants
        self._others = others
        self._clock = clock
        self._trace = trace
        self._asked = 0

    def confirm(self, proposal: Proposal) -> None:
        self._invariants.proposed(proposal)
        if isinstance(proposal, RecoveryProposal) or proposal.plan.due:
            self._asked += 1
            self._clock.advance(self._thinks)
            self._others.may_act()
            if self._asked == self._declines:
                self._decline(proposal)
        self._invariants.agreed(proposal)

    def _decline(self, proposal: Proposal) -> None:
        what = "recovery" if isinstance(proposal, RecoveryProposal) else "plan"
        if isinstance(proposal, PlanProposal) and proposal.has_begun:
            what = "plan after recovery"
        self._trace.count(f"declined: {what}")
        self._trace.say("person", f"declines the {what}")
        self._invariants.declined()
        raise self._dice.choice((ReconcilerError("Declined."), Interrupted("Interrupted.")))
