"""A world for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.world import World


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., World]:
    """Make the world of a test: `world(live=[…], …)`."""
    return lambda **details: World(tmp_path, **details)
