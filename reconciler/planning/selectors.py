"""Label selectors as text: the equality-based grammar of kubectl, and the reverse of `str`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from reconciler.errors import ConfigurationError
from reconciler.model.closest import closest
from reconciler.model.fleet import LABEL_KEY, LABEL_VALUE, Requirement, Selector, Target

_REQUIREMENT = re.compile(r"\s*(?P<no>!?)\s*(?P<key>[^\s=!,]+)\s*(?:(?P<is>!=|==?)(?P<value>.*))?")
_HINT = (
    "Write requirements with a comma between them, all of which must hold, such as "
    "region=eu,tier!=test,canary,!retired."
)


def parse_selector(text: str) -> Selector:
    """The selector that `text` writes: `key=value` or `key==value`, `key!=value`, `key` and `!key`,
    with commas between them. Text without any selects everything.

    Raises ConfigurationError if it is not valid.
    """
    if not text.strip():
        return Selector()
    return Selector(requirements=tuple(_requirement(each, text) for each in text.split(",")))


def probably_meant(selector: Selector, targets: Iterable[Target]) -> str | None:
    """What was probably meant by the first requirement that no target meets, as text: a label, or
    a value of one, that is spelled much like it. None if there is none."""
    values: dict[str, set[str]] = defaultdict(set)
    for target in targets:
        for key, value in target.all_labels.items():
            values[key].add(value)
    for each in selector.requirements:
        if each.negated:
            continue
        if each.key not in values:
            close = closest(each.key, sorted(values))
            return str(each.model_copy(update={"key": close})) if close else None
        if each.value is not None and each.value not in values[each.key]:
            close = closest(each.value, sorted(values[each.key]))
            return str(each.model_copy(update={"value": close})) if close else None
    return None


def _requirement(part: str, text: str) -> Requirement:
    if not part.strip():
        raise _refused(text, "a requirement is empty")
    found = _REQUIREMENT.fullmatch(part)
    if found is None or (found["no"] and found["is"]):
        raise _refused(
            text, f"{part.strip()[:80]!r} is none of key=value, key!=value, key and !key"
        )
    key, value = found["key"], found["value"]
    if re.fullmatch(LABEL_KEY, key) is None:
        raise _refused(text, f"{key[:80]!r} is not a valid key of a label")
    if value is None:
        return Requirement(key=key, negated=bool(found["no"]))
    if re.fullmatch(LABEL_VALUE, value.strip()) is None:
        raise _refused(text, f"{value.strip()[:80]!r} is not a valid value of a label")
    return Requirement(key=key, value=value.strip(), negated=found["is"] == "!=")


def _refused(text: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"The selector {text[:200]!r} is not valid: {why}.", hint=_HINT)
