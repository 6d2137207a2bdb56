"""How a plan differs from the one that the pull request showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.base import sha256_of
from reconciler.model.change import Change
from reconciler.model.plan import Plan
from reconciler.reports.markdown_text import code, codes
from reconciler.reports.markers import hidden
from reconciler.reports.words import counted

KEPT = "changes"
"""The name of the hidden line."""
MAX_KEPT = 10_000
"""Characters of what a comment keeps of its plan; a larger plan keeps no change's hash."""
_DIGEST = "digest"
_COUNT = "count"
_COMMIT = "commit"
_SLOT = "slot:"
_HIDDEN_LENGTH = 16
_COMMIT_LENGTH = 64
"""Hex digits of a commit's whole name, by SHA-256."""


def kept_changes(plan: Plan, *, commit: str | None) -> dict[str, str]:
    """What a comment keeps of its plan for a later run: the digest, the commit that it shows, how
    many changes it has, and a hash of each.

    Their keys are `slot:` and the slot's id, for an id may be any word.
    """
    least = {
        _DIGEST: plan.digest,
        _COUNT: str(len(plan.changes)),
        _COMMIT: (commit or "")[:_COMMIT_LENGTH],
    }
    kept = dict(least)
    kept.update((f"{_SLOT}{change.slot_id}", _hash(change)) for change in plan.changes)
    return kept if len(hidden(KEPT, kept)) <= MAX_KEPT else least


def shown_commit(kept: Mapping[str, str]) -> str | None:
    """The commit whose plan a comment shows; None where it does not say."""
    return kept.get(_COMMIT)


def differences_from_review(plan: Plan, *, reviewed: Mapping[str, str]) -> str:
    """Markdown on what is new, changed or gone since the `reviewed` plan.

    `reviewed` is what the comment kept; people may have edited it.
    """
    digest = reviewed.get(_DIGEST)
    if digest is None:
        return "No plan shown in a pull request was found, so there is none to compare with."
    if digest == plan.digest:
        return f"This is exactly the plan that the pull request showed, {code(plan.digest)}."
    before = {
        key.removeprefix(_SLOT): value for key, value in reviewed.items() if key.startswith(_SLOT)
    }
    after = {change.slot_id: _hash(change) for change in plan.changes}
    lines = ["**This is not the plan that the pull request showed.**", ""]
    if reviewed.get(_COUNT) != str(len(before)):
        return "\n".join(
            [*lines, "Which changes differ is not known: that one had too many to keep."]
        )
    changed = [each for each in after if each in before and before[each] != after[each]]
    found = [
        *_listed("new", (each for each in after if each not in before)),
        *_listed("changed otherwise than was shown", changed),
        *_listed("no longer changed", (each for each in before if each not in after)),
    ]
    if not found:
        found = [
            "The changes are the same; their order, the endpoint, the selection, the files or the "
            "tool's major version are not."
        ]
    return "\n".join([*lines, *found])


def unshown(plan: Plan, *, reviewed: Iterable[Mapping[str, str]]) -> list[str]:
    """The slots whose change is in none of the `reviewed` plans exactly as it is now."""
    left = {change.slot_id: _hash(change) for change in plan.changes}
    if not left:
        return []
    for kept in reviewed:
        if kept.get(_DIGEST) == plan.digest:
            return []
        left = {each: found for each, found in left.items() if kept.get(_SLOT + each) != found}
        if not left:
            return []
    return list(left)


def _listed(what: str, slot_ids: Iterable[str]) -> list[str]:
    found = list(slot_ids)
    return [f"- {counted(len(found), 'slot')} {what}: {codes(found, most=50)}"] if found else []


def _hash(change: Change) -> str:
    covered = change.model_dump(
        mode="json", include={"action", "before", "after", "trigger_retrain"}
    )
    return sha256_of(covered)[:_HIDDEN_LENGTH]
