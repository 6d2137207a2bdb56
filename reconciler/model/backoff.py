"""How long to wait before something that failed is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass

_MOST_DOUBLINGS = 60
"""More would exceed any limit, and after a thousand the range of a float."""


@dataclass(frozen=True)
class Backoff:
    """Delays that double from `first` up to `most` seconds."""

    first: float = 1.0
    most: float = 30.0

    def after(self, attempt: int) -> float:
        """Seconds to wait after this attempt, counted from 1. A random part, up to half, is taken
        off so that many clients do not retry at the same moment."""
        ceiling = min(self.most, self.first * 2 ** min(attempt - 1, _MOST_DOUBLINGS))
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret
