"""The two ways to begin, shown wherever there are no slots yet."""

from __future__ import annotations

from pathlib import Path

from reconciler.reports.escaping import plain


def ways_to_begin(slots: Path) -> str:
    """A live bot is pulled; only for an empty one are slots written anew."""
    option = "" if slots == Path("slots") else f" --slots {plain(str(slots))}"
    return (
        "There are two ways to begin:\n"
        f"  The bot has slots already: reconciler pull{option}\n"
        "  It has none: copy the examples (_example_….yaml, never applied as they are) to names "
        "without the _, and edit them."
    )
