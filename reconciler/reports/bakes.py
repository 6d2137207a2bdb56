"""The bakes of changes on probation, in words."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.bake import Bake, BakeResult
from reconciler.reports.numbers import counted, rate

HEADING = "Changes on probation"
AT_FAULT = "can be at fault"
_RESULTS = {
    BakeResult.PASSED: "passed",
    BakeResult.FAILED: "failed",
    BakeResult.ON_PROBATION: "on probation",
}


def bake_result(bake: Bake) -> str:
    """`on probation`."""
    return _RESULTS[bake.result]


def bake_numbers(bake: Bake) -> str:
    """`0.937 (baseline 0.951)`: the rate now and before the change."""
    return f"{rate(bake.success_rate)} (baseline {rate(bake.baseline)})"


def bake_note(bake: Bake) -> str:
    """Until when a change is on probation, and why its rate is unknown; or why it failed."""
    if bake.result is BakeResult.FAILED:
        return bake.reason
    if bake.result is BakeResult.PASSED:
        return ""
    until = f"until {bake.until:%Y-%m-%d %H:%M} UTC"
    return until if bake.success_rate is not None else f"{until}: {bake.reason}"


def failed_count(failed: Sequence[Bake]) -> str:
    """`1 change failed its bake`."""
    own = "its" if len(failed) == 1 else "their"
    return f"{counted(len(failed), 'change')} failed {own} bake"
