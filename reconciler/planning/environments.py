"""A project in one of its environments, and the rules of the environments themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.errors import ConfigurationError, PlanningError, Refusal
from reconciler.model.closest import closest
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import ANYWHERE, Environment, Expectation
from reconciler.model.listed import listed
from reconciler.model.origin import normalised_origin
from reconciler.model.problem import Problem
from reconciler.model.project import Project
from reconciler.model.rules.environments import ENVIRONMENT_ID, PROMOTION
from reconciler.model.state import DesiredState, LiveState


def in_environment(project: Project, name: str) -> Project:
    """The project as it is in one of the environments that it declares. Raises ConfigurationError
    if it does not declare this one."""
    environment = project.environments.get(name)
    if environment is None and not project.environments:
        raise ConfigurationError(
            f"reconciler.yaml declares no environments, so there is no {name!r}.",
            hint="Leave out --env, and unset RECONCILER_ENV.",
        )
    if environment is None:
        close = closest(name, project.environments)
        raise ConfigurationError(
            f"reconciler.yaml declares no environment {name!r}.",
            hint=f"Did you mean {close}?"
            if close
            else f"It declares: {listed(project.environments)}.",
        )
    return replace(
        project,
        desired=project.desired.overridden_by(environment.overridden),
        settings=environment.settings,
        environment=environment,
        shared=project.desired,
    )


def require_environment(project: Project) -> None:
    """Raises ConfigurationError if the project has environments, and this is none of them."""
    if project.environments and project.environment is None:
        raise ConfigurationError(
            "reconciler.yaml declares environments, so the command has to name one: "
            f"{listed(project.environments)}.",
            hint="Add --env NAME, or set RECONCILER_ENV.",
        )


def is_expected(endpoint: Endpoint, *, environment: Environment) -> bool:
    """Whether the environment says which endpoint it expects, and this is it."""
    if environment.expect == ANYWHERE:
        return False
    return all(actual == right for _, right, actual in _expectations(endpoint, environment.expect))


def may_be(endpoint: Endpoint | None, *, expected: Expectation) -> bool:
    """Whether this is the endpoint that is expected, as far as both say; None says nothing."""
    if endpoint is None:
        return expected == ANYWHERE
    return all(actual in (right, None) for _, right, actual in _expectations(endpoint, expected))


def require_expected(endpoint: Endpoint, *, environment: Environment) -> None:
    """Raises Refusal if an endpoint is not the one that the environment expects."""
    for key, right, actual in _expectations(endpoint, environment.expect):
        if actual != right:
            raise Refusal(
                f"The variables do not lead to {environment.name}: its {key} should be {right}, "
                f"but is {actual or 'not set'}.",
                hint=f"Set the variables of {environment.name}, or correct `expect` at "
                f"{environment.where('expect', key)}.",
            )


def require_expected_of_credentials(
    endpoint: Endpoint, *, expected: Expectation, name: str
) -> None:
    """Raises Refusal if named credentials lead to another endpoint than is expected of them."""
    for key, right, actual in _expectations(endpoint, expected):
        if actual == right:
            continue
        # Only an origin is certain not to be a secret that was put into the wrong place.
        found = actual if key == "origin" else "another one" if actual else "not set"
        raise Refusal(
            f"The credentials {name} do not lead where they are expected to: the {key} should be "
            f"{right}, but is {found}.",
            hint="Correct the credentials where they lie, or `expect` in fleet.yaml. Nothing was "
            "sent.",
        )


def _expectations(
    endpoint: Endpoint, expected: Expectation
) -> Iterator[tuple[str, str, str | None]]:
    """Each key of `expect`, with the right value and the endpoint's."""
    if expected.origin is not None:
        yield "origin", normalised_origin(expected.origin), endpoint.origin
    if expected.bot_id is not None:
        yield expected.key, expected.bot_id, endpoint.bot_id


def environment_problems(
    environments: Mapping[str, Environment], *, desired: DesiredState
) -> Iterator[Problem]:
    """What is wrong with the environments of a project with these slots, in any of them."""
    for environment in environments.values():
        yield from id_problems(environment, desired=desired)
        yield from promotion_problems(environment, environments)


@dataclass(frozen=True)
class IdsByName:
    """The tenant's ids of slots that are not live under the one they should have, found by their
    name: `found` by slot id where one unmanaged live slot has it, and in `ambiguous` the ids of all
    candidates where that is not certain."""

    found: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]


