"""A project in a target of a fleet: what reconciler.yaml says for an environment, and fleet.yaml
for that of one tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.model.commands import Commands
from reconciler.model.environment import Environment
from reconciler.model.fleet import Fleet, Target
from reconciler.model.origin import normalised_origin
from reconciler.model.project import Project
from reconciler.model.state import Locator
from reconciler.planning.environments import in_environment


def project_in(
    project: Project, target: Target, fleet: Fleet, *, locators: Mapping[str, Locator]
) -> Project:
    """The project in the target's environment, with those of the same tenant as its environments.

    `project` is that of the target's slots folder, and `locators` find the places of the targets,
    by name. As long as the project has no environments, a target may have any; otherwise raises
    ConfigurationError if it does not declare this one.
    """
    if project.environments:
        in_environment(project, target.environment)
    environments = {
        each.environment: environment_of(each, project, locate=locators[each.name])
        for each in fleet.of_tenant(target.tenant)
    }
    commands = Commands(tenant=target.tenant)
    return in_environment(
        replace(project, environments=environments, commands=commands), target.environment
    )


def environment_of(target: Target, project: Project, *, locate: Locator) -> Environment:
    """The target as an environment of the project of its slots folder."""
    declared = project.environments.get(target.environment)
    whole = completed(target, project)
    base = declared or Environment(
        name=target.environment, settings=project.settings, locate=locate
    )
    return replace(
        base,
        ids=whole.ids,
        expect=whole.expect,
        promote_from=whole.promote_from,
        soak_hours=whole.soak_hours or 0,
        locate=locate,
    )


def completed(target: Target, project: Project) -> Target:
    """The target, with what reconciler.yaml says for its environment where fleet.yaml says nothing.
    The origin is in its normalised spelling."""
    declared = project.environments.get(target.environment)
    if declared is None:
        return target
    origin = target.expect.origin or declared.expect.origin
    expect = declared.expect if target.expect.bot_id is None else target.expect
    return target.model_copy(
        update={
            "expect": expect.model_copy(
                update={"origin": None if origin is None else normalised_origin(origin)}
            ),
            "ids": {**declared.ids, **target.ids},
            "promote_from": target.promote_from or declared.promote_from,
            "soak_hours": declared.soak_hours if target.soak_hours is None else target.soak_hours,
        }
    )
