"""A rule that a pattern or a slot breaks, before it is known which file describes the slot."""

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


@dataclass(frozen=True)
class PatternFault:
    """What is wrong with a pattern: the rule, message and hint."""

    rule: Rule
    message: str
    hint: str
