"""How long something takes, in words."""

from __future__ import annotations

import math


def duration(seconds: float) -> str:
    """In whole seconds, from two minutes on in whole minutes, and from two hours on in hours."""
    if seconds < 2 * 60:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f}".removesuffix(".0") + " h"


def about(seconds: float) -> str:
    """An estimate: in minutes, rounded up, and from two hours on in hours."""
    return duration(seconds) if seconds >= 2 * 3600 else f"{max(1, math.ceil(seconds / 60))} min"
