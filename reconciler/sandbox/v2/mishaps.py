"""The settings in force, and how often each thing is still to go wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.sandbox.v2.settings import SandboxSettings


class Mishaps:
    """What everything else asks for the settings, which may change while the tenant runs."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self._happened: dict[str, int] = {}

    def configure(self, fields: dict[str, Any]) -> None:
        """Change settings; those that count begin again at zero."""
        self.settings = replace(self.settings, **fields)
        for name in fields:
            self._happened.pop(name, None)

    def happens(self, name: str) -> bool:
        """Whether this goes wrong now; it has then happened once more."""
        happened = self._happened.get(name, 0)
        if happened >= getattr(self.settings, name):
            return False
        self._happened[name] = happened + 1
        return True
