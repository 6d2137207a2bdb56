"""A tenant that is asked once for each metric, however many judge by it."""

from __future__ import annotations

import math

from reconciler.engine.judging import Measuring
from reconciler.errors import TenantError
from reconciler.model.gate import Metric, NotMeasured, Reading


class MeasuredOnce:
    """Passes on the first measurement of each metric, and remembers it; a measurement that failed
    is one that gave nothing."""

    def __init__(self, tenant: Measuring) -> None:
        self._tenant = tenant
        self._readings: dict[Metric, Reading] = {}

    def await_turn(self) -> None:
        """Wait until the rate limit lets a request be sent at once."""
        self._tenant.await_turn()

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The rate of a metric when it was measured first."""
        if metric not in self._readings:
            try:
                self._readings[metric] = self._tenant.measure(metric, until=until)
            except TenantError as error:
                self._readings[metric] = NotMeasured(reason=error.message)
        return self._readings[metric]

    def known(self, metric: Metric) -> Reading | None:
        """The rate of a metric if it has been measured; asks nobody."""
        return self._readings.get(metric)
