"""The labels that say on a pull request what its plan does.

Their colours are set once, when a label is created: a person may choose others.
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.github.unconfirmed import until_confirmed
from reconciler.model.change import Action
from reconciler.model.github import Label
from reconciler.model.plan import Plan
from reconciler.ports import Clock, Repository

_BY_ACTION = {
    Action.CREATE: Label(name="slots: create", color="1a7f37", description="Creates slots"),
    Action.UPDATE: Label(name="slots: update", color="bf8700", description="Updates slots"),
    Action.DELETE: Label(name="slots: delete", color="cf222e", description="Deletes slots"),
}
_NONE = Label(name="slots: no changes", color="8c959f", description="Changes no slot")
_OURS = frozenset(each.name for each in (*_BY_ACTION.values(), _NONE))


def labels_for(plans: Collection[Plan]) -> list[Label]:
    """One label for each kind of change in any of the plans, waiting or not; none if there is no
    plan."""
    if not plans:
        return []
    actions = {each.action for plan in plans for each in plan.due}
    actions |= {each.change.action for plan in plans for each in plan.waiting}
    return [label for action, label in _BY_ACTION.items() if action in actions] or [_NONE]


def put(labels: list[Label], *, number: int, repository: Repository, clock: Clock) -> None:
    """Give a pull request exactly these of our labels; all others are left as they are."""
    named = {each.name for each in labels}

    def look_and_write() -> None:
        present = _OURS.intersection(repository.labels_of(number))
        for label in labels:
            if label.name not in present:
                repository.create_label(label)
                repository.label_issue(number, label=label.name)
        for name in sorted(present - named):
            repository.unlabel_issue(number, label=name)

    until_confirmed(look_and_write, clock=clock)
