"""Small pieces of text: pairs of rates, counts of changes, headlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from reconciler.model.change import Action, Cause, Change, FieldChange
from reconciler.model.drift import DriftReport, LastChange
from reconciler.model.endpoint import Kind
from reconciler.model.gate import Rejection
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.review import ExampleChange
from reconciler.reports.diff import diff_lines, written
from reconciler.reports.numbers import counted, rate
from reconciler.reports.waiting import waiting_counts

_SHORT = 30
"""Characters of a value that are shown in a summary."""
_LONG = 100
"""Characters of a reason that are shown on one line."""
_WHAT_TO_CHECK: Mapping[Kind, str] = {
    "bot": "is COGNIGY_BOT_ID right?",
    "project": "are the gate's playbooks right?",
}


def last_changed(last: LastChange) -> str:
    """Who changed a slot last, and when."""
    return f"last changed by {last.name or last.user_id} at {last.at:%Y-%m-%d %H:%M} UTC"


def drift_heading(
    headings: Mapping[Cause | None, tuple[str, str]], report: DriftReport, cause: Cause | None
) -> tuple[str, list[Change]]:
    """The changes with this cause, and the first of its headings if the tenant says who changed
    each of them last, or else the second."""
    changes = [each for each in report.changes if report.causes.get(each.slot_id) is cause]
    by_someone, otherwise = headings[cause]
    is_known = all(each.slot_id in report.last_changes for each in changes)
    return (by_someone if is_known else otherwise), changes


def clauses(reason: str) -> list[str]:
    """The lines of a reason: one, or if that would be long, one for each clause. A playbook adds a
    clause for each assert that failed."""
    return [reason] if len(reason) <= _LONG else reason.split("; ")


def rates(judged: Outcome | Rejection) -> str:
    """The success rate before and after, a dash for one that was not measured."""
    if judged.success_rate is None and judged.baseline is None:
        return ""
    return f"{rate(judged.baseline)} → {rate(judged.success_rate)}"


def missing_rates(judged: Outcome | Rejection, reason: str) -> str:
    """The same, but nothing if the reason already has the numbers."""
    measured = [each for each in (judged.baseline, judged.success_rate) if each is not None]
    return "" if all(rate(each) in reason for each in measured) else rates(judged)


def change_counts(plan: Plan) -> str:
    """How many slots are created, updated, deleted and skipped."""
    create, update, delete = (plan.counted(action) for action in Action)
    counts = [f"{create} to create", f"{update} to update", f"{delete} to delete"]
    return ", ".join([*counts, *skipped_counts(plan), *waiting_counts(plan.waiting)])


def skipped_counts(plan: Plan) -> list[str]:
    """How many changes are skipped because they, or changes that they depend on, were rejected."""
    rejected = len(plan.rejected_changes)
    counts = [f"{rejected} rejected earlier and skipped"] if rejected else []
    others = len(plan.skipped) - rejected
    if others and plan.blocked:
        counts.append(f"{others} skipped, dependent on rejected slots")
    elif others:
        counts.append(f"{others} skipped with {'it' if rejected == 1 else 'them'}")
    return counts


def change_words(change: Change) -> str:
    """What a change does, in a few words: `patterns +2 -1, fill_strategy strict → fuzzy`."""
    return ", ".join(
        _field_words(each, action=change.action)
        for each in change.fields
        if (change.action is Action.UPDATE or each.field != "name") and (each.before or each.after)
    )


def _field_words(change: FieldChange, *, action: Action) -> str:
    value = change.before if action is Action.DELETE else change.after
    if not isinstance(change.before, list) and not isinstance(change.after, list):
        if action is not Action.UPDATE:
            return f"{change.field} {_short(value)}"
        return f"{change.field} {_short(change.before)} → {_short(change.after)}"
    signs = [sign for sign, _ in diff_lines(change)]
    counts = [f"{sign}{signs.count(sign)}" for sign in "+-" if sign in signs]
    return " ".join([change.field, *(counts or ["reordered"])])


def _short(value: object) -> str:
    text = "(none)" if value is None else written(value)
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def drift_counts(causes: Collection[Cause | None], *, rejected: int) -> str:
    """How many slots differ for each cause, and how many were rejected."""
    found = Counter(causes)
    is_known = found.keys() > {None} or None not in found
    counts = [
        (found[Cause.CHANGED_IN_TENANT], "changed in the tenant"),
        (found[Cause.NOT_APPLIED], "not applied yet"),
        (found[None], "of unknown cause" if is_known else "drifted"),
    ]
    (number, what), *others = [each for each in counts if each[0]] or [(0, "drifted")]
    parts = [f"{counted(number, 'slot')} {what}", *(f"{n} {each}" for n, each in others)]
    return ", ".join([*parts, f"{rejected} rejected"])


def headline_of_rejected(plan: Plan) -> str:
    """The headline of a plan that changes nothing although rejected slots are live."""
    number = len(plan.rejected_live)
    verb = "is" if number == 1 else "are"
    return f"No changes, but {counted(number, 'slot')} {verb} live although rejected."


def example_effect(change: ExampleChange) -> str:
    """What becomes of one example."""
    if change.before is None:
        return "matches now"
    return "no longer matches" if change.after is None else "yields another value now"


def example_effects(changes: Sequence[ExampleChange]) -> Iterator[str]:
    """`2 examples match now`: what becomes of how many."""
    verbs = {
        "matches now": "match now",
        "no longer matches": "no longer match",
        "yields another value now": "yield another value now",
    }
    counts = Counter(map(example_effect, changes))
    for effect, plural in verbs.items():
        if counts[effect]:
            verb = effect if counts[effect] == 1 else plural
            yield f"{counted(counts[effect], 'example')} {verb}"


def is_gone(change: Change, cause: Cause | None) -> bool:
    """Whether someone deleted a slot in the tenant that our last change left there."""
    return cause is Cause.CHANGED_IN_TENANT and change.action is Action.CREATE


def nothing_measured(kind: Kind) -> str:
    """That no slot could be measured, and what to check: most likely the id belongs to another bot,
    or nothing runs the playbooks."""
    return f"No slot could be measured: {_WHAT_TO_CHECK[kind]}"
