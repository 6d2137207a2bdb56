"""A port that a test must not need."""

from __future__ import annotations

from typing import Any, NoReturn


class _Unused:
    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"{name} of a port that should not be used")


def unused() -> Any:
    """A stand-in for any port, which fails the test if it is used."""
    return _Unused()
