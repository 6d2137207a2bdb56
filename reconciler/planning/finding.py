"""What a rule says about one slot, before it is known in which file that slot stands."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.rule import Rule
from reconciler.model.state import Path


@dataclass(frozen=True)
class Finding:
    """A Problem whose place is a path within the slot's document."""

    path: Path
    rule: Rule
    message: str
    hint: str
