"""What a rollout says is to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconciler.model.fleet_run import FleetAction, Halt


@dataclass(frozen=True)
class Begin:
    """Begin these targets now: `action` is to apply, or to check after a step has baked. They are
    in hand from now on."""

    names: tuple[str, ...]
    action: FleetAction


@dataclass(frozen=True)
class Wait:
    """Wait for one of those in hand to end; if `until` is not None, nothing is in hand and a step
    bakes until then."""

    until: datetime | None = None


@dataclass(frozen=True)
class Halted:
    """Nothing begins any more, and nothing is in hand."""

    halt: Halt


@dataclass(frozen=True)
class Done:
    """Every step has ended, has baked and has been judged."""


Decision = Begin | Wait | Halted | Done
