"""Which targets of the fleet a selector selects."""

from __future__ import annotations

from reconciler.errors import ConfigurationError
from reconciler.model.fleet import Fleet, Selector, Target
from reconciler.model.listed import listed
from reconciler.planning.selectors import parse_selector, probably_meant


def selector_of(text: str) -> Selector:
    """The selector that a person writes; "" selects every target. Raises ConfigurationError."""
    return parse_selector(text)


def selected(fleet: Fleet, selector: Selector) -> tuple[Target, ...]:
    """The targets that a selector selects. Raises ConfigurationError if there are none."""
    found = tuple(each for each in fleet.targets if selector.selects(each))
    if found:
        return found
    if not fleet.targets:
        raise ConfigurationError("The fleet has no targets.", hint="Add some to fleet.yaml.")
    known = {key for each in fleet.targets for key in each.all_labels}
    meant = probably_meant(selector, fleet.targets)
    raise ConfigurationError(
        f"No target of the fleet is selected by {selector}.",
        hint=f"Did you mean {meant}?"
        if meant
        else f"These labels are used: {listed(sorted(known))}.",
    )
