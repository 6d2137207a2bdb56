"""Whether a saved plan still holds."""

from __future__ import annotations

from reconciler.errors import StalePlanError
from reconciler.model.change import Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.listed import listed
from reconciler.model.plan import Plan

_PLAN_AGAIN = "Make a new plan, and review it."


def require_same_origin(
    saved: Plan, *, environment: str | None, endpoint: Endpoint, tool_major: str
) -> None:
    """Raises StalePlanError unless the plan was made for this environment of the project, tenant
    and bot, by this tool."""
    if saved.environment != environment:
        raise StalePlanError(
            f"The plan was made {_for(saved.environment)}, but would be applied "
            f"{_for(environment)}.",
            hint="Leave out --env and RECONCILER_ENV, or make a new plan.",
        )
    if saved.endpoint.origin != endpoint.origin:
        raise StalePlanError(
            f"The plan is for {saved.endpoint.origin}, but the configured tenant is "
            f"{endpoint.origin}.",
            hint=f"Check {endpoint.places.origin}, or make a new plan.",
        )
    if saved.endpoint.bot_id != endpoint.bot_id:
        raise StalePlanError(
            f"The plan is for the {endpoint.kind} {saved.endpoint.bot_id or '(none)'}, but the "
            f"configured one is {endpoint.bot_id or '(none)'}.",
            hint=f"Check {endpoint.places.bot}, or make a new plan.",
        )
    if saved.tool_major != tool_major:
        raise StalePlanError(
            f"The plan was made by version {saved.tool_version} of reconciler, which is a "
            "different major version.",
            hint=_PLAN_AGAIN,
        )


def require_current(saved: Plan, fresh: Plan) -> None:
    """Raises StalePlanError unless planning again gave the same changes."""
    if saved.digest == fresh.digest:
        return
    if saved.desired_digest != fresh.desired_digest:
        raise StalePlanError(
            "The plan is stale: the slot files have changed since it was made.", hint=_PLAN_AGAIN
        )
    waits = [each for each in fresh.waiting if each.slot_id in saved.slot_ids]
    if waits:
        first = waits[0]
        raise StalePlanError(
            f"The plan is stale: {listed(each.slot_id for each in waits)} now has to wait for "
            f"{first.environment} ({first.reason}).",
            hint="Name the ledger of that environment with --evidence, or make a new plan.",
        )
    moved = _differing(saved.changes, fresh.changes)
    raise StalePlanError(
        "The plan is stale: the tenant has changed since it was made"
        + (f" ({listed(moved)})." if moved else "."),
        hint=_PLAN_AGAIN,
    )


def _for(environment: str | None) -> str:
    return f"for {environment}" if environment else "without an environment"


def _differing(saved: tuple[Change, ...], fresh: tuple[Change, ...]) -> list[str]:
    before = {change.slot_id: change for change in saved}
    after = {change.slot_id: change for change in fresh}
    return sorted(
        slot_id
        for slot_id in before.keys() | after.keys()
        if before.get(slot_id) != after.get(slot_id)
    )
