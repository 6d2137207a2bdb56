"""What can go wrong with a request, and how likely it is in one seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


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
    HALF_SENT = "half-sent body"
    GARBAGE_BEFORE = "garbage body before"
    GARBAGE_AFTER = "garbage body after"
    TOKEN_EXPIRED = "token expired"
    CLIENT_REFUSED = "token refused"
    METRICS_MISSING = "metrics missing"
    METRICS_GARBAGE = "metrics garbage"
    METRICS_FLAPPING = "metrics flapping"


OF_METRICS = frozenset({Fault.METRICS_MISSING, Fault.METRICS_GARBAGE, Fault.METRICS_FLAPPING})
OF_TOKENS = frozenset({Fault.CLIENT_REFUSED})
OF_WRITES = frozenset({Fault.RETRAINING_FAILED})

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

    def draw(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, if any."""
        if self._storm is not None:
            fault, left = self._storm
            if _concerns(fault, method, path):
                self._storm = (fault, left - 1) if left > 1 else None
                return fault
        for fault, odds in self.odds.items():
            if _concerns(fault, method, path) and self.dice.random() < odds:
                if self.dice.random() < self.storm_odds:
                    self._storm = (fault, self.dice.randint(2, STORM))
                return fault
        return None

    def end(self) -> None:
        """From now on nothing goes wrong."""
        self.odds, self._storm = {}, None


def _concerns(fault: Fault, method: str, path: str) -> bool:
    if fault in OF_METRICS:
        return path.endswith("/extraction")
    if fault in OF_TOKENS:
        return path == "/oauth/token"
    if fault in OF_WRITES:
        return method == "PUT"
    return True


def draw_odds(dice: random.Random) -> dict[Fault, float]:
    """The odds of one seed: no faults, a few kinds, or all of them."""
    kinds = list(Fault)
    mood = dice.random()
    count = 0 if mood < 0.15 else dice.randint(1, 3) if mood < 0.8 else len(kinds)
    most = 0.3 if count < len(kinds) else 0.03
    return {
        # Few requests are writes, so a fault that hits only writes would hardly ever happen.
        kind: dice.uniform(0.01, most) * (3 if kind in OF_WRITES else 1)
        for kind in dice.sample(kinds, count)
    }
