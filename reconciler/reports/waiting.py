"""Changes that wait for another environment, in words."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.listed import listed
from reconciler.model.promotion import Waiting
from reconciler.reports.numbers import counted


def waiting_reason(waiting: Waiting) -> str:
    """Why it waits, and until when."""
    if waiting.until is None:
        return waiting.reason
    return f"until {waiting.until:%Y-%m-%d %H:%M} UTC: {waiting.reason}"


def waiting_heading(waiting: Sequence[Waiting]) -> str:
    """`waiting for staging`: what all of them wait for."""
    return f"waiting for {listed(sorted({each.environment for each in waiting}))}"


def waiting_count(waiting: Sequence[Waiting]) -> str:
    """`2 changes wait for staging`."""
    verb = "waits" if len(waiting) == 1 else "wait"
    awaited = listed(sorted({each.environment for each in waiting}))
    return f"{counted(len(waiting), 'change')} {verb} for {awaited}"


def waiting_counts(waiting: Sequence[Waiting]) -> list[str]:
    """`2 waiting for staging`, for a list of counts; nothing if none waits."""
    return [f"{len(waiting)} {waiting_heading(waiting)}"] if waiting else []


def ways_to_prove(waiting: Sequence[Waiting]) -> list[str]:
    """What to do in each environment for which changes wait that no time alone makes due."""
    return [
        f"(what {name} has live already is proven by: reconciler drift --env {name} --metrics)"
        for name in sorted({each.environment for each in waiting if each.until is None})
    ]
