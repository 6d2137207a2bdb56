"""The file that `fleet plan --out` writes, for a `fleet apply`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.errors import DocumentError, PlanFileError
from reconciler.formats.fleet import GroupShape, group_object
from reconciler.formats.fleet_task import VERSION
from reconciler.formats.plan import damaged, edited
from reconciler.formats.printing import printed
from reconciler.formats.reading import LISTED, Shape, parsed
from reconciler.model.base import sha256_of
from reconciler.model.fleet_plan import FleetPlan

_WHAT = "the plan of a fleet"
MAKE_ANOTHER = "Make a new one with: reconciler fleet plan --out FILE"


class _Target(Shape):
    name: str
    digest: str


class _Plan(Shape):
    bundle: str
    commit: str | None = None
    tool_version: str
    selection: str = ""
    targets: Annotated[tuple[_Target, ...], LISTED]
    groups: Annotated[tuple[GroupShape, ...], LISTED] = ()


def fleet_plan_json(plan: FleetPlan) -> str:
    """The JSON of the plan of a fleet; its digest covers all of it."""
    content = _content(plan)
    return printed({"version": VERSION, "digest": _digest(content), **content})


def parsed_fleet_plan(document: Mapping[str, Any], *, source: str) -> FleetPlan:
    """The plan. `source` names the document in messages.

    Raises PlanFileError for anything but a plan of a fleet, for one of another version, and for one
    that was damaged or edited.
    """
    if "version" not in document or "bundle" not in document:
        raise PlanFileError(f"{source} is not the plan of a fleet.", hint=MAKE_ANOTHER)
    if document["version"] != VERSION:
        raise PlanFileError(
            f"{source} has the version {str(document['version'])[:20]}, and this tool reads "
            f"{VERSION}.",
            hint="Make and apply a plan with the same version of reconciler.",
        )
    try:
        shape = parsed(_Plan, document, source=source, what=_WHAT)
        digest = _digest({key: document[key] for key in document if key not in _UNCOVERED})
    except (DocumentError, ValueError) as error:  # no digest covers an infinite number
        raise damaged(source, hint=MAKE_ANOTHER) from error
    if digest != document.get("digest"):
        raise edited(source, hint=MAKE_ANOTHER)
    return FleetPlan(
        bundle=shape.bundle,
        commit=shape.commit,
        tool_version=shape.tool_version,
        selection=shape.selection,
        digests={each.name: each.digest for each in shape.targets},
        groups=tuple(each.value(source=source) for each in shape.groups),
    )


_UNCOVERED = frozenset({"version", "digest"})


def _content(plan: FleetPlan) -> dict[str, Any]:
    return {
        "bundle": plan.bundle,
        "commit": plan.commit,
        "tool_version": plan.tool_version,
        "selection": plan.selection,
        "targets": [{"name": name, "digest": each} for name, each in plan.digests.items()],
        "groups": [group_object(each) for each in plan.groups],
    }


def _digest(content: Mapping[str, Any]) -> str:
    return f"sha256:{sha256_of(content)}"
