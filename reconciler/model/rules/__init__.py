"""Every rule, each a value; a problem names the rule that it breaks.

Each module is a group. Defining a Rule in one registers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from reconciler.model.rule import Rule
from reconciler.model.rules import (
    characters,
    dependencies,
    engines,
    environments,
    examples,
    files,
    fleet,
    keys,
    names,
    patterns,
    plans,
    regexes,
    yaml,
)


def _rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """In the order of their definition."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


GROUPS: Mapping[str, tuple[Rule, ...]] = {
    "YAML": _rules_of(yaml),
    "Files": _rules_of(files),
    "Keys and values": _rules_of(keys),
    "Ids and names": _rules_of(names),
    "Patterns": _rules_of(patterns),
    "Patterns and the engines that run them": _rules_of(engines),
    "Regexes of slot fillers": _rules_of(regexes),
    "Characters in patterns": _rules_of(characters),
    "Examples": _rules_of(examples),
    "Dependencies": _rules_of(dependencies),
    "Environments": _rules_of(environments),
    "Fleets": _rules_of(fleet),
    "Plans": _rules_of(plans),
}
"""By title, in the order in which a file is checked."""

RULES: tuple[Rule, ...] = tuple(rule for group in GROUPS.values() for rule in group)
