"""How long something takes, in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Whole seconds, whole minutes from two of them on, and from two hours on hours."""
    if seconds < 2 * 60:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f}".removesuffix(".0") + " h"
