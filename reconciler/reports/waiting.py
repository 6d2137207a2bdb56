"""Changes that wait for another environment, in words."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.commands import Commands
from reconciler.model.listed import listed
from reconciler.model.promotion import Waiting
from reconciler.reports.numbers import counted


def waiting_reason(waiting: Waiting) -> str:
    """Why it waits, and until when."""
    return f"{_until(waiting)}: {waiting.reason}" if waiting.until else waiting.reason


def _until(waiting: Waiting) -> str:
    return f"until {waiting.until:%Y-%m-%d %H:%M} UTC"


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


def waiting_sentences(waiting: Sequence[Waiting]) -> list[str]:
    """`slot_a, slot_b wait for staging until 2026-03-03 09:00 UTC: …`, for each reason."""
    alike: dict[tuple[str, str], list[str]] = {}
    for each in waiting:
        until = f" {_until(each)}" if each.until else ""
        alike.setdefault((f"{each.environment}{until}", each.reason), []).append(each.slot_id)
    return [
        f"{listed(slot_ids)} {'waits' if len(slot_ids) == 1 else 'wait'} for {what}: {reason}."
        for (what, reason), slot_ids in alike.items()
    ]


def ways_to_prove(waiting: Sequence[Waiting], *, commands: Commands) -> list[str]:
    """What to do in each environment for which changes wait that no time alone makes due."""
    return [
        f"(what {name} has live already is proven by: {commands.drift(name)})"
        for name in sorted({each.environment for each in waiting if each.until is None})
    ]
