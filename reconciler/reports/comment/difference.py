"""How a plan differs from the one that the pull request showed, and the hidden line in which a
comment keeps that plan."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.endpoint import Endpoint
from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan
from reconciler.reports.markdown_text import code, codes
from reconciler.reports.markers import hidden, hidden_name, read_hidden
from reconciler.reports.numbers import counted

MAX_KEPT = 10_000
"""The longest hidden line, in characters; a larger plan keeps no fingerprints of changes."""
_NAME = "changes"
"""The name of the hidden line."""
_DIGEST = "digest"
_COUNT = "count"
_COMMIT = "commit"
_SLOT = "slot:"
"""Comes before a slot id, because an id may be any word."""
_COMMIT_LENGTH = 64
"""Hex digits of a full commit id by SHA-256."""


def kept_line(shown: ShownPlan, *, name: str = _NAME, most: int = MAX_KEPT) -> str:
    """The hidden line of this name that keeps a plan, with its changes if they fit in `most`
    characters."""
    least = {
        _DIGEST: shown.digest,
        _COUNT: str(shown.count),
        _COMMIT: shown.commit[:_COMMIT_LENGTH],
    }
    changes = {f"{_SLOT}{slot_id}": each for slot_id, each in shown.changes.items()}
    line = hidden(name, {**least, **changes})
    return line if len(line) <= most else hidden(name, least)


def name_in_comment(endpoint: Endpoint, environment: str) -> str:
    """The name of the hidden line that keeps an environment's plan among others."""
    return hidden_name(_NAME, endpoint, environment=environment)


def shown_plan(body: str, *, name: str = _NAME) -> ShownPlan | None:
    """The plan that a comment keeps under this name; None if it keeps none. People may have edited
    it."""
    kept = read_hidden(body, name)
    digest, count = kept.get(_DIGEST), kept.get(_COUNT, "")
    if digest is None:
        return None
    return ShownPlan(
        digest=digest,
        commit=kept.get(_COMMIT, ""),
        count=int(count) if count.isdecimal() and len(count) < _COMMIT_LENGTH else None,
        changes={
            key.removeprefix(_SLOT): value for key, value in kept.items() if key.startswith(_SLOT)
        },
    )


def differences_from_review(plan: Plan, *, reviewed: ShownPlan | None) -> str:
    """Markdown about what is new, changed or gone since the `reviewed` plan."""
    if reviewed is None:
        return "No pull request was found that shows a plan to compare with."
    if reviewed.digest == plan.digest:
        return f"This is exactly the plan that the pull request showed, {code(plan.digest)}."
    if plan.environment is not None and all(reviewed.has(each) for each in plan.changes):
        return "Each of these changes is exactly as the pull request showed it."
    lines = ["**This is not the plan that the pull request showed.**", ""]
    if not reviewed.knows_its_changes:
        return "\n".join(
            [*lines, "Which changes differ is unknown: that plan had too many to record."]
        )
    now = plan.slot_ids | {each.slot_id for each in plan.waiting}
    before = reviewed.changes.keys()
    changed = (each for each in plan.changes if each.slot_id in before and not reviewed.has(each))
    found = [
        *_listed("new", (each.slot_id for each in plan.changes if each.slot_id not in before)),
        *_listed("changed differently from what was shown", (each.slot_id for each in changed)),
        *_listed("no longer changed", (each for each in before if each not in now)),
    ]
    if not found:
        found = [
            "The changes are the same, but their order, the endpoint, the selection, the files, "
            "values that no file manages, or the tool's major version differ."
        ]
    return "\n".join([*lines, *found])


def _listed(what: str, slot_ids: Iterable[str]) -> list[str]:
    found = list(slot_ids)
    return [f"- {counted(len(found), 'slot')} {what}: {codes(found, most=50)}"] if found else []
