"""What is wrong with a fleet, as far as its files can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.model.closest import closest
from reconciler.model.declared_fleet import DeclaredFleet, DeclaredTarget
from reconciler.model.environment import ANYWHERE, Environment
from reconciler.model.fleet import Target
from reconciler.model.listed import listed
from reconciler.model.problem import Problem
from reconciler.model.project import Project
from reconciler.model.rules.environments import UNKNOWN_ENVIRONMENT
from reconciler.model.rules.fleet import (
    DUPLICATE_TARGET,
    EMPTY_STEP,
    INCOMPLETE_ROLLOUT,
    PROMOTION_ORIGIN,
    SHARED_ENDPOINT,
    TOO_MANY_TARGETS,
    UNLABELLED_TARGET,
)
from reconciler.planning.environments import id_problems, promotion_problems
from reconciler.planning.fleet import environment_of
from reconciler.planning.rollout.stages import arranged
from reconciler.planning.selectors import probably_meant


def fleet_problems(declared: DeclaredFleet, projects: Mapping[str, Project]) -> Iterator[Problem]:
    """What takes more than one target, or the slots, to see.

    `projects` are those of the slots folders that could be read, and the targets are completed by
    them. Where not all of the files could be read, what only looks missing is no problem.
    """
    yield from _duplicates(declared)
    yield from _shared_endpoints(declared)
    yield from _shared_credentials(declared)
    for each in declared.targets:
        project = projects.get(each.target.slots)
        if project is not None:
            yield from _in_its_project(each, project)
    if declared.is_whole:
        yield from _promotions(declared, projects)
        yield from _too_many(declared)
        if declared.targets:
            yield from _rollout(declared)


def _duplicates(declared: DeclaredFleet) -> Iterator[Problem]:
    first: dict[str, DeclaredTarget] = {}
    for each in declared.targets:
        name = each.target.name
        if name in first:
            yield DUPLICATE_TARGET.problem(
                each.where(),
                message=f"{name} is already declared at {first[name].where()}",
                hint="Remove one of the two, or correct its tenant or environment.",
            )
        else:
            first[name] = each


def _shared_endpoints(declared: DeclaredFleet) -> Iterator[Problem]:
    """One set of credentials leads to one origin; the bot is the expected one, or that of the
    credentials."""
    first: dict[tuple[str, ...], DeclaredTarget] = {}
    for each in declared.targets:
        target = each.target
        if target.expect.bot_id is None:
            continue
        ways = {f"with the credentials {target.credentials}": (target.pool, target.credentials)}
        if target.expect.origin is not None:
            ways[f"of {target.expect.origin}"] = ("", target.expect.origin)
        others = {
            way: first.setdefault((*by, target.expect.bot_id), each) for way, by in ways.items()
        }
        for way, other in reversed(others.items()):
            if other.target.name != target.name:
                yield SHARED_ENDPOINT.problem(
                    each.where("expect"),
                    message=f"{target.name} expects {target.expect.bot_id} {way}, as "
                    f"{other.target.name} does at {other.where('expect')}",
                    hint="Correct one of their `expect`.",
                )
                break


def _shared_credentials(declared: DeclaredFleet) -> Iterator[Problem]:
    """Targets that nothing tells apart, once for all that have the same credentials."""
    sharing: dict[tuple[str, str], dict[str, DeclaredTarget]] = defaultdict(dict)
    for each in declared.targets:
        name = each.target.name
        sharing[each.target.pool, each.target.credentials].setdefault(name, each)
    for (_, credentials), targets in sharing.items():
        vague = [each for each in targets.values() if each.target.expect.bot_id is None]
        if vague and len(targets) > 1:
            say = "does not say which bot it expects"
            if len(vague) > 1:
                say = "do not say which bot they expect"
            yield SHARED_ENDPOINT.problem(
                vague[0].where("credentials"),
                message=f"{listed(targets, most=5)} have the same credentials, {credentials}, but "
                f"{listed((each.target.name for each in vague), most=5)} {say}",
                hint="Give each its own credentials, such as {tenant}-{environment}, or an "
                "`expect` with its own `bot_id`.",
            )


def _in_its_project(each: DeclaredTarget, project: Project) -> Iterator[Problem]:
    target = each.target
    if project.environments and target.environment not in project.environments:
        close = closest(target.environment, project.environments)
        yield UNKNOWN_ENVIRONMENT.problem(
            each.where(),
            message=f"{target.slots}/reconciler.yaml declares no environment "
            f"{target.environment!r}",
            hint=f"Did you mean {close}?"
            if close
            else f"These are declared: {listed(project.environments)}.",
        )
    elif target.ids:
        environment = environment_of(target, project, locate=each.locate)
        yield from id_problems(environment, desired=project.desired)


def _promotions(declared: DeclaredFleet, projects: Mapping[str, Project]) -> Iterator[Problem]:
    tenants: dict[str, dict[str, DeclaredTarget]] = defaultdict(dict)
    for each in declared.targets:
        tenants[each.target.tenant].setdefault(each.target.environment, each)
    for targets in tenants.values():
        if all(each.target.slots in projects for each in targets.values()):
            yield from _promotions_of_a_tenant(targets, projects)


def _promotions_of_a_tenant(
    targets: Mapping[str, DeclaredTarget], projects: Mapping[str, Project]
) -> Iterator[Problem]:
    environments: dict[str, Environment] = {}
    for name, each in targets.items():
        project = projects[each.target.slots]
        environment = environment_of(each.target, project, locate=each.locate)
        # Two that expect one place are a problem of their own.
        environments[name] = replace(environment, expect=ANYWHERE)
    for name, environment in environments.items():
        yield from promotion_problems(environment, environments)
        source = environment.promote_from
        if source in environments and targets[source].target.expect.origin is None:
            yield PROMOTION_ORIGIN.problem(
                targets[name].where("promote_from"),
                message=f"{targets[name].target.name} is promoted from {source}, which does not "
                "say which origin it expects",
                hint=f"Write `expect: {{origin: https://…}}` for {source}, at "
                f"{targets[source].where()}.",
            )


def _too_many(declared: DeclaredFleet) -> Iterator[Problem]:
    most, count = declared.limits.max_targets, len(declared.fleet.by_name)
    if most is not None and count > most:
        yield TOO_MANY_TARGETS.problem(
            declared.where("limits", "max_targets"),
            message=f"the fleet has {count:,} targets, over the limit of {most:,} for one run",
            hint="Raise limits.max_targets, or select some of them with --select.",
        )


def _rollout(declared: DeclaredFleet) -> Iterator[Problem]:
    targets = tuple(declared.fleet.by_name.values())
    steps = declared.rollout.steps
    for number, step in enumerate(steps):
        if not any(map(step.select.selects, targets)):
            meant = probably_meant(step.select, targets)
            yield EMPTY_STEP.problem(
                declared.where("rollout", "steps", number, "select"),
                message=f"no target is selected by {step.select}",
                hint=f"Did you mean {meant}?"
                if meant
                else "Correct the selector, or label the targets that the step is meant for.",
            )
    stages = arranged(declared.rollout, targets, salt="")
    reached = sum(len(stage.names) for stage in stages)
    if reached < len(targets):
        yield INCOMPLETE_ROLLOUT.problem(
            declared.where("rollout", "steps", len(steps) - 1),
            message=f"after the last step, {reached:,} of {len(targets):,} targets are changed",
            hint="Add a step with `targets: 100%`.",
        )
    yield from _unlabelled(declared, targets)


def _unlabelled(declared: DeclaredFleet, targets: Sequence[Target]) -> Iterator[Problem]:
    per = declared.rollout.max_parallel_per
    without = [each.name for each in targets if per and per.label not in each.all_labels]
    if per is not None and without:
        yield UNLABELLED_TARGET.problem(
            declared.where("rollout", "max_parallel_per", "label"),
            message=f"{len(without):,} of {len(targets):,} targets have no label {per.label}, so "
            f"they are not limited by it: {listed(without, most=5)}",
            hint="Label them, or set the label for all under `defaults`.",
        )
