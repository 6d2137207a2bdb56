"""An examination of a tenant, which only reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from reconciler.model.check import Check
from reconciler.model.endpoint import Endpoint


class Examiner(Protocol):
    """Examines the tenant at one endpoint."""

    @property
    def endpoint(self) -> Endpoint:
        """What it examines."""
        ...

    def examine(self) -> Iterator[Check]:
        """Each check, in the order in which they are made. What goes wrong is a failed check, not
        an exception; checks that depend on it say that they were not made."""
        ...
