"""An observer for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reconciler.model.event import Event, Warned

Kind = TypeVar("Kind")


class Recorder:
    """Keeps all events, and calls `disturbed_by` with each."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.disturbed_by: Callable[[Event], object] = lambda event: None

    def notice(self, event: Event) -> None:
        self.heard.append(event)
        self.disturbed_by(event)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The events of one kind, oldest first."""
        return [event for event in self.heard if isinstance(event, kind)]

    @property
    def warnings(self) -> list[str]:
        return [event.message for event in self.of(Warned)]
