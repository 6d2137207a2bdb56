"""An interpreter without the optional engine."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from reconciler.patterns.ecmascript import engine


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "regress", None)
    engine.is_available.cache_clear()
    yield
    monkeypatch.undo()
    engine.is_available.cache_clear()
