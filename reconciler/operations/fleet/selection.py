"""Which targets of the fleet a selector selects."""

from __future__ import annotations

from reconciler.errors import ConfigurationError
from reconciler.model.closest import closest
from reconciler.model.fleet import Fleet, Selector, Target
from reconciler.model.listed import listed
from reconciler.planning.selectors import parse_selector


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
    unknown = [each.key for each in selector.requirements if each.key not in known]
    close = closest(unknown[0], known) if unknown else None
    raise ConfigurationError(
        f"No target of the fleet is selected by {selector}.",
        hint=f"Did you mean the label {close}?"
        if close
        else f"These labels are used: {listed(sorted(known))}.",
    )
