"""What the changes of a plan mean to the texts that slots take; offline."""

from __future__ import annotations

from reconciler.model.effect import Effects
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.planning.effects import effects_of


def effects(plan: Plan, project: Project) -> Effects:
    """What a plan means that was made from this project. It ends in bounded time."""
    return effects_of(plan, desired=project.desired, api=project.api)
