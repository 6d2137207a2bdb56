"""What can go wrong with a request, and how likely it is in one seed."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tests.simulation.calls import Call, Kind


class Fault(str, Enum):
    """One way for a request to fail; "before" and "after" refer to the tenant's execution of it."""

    RATE_LIMIT = "429"
    RATE_LIMIT_WITH_PAUSE = "429 with Retry-After"
    BUSY = "a 4xx that may pass"
    ERROR_BEFORE = "408 or 5xx before"
    ERROR_AFTER = "408 or 5xx after"
    RETRAINING_FAILED = "500, stored and not trained"
    TIMEOUT_BEFORE = "timeout before"
    TIMEOUT_AFTER = "timeout after"
    DROPPED_BEFORE = "connection dropped before"
    DROPPED_AFTER = "connection dropped after"
    ANSWER_LOST = "answer to a write lost"
    HALF_SENT = "half-sent body"
    GARBAGE_BEFORE = "garbage body before"
    GARBAGE_AFTER = "garbage body after"
    TOKEN_EXPIRED = "token expired"
    CLIENT_REFUSED = "token refused"
    METRICS_MISSING = "metrics missing"
    METRICS_GARBAGE = "metrics garbage"
    METRICS_FLAPPING = "metrics flapping"


_CONCERNED: Mapping[Fault, Collection[Kind]] = {
    Fault.METRICS_MISSING: (Kind.MEASURE,),
    Fault.METRICS_GARBAGE: (Kind.MEASURE,),
    Fault.METRICS_FLAPPING: (Kind.MEASURE,),
    Fault.CLIENT_REFUSED: (Kind.TOKEN,),
    Fault.RETRAINING_FAILED: (Kind.STORE,),
    Fault.ANSWER_LOST: (Kind.STORE, Kind.TRAIN),
}
"""What a fault hits that does not hit every request."""
OF_WRITES = (Fault.RETRAINING_FAILED, Fault.ANSWER_LOST)

GARBAGE = ("<html>Please log in</html>", '{"data": [', "null", "[]", '"ok"', "")
RATES_OF_GARBAGE = ("NaN", '"0.9"', "null", "1.7", "-0.1", "true", "[0.9]", "1e999")
STORM = 12
"""The most consecutive requests that one fault hits: more than `max_attempts`."""


@dataclass
class Faults:
    """Draws a fault, or none, for each request; `odds` are per kind and request."""

    dice: random.Random
    odds: Mapping[Fault, float] = field(default_factory=dict)
    storm_odds: float = 0.15
    _storm: tuple[Fault, int] | None = None

    def draw(self, call: Call) -> Fault | None:
        """The fault that hits this request, if any."""
        if self._storm is not None:
            fault, left = self._storm
            if _concerns(fault, call):
                self._storm = (fault, left - 1) if left > 1 else None
                return fault
        for fault, odds in self.odds.items():
            if _concerns(fault, call) and self.dice.random() < odds:
                if self.dice.random() < self.storm_odds:
                    self._storm = (fault, self.dice.randint(2, STORM))
                return fault
        return None

    def end(self) -> None:
        """From now on nothing goes wrong."""
        self.odds, self._storm = {}, None


def _concerns(fault: Fault, call: Call) -> bool:
    return call.kind in _CONCERNED.get(fault, Kind)


def draw_odds(dice: random.Random, kinds: Sequence[Fault], *, most: float) -> dict[Fault, float]:
    """The odds of one seed: no faults, a few of these kinds, each with the odds of `most` at most,
    or all of them, each with a tenth of that."""
    mood = dice.random()
    count = 0 if mood < 0.15 else dice.randint(1, 3) if mood < 0.8 else len(kinds)
    least = most / 30
    most = most if count < len(kinds) else most / 10
    return {
        # Few requests are writes, so a fault that hits only writes would hardly ever happen.
        kind: dice.uniform(least, most) * (3 if kind in OF_WRITES else 1)
        for kind in dice.sample(kinds, count)
    }
