"""Which target this thread works on: what it logs is about that one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TARGET: ContextVar[str | None] = ContextVar("target", default=None)


@contextmanager
def working_on(name: str) -> Iterator[None]:
    """Inside the block, this thread works on the target of this name."""
    token = _TARGET.set(name)
    try:
        yield
    finally:
        _TARGET.reset(token)


def target_at_work() -> str | None:
    """The name of the target; None if it works on none of a fleet."""
    return _TARGET.get()
