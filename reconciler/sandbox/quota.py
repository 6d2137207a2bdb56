"""The tenant's rate limit: a sliding window over every request."""

from __future__ import annotations

import math
from collections import deque

from reconciler.sandbox.messages import Refused


class Quota:
    """Counts every request, refused ones too: a client that keeps retrying stays locked out."""

    def __init__(self, *, requests: int, window_seconds: float, retry_after: bool) -> None:
        """Start with an empty window; `retry_after` adds the header to a 429."""
        # Only the latest `requests` arrivals matter for the next one.
        self._arrivals: deque[float] = deque(maxlen=requests)
        self._window = window_seconds
        self._retry_after = retry_after

    def count(self, now: float) -> None:
        """Count one request; raises `Refused` (429) if it is one too many."""
        arrivals = self._arrivals
        full = len(arrivals) == arrivals.maxlen and now - arrivals[0] < self._window
        arrivals.append(now)
        if not full:
            return
        seconds = max(1, math.ceil(arrivals[0] + self._window - now))
        headers = {"retry-after": str(seconds)} if self._retry_after else {}
        raise Refused(429, f"more than {arrivals.maxlen} requests in {self._window:g} s", headers)
