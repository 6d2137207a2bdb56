"""What a break is, and which seeds can show it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulation.scenario import Scenario

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]
"""Patches our own modules."""
CanShow = Callable[[Scenario], bool]
"""Whether a seed can show a break at all: without this, most seeds would run in vain."""
