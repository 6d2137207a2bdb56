"""Every rule there is, each a value of its own; what breaks one is a problem that names it.

Each module is a group. A Rule defined in one is registered by that alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from reconciler.model.rule import Rule
from reconciler.model.rules import (
    characters,
    dependencies,
    examples,
    files,
    keys,
    names,
    patterns,
    plans,
    yaml,
)


def _rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """In the order in which they are defined."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


GROUPS: Mapping[str, tuple[Rule, ...]] = {
    "YAML": _rules_of(yaml),
    "Files": _rules_of(files),
    "Keys and values": _rules_of(keys),
    "Ids and names": _rules_of(names),
    "Patterns": _rules_of(patterns),
    "Characters in patterns": _rules_of(characters),
    "Examples": _rules_of(examples),
    "Dependencies": _rules_of(dependencies),
    "Plans": _rules_of(plans),
}
"""By title, in the order in which a person meets them."""

RULES: tuple[Rule, ...] = tuple(rule for group in GROUPS.values() for rule in group)
