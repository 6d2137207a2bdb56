"""Metrics as the strict parser of Prometheus' own client reads them."""

from __future__ import annotations

from typing import Any

from prometheus_client import Metric
from prometheus_client.openmetrics import parser

_parse: Any = parser.text_string_to_metric_families


def families_in(text: str) -> list[Metric]:
    """The families in their order. Raises ValueError for anything but OpenMetrics."""
    return list(_parse(text))
