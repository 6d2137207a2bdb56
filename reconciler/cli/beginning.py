"""The two ways to get started, shown if there are no slots yet."""

from __future__ import annotations

from pathlib import Path

from reconciler.config.project import slots_folder
from reconciler.reports.escaping import plain


def ways_to_begin(slots: Path) -> str:
    """How to start with live slots, which are pulled, or with none."""
    option = "" if slots == slots_folder() else f" --slots {plain(str(slots))}"
    return (
        "There are two ways to get started:\n"
        f"  If the tenant already has slots: reconciler pull{option}\n"
        "    (with cognigy-v2, set `flow` in reconciler.yaml first)\n"
        "  If it has none: copy the examples (_example_….yaml, which are never applied) to names "
        "without the _, and edit them."
    )