def ids_by_name(project: Project, live: LiveState) -> IdsByName:
    """The ids that a project's environment should say, as far as names tell. Two slots of one name,
    on either side, are never told apart."""
    unmanaged: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    missing: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for slot in live.values():
        if slot.slot_id not in project.desired:
            unmanaged[slot.content.name, slot.content.trained_with].append(slot.slot_id)
    for wanted in project.desired.values():
        if wanted.content is not None and wanted.slot_id not in live.ids:
            missing[wanted.content.name, wanted.content.trained_with].append(wanted.slot_id)
    pairs = [
        (slot_id, tuple(sorted(unmanaged[named])), slot_ids)
        for named, slot_ids in missing.items()
        if named in unmanaged
        for slot_id in slot_ids
    ]
    return IdsByName(
        found={key: ids[0] for key, ids, alike in pairs if len(ids) == len(alike) == 1},
        ambiguous={key: ids for key, ids, alike in pairs if not len(ids) == len(alike) == 1},
    )


def require_no_missing_ids(project: Project, live: LiveState) -> None:
    """Raises PlanningError if a slot is not live in the project's environment, while an unmanaged
    slot there has its name: it is probably the same slot with an id that `ids` does not say."""
    environment = project.environment
    if environment is None:
        return
    by_name = ids_by_name(project, live)
    candidates = {**{key: (each,) for key, each in by_name.found.items()}, **by_name.ambiguous}
    pulling = (
        f" `reconciler pull --env {environment.name}` does that where a name is unique."
        if not project.commands.is_of_fleet
        else ""
    )
    problems = [
        ENVIRONMENT_ID.problem(
            project.desired.where(slot_id),
            message=f"{slot_id} is not live in {environment.name}, but {listed(tenant_ids)} "
            f"{'has' if len(tenant_ids) == 1 else 'have'} its name, "
            f"{live[tenant_ids[0]].content.name}",
            hint="If it is the same slot, add it to the environment's `ids`: "
            f"{{{slot_id}: {tenant_ids[0]}}}.{pulling}",
            slot_id=slot_id,
        )
        for slot_id, tenant_ids in sorted(candidates.items())
    ]
    if problems:
        raise PlanningError(
            f"No plan can be made for {environment.name}: ids may be missing.", problems=problems
        )


def promotion_problems(
    environment: Environment, environments: Mapping[str, Environment]
) -> Iterator[Problem]:
    """What is wrong with where an environment is promoted from, which is one of `environments`."""
    source = environment.promote_from
    if source is None:
        if environment.soak_hours:
            yield PROMOTION.problem(
                environment.where("soak_hours"),
                message=f"{environment.name} has `soak_hours`, but no `promote_from`",
                hint="Add `promote_from`, or remove `soak_hours`.",
            )
    elif source not in environments:
        close = closest(source, environments)
        yield PROMOTION.problem(
            environment.where("promote_from"),
            message=f"{environment.name} is promoted from {source}, which is not declared",
            hint=f"Did you mean {close}?" if close else "Declare it, or remove `promote_from`.",
        )
    elif _is_one_bot(environment.expect, environments[source].expect):
        yield PROMOTION.problem(
            environment.where("promote_from"),
            message=f"{environment.name} is promoted from {source}, but both expect the same place",
            hint="Correct one of their `expect`.",
        )
    elif environment.name in _promotes_from(environment, environments):
        yield PROMOTION.problem(
            environment.where("promote_from"),
            message=f"{environment.name} is promoted from itself, directly or through others, so "
            "nothing could ever be planned there",
            hint="Let one of them be promoted from no other.",
        )


def _is_one_bot(one: Expectation, other: Expectation) -> bool:
    place = (one.origin, one.bot_id)
    return None not in place and place == (other.origin, other.bot_id)


def _promotes_from(
    environment: Environment, environments: Mapping[str, Environment]
) -> Iterator[str]:
    """The environments that this one is promoted from, nearest first, each once."""
    seen: set[str] = set()
    source = environment.promote_from
    while source is not None and source in environments and source not in seen:
        seen.add(source)
        yield source
        source = environments[source].promote_from


def id_problems(environment: Environment, *, desired: DesiredState) -> Iterator[Problem]:
    """What is wrong with the tenant's ids in an environment of a project with these slots."""
    first: dict[str, str] = {}
    for slot_id in (*environment.ids, *(each for each in desired if each not in environment.ids)):
        tenant_id = environment.id_of(slot_id)
        if slot_id not in desired:
            close = closest(slot_id, desired)
            yield ENVIRONMENT_ID.problem(
                environment.where("ids", slot_id),
                message=f"no file describes {slot_id}",
                hint=f"Did you mean {close}?" if close else "Remove it.",
            )
        elif tenant_id in first:
            yield ENVIRONMENT_ID.problem(
                environment.where("ids", first[tenant_id]),
                message=f"in {environment.name}, {first[tenant_id]} and {slot_id} both have the id "
                f"{tenant_id}",
                hint="Give each its own id.",
            )
        else:
            first[tenant_id] = slot_id
