"""The JSON of `drift`: the shape of a plan, with `drifted`, a `cause` in each change, and `metrics`
and `bake` if they were requested. Rejected changes are not among its changes, but its digest covers
them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from reconciler.formats.changes import ChangeShape, PlanShape, endpoint_object, waiting_json
from reconciler.formats.failure import parsed_failure
from reconciler.formats.printing import printed
from reconciler.formats.reading import (
    FORMAT_MAJOR,
    FORMAT_VERSION,
    LISTED,
    WORD,
    Fraction,
    Shape,
    is_known_version,
    not_expected,
    parsed,
)
from reconciler.model.bake import Bake, BakeResult, Suspect
from reconciler.model.base import rfc3339
from reconciler.model.change import Cause
from reconciler.model.drift import DriftReport, LastChange, SlotHealth
from reconciler.model.failure import Failure
from reconciler.model.gate import VerdictResult

_WHAT = "the JSON of a drift"


class _Person(Shape):
    id: str
    name: str | None = None


class _Change(ChangeShape):
    cause: Annotated[Cause | None, WORD] = None
    changed_by: _Person | None = None
    changed_at: Annotated[datetime | None, WORD] = None

    @property
    def last_change(self) -> LastChange | None:
        if self.changed_by is None or self.changed_at is None:
            return None
        return LastChange(user_id=self.changed_by.id, name=self.changed_by.name, at=self.changed_at)


class _Metric(Shape):
    slot_id: str
    success_rate: Fraction | None
    min_success_rate: Fraction
    verdict: Annotated[VerdictResult, WORD]
    reason: str = ""
    measured: bool = True

    @property
    def value(self) -> SlotHealth:
        return SlotHealth(
            min_success_rate=self.min_success_rate,
            result=self.verdict,
            success_rate=self.success_rate,
            reason=self.reason,
            measured=self.measured,
        )


class _Suspect(Shape):
    slot_id: str
    run_id: str
    commit: str | None = None


class _Bake(Shape):
    slot_id: str
    result: Annotated[BakeResult, WORD]
    run_id: str
    commit: str | None = None
    until: Annotated[datetime, WORD]
    success_rate: Fraction | None = None
    baseline: Fraction | None = None
    min_success_rate: Fraction | None = None
    reason: str = ""
    suspects: Annotated[tuple[_Suspect, ...], LISTED] = ()

    @property
    def value(self) -> Bake:
        fields = {name: getattr(self, name) for name in Bake.model_fields if name != "suspects"}
        return Bake(**fields, suspects=tuple(Suspect(**vars(each)) for each in self.suspects))


class _Drift(PlanShape):
    digest: str
    drifted: bool
    changes: Annotated[tuple[_Change, ...], LISTED]
    metrics: Annotated[tuple[_Metric, ...], LISTED] | None = None
    at_work: str | None = None
    bake: Annotated[tuple[_Bake, ...], LISTED] = ()

    @property
    def value(self) -> DriftReport:
        metrics = self.metrics
        return DriftReport(
            **self.common,
            digest=self.digest,
            changes=tuple(each.value for each in self.changes),
            causes={each.slot_id: each.cause for each in self.changes if each.cause},
            metrics=None if metrics is None else {each.slot_id: each.value for each in metrics},
            bakes=tuple(each.value for each in self.bake),
            last_changes={
                each.slot_id: each.last_change for each in self.changes if each.last_change
            },
            at_work=self.at_work,
        )


def drift_json(report: DriftReport) -> str:
    """The JSON of a drift report."""
    document: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "digest": report.digest,
        "target": endpoint_object(report.endpoint),
        "scope": report.selection.model_dump(mode="json"),
        **report.model_dump(
            mode="json",
            exclude={
                "endpoint",
                "selection",
                "digest",
                "causes",
                "metrics",
                "bakes",
                "last_changes",
                "at_work",
                "waiting",
            },
        ),
        "waiting": waiting_json(report.waiting),
    }
    for change in document["changes"]:
        change["cause"] = report.causes.get(change["slot_id"])
        last = report.last_changes.get(change["slot_id"])
        if last is not None:
            change["changed_by"] = {"id": last.user_id, "name": last.name}
            change["changed_at"] = rfc3339(last.at)
    document["drifted"] = report.is_drifted
    if report.at_work is not None:
        document["at_work"] = report.at_work
    if report.metrics is not None:
        document["metrics"] = [
            _metric(slot_id, health) for slot_id, health in sorted(report.metrics.items())
        ]
        document["bake"] = [_bake(each) for each in report.bakes]
    return printed(document)


def parsed_drift(document: Mapping[str, Any], *, source: str) -> DriftReport | Failure:
    """The drift report, or the failure that was printed instead.

    `source` names the document in messages. Raises DocumentError.
    """
    if not is_known_version(document):
        raise not_expected(source, _WHAT, f"its format_version is not {FORMAT_MAJOR}.x.")
    if "error" in document:
        return parsed_failure(document, source=source, what=_WHAT)
    shape = parsed(_Drift, document, source=source, what=_WHAT)
    report = shape.value
    if shape.drifted != report.is_drifted:
        raise not_expected(source, _WHAT, "`drifted` contradicts its changes.")
    if len(shape.metrics or ()) != len(report.metrics or {}):
        raise not_expected(source, _WHAT, "`metrics` contains a slot twice.")
    return report


def _metric(slot_id: str, health: SlotHealth) -> dict[str, Any]:
    return {
        "slot_id": slot_id,
        "success_rate": health.success_rate,
        "min_success_rate": health.min_success_rate,
        "verdict": health.result.value,
        "reason": health.reason,
        "measured": health.measured,
    }


def _bake(bake: Bake) -> dict[str, Any]:
    return {**bake.model_dump(mode="json"), "until": rfc3339(bake.until)}
