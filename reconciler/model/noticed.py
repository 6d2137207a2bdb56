"""An event together with the time at which it was noticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconciler.model.event import Event


@dataclass(frozen=True)
class Noticed:
    """`at` is an aware time in UTC."""

    at: datetime
    event: Event
