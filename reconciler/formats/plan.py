"""The JSON of `plan`, which `plan --out` saves for an apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.errors import DocumentError, PlanFileError
from reconciler.formats.changes import ChangeShape, PlanShape, endpoint_object, waiting_json
from reconciler.formats.failure import parsed_failure
from reconciler.formats.printing import printed
from reconciler.formats.reading import (
    FORMAT_MAJOR,
    FORMAT_VERSION,
    LISTED,
    is_known_version,
    parsed,
)
from reconciler.model.effect import NO_EFFECTS, Effects
from reconciler.model.failure import Failure
from reconciler.model.plan import Plan

_WHAT = "the JSON of a plan"
MAKE_ANOTHER = "Make a new one with: reconciler plan --out FILE"


class _Plan(PlanShape):
    changes: Annotated[tuple[ChangeShape, ...], LISTED] = ()
    estimated_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @property
    def value(self) -> Plan:
        return Plan(
            **self.common,
            changes=tuple(each.value for each in self.changes),
            estimated_seconds=self.estimated_seconds,
        )


def plan_json(plan: Plan, effects: Effects = NO_EFFECTS) -> str:
    """The JSON of a plan, both printed and saved. What its changes mean is not part of its digest:
    a better analysis must not make a plan stale."""
    return printed(
        {
            **plan_object(plan),
            "effects": effects.model_dump(mode="json")["slots"],
            "overlaps": effects.model_dump(mode="json")["overlaps"],
        }
    )


def plan_object(plan: Plan) -> dict[str, Any]:
    """The same without what the changes mean, as part of another document."""
    return {
        "format_version": FORMAT_VERSION,
        "digest": plan.digest,
        **plan.model_dump(mode="json", by_alias=True, exclude={"waiting"}),
        "target": endpoint_object(plan.endpoint),
        "waiting": waiting_json(plan.waiting),
    }


def parsed_plan(document: Mapping[str, Any], *, source: str) -> Plan | Failure:
    """The plan, or the failure that was printed instead.

    `source` names the document in messages. Raises PlanFileError for a plan of another version, or
    one that is damaged or edited, and DocumentError for an invalid failure.
    """
    _require_version(document, source=source)
    if "error" in document:
        return parsed_failure(document, source=source, what=_WHAT)
    return _undamaged(document, source=source)


def parsed_plan_object(document: Mapping[str, Any], *, source: str) -> Plan:
    """The plan of a `plan_object`; `source` names the document that it is part of. Raises
    PlanFileError."""
    _require_version(document, source=source)
    return _undamaged(document, source=source)


def _require_version(document: Mapping[str, Any], *, source: str) -> None:
    if "format_version" not in document:
        raise PlanFileError(f"{source} is not a plan file.", hint=MAKE_ANOTHER)
    if not is_known_version(document):
        version = str(document["format_version"])[:20]
        raise PlanFileError(
            f"{source} has the format version {version!r}, and this tool reads {FORMAT_MAJOR}.x.",
            hint="Make and apply a plan with the same version of reconciler.",
        )


def _undamaged(document: Mapping[str, Any], *, source: str) -> Plan:
    try:
        shape = parsed(_Plan, document, source=source, what=_WHAT)
        plan = shape.value
        digest = _digest_as_spelled(plan, origin=shape.target.origin)
    except (DocumentError, ValueError) as error:  # no digest covers an infinite number
        raise damaged(source, hint=MAKE_ANOTHER) from error
    if digest != document.get("digest"):
        raise edited(source, hint=MAKE_ANOTHER)
    return plan


def damaged(source: str, *, hint: str) -> PlanFileError:
    """The error for a plan that cannot be read."""
    return PlanFileError(
        f"{source} is damaged: something is missing, or has an unexpected type or value.",
        hint=hint,
    )


def edited(source: str, *, hint: str) -> PlanFileError:
    """The error for a plan whose digest is another plan's."""
    return PlanFileError(
        f"{source} is damaged or was edited: its digest does not match its contents.", hint=hint
    )


def _digest_as_spelled(plan: Plan, *, origin: str) -> str:
    """The digest of the plan with the document's own spelling of the origin, which `plan` has
    normalised."""
    endpoint = plan.endpoint.model_copy(update={"origin": origin})
    return plan.model_copy(update={"endpoint": endpoint}).digest
