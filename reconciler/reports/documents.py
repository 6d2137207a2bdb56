"""The JSON that our own commands print → values, wherever it has been meanwhile.

Keys that are not known are left out, types are not coerced, and lengths are bounded: a document
may come from an artifact that anybody could write.

    apply --format json               OutcomeDocument
    drift --metrics --format json     DriftDocument, or one with only an `error`
    validate --format json            ValidationDocument
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from reconciler.model.change import Action, Cause, Change, FieldChange
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.outcome import Status
from reconciler.model.plan import FORMAT_VERSION, Summary
from reconciler.model.problem import Severity

MAX_ENTRIES = 100_000
"""Entries of one list."""
MAX_CHARACTERS = 100_000
"""Characters of one text."""


def _bounded(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"more than {MAX_CHARACTERS:,} characters")
    return text


# Not pydantic's own bound, which refuses a lone surrogate, and JSON may carry one.
Text = Annotated[str, AfterValidator(_bounded)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**9)]
_Listed = Field(strict=False, max_length=MAX_ENTRIES)  # JSON has lists, and no tuples
_Word = Field(strict=False)  # JSON has text, and no enumerations


class Document(BaseModel):
    """Part of a document: immutable, strict about types, deaf to keys of newer versions."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class DocumentEndpoint(Document):
    """The tenant and bot that the document is about."""

    origin: Text
    bot_id: Text | None = None

    @property
    def value(self) -> Endpoint:
        """The same, as the noun."""
        return Endpoint(origin=self.origin, bot_id=self.bot_id)


class PlanFailure(Document):
    """Why a command came to no result."""

    message: Text
    hint: Text = ""


class OutcomeEntry(Document):
    """What became of one change."""

    slot_id: Text
    action: Annotated[Action, _Word]
    status: Annotated[Status, _Word]
    success_rate: Fraction | None = None
    baseline: Fraction | None = None
    message: Text = ""
    recovered: bool = False


class RejectionEntry(Document):
    """One slot whose change, or whose live content, the gate had rejected."""

    slot_id: Text
    run_id: Text
    reason: Text
    success_rate: Fraction | None = None
    baseline: Fraction | None = None
    live: bool = False

    @property
    def value(self) -> Rejection:
        """The same, as the noun."""
        return Rejection(**self.model_dump())


class OutcomeDocument(Document):
    """What `apply` printed. `endpoint` is None where it ended before one was known."""

    run_id: Text | None
    endpoint: DocumentEndpoint | None = Field(default=None, validation_alias="target")
    outcomes: Annotated[tuple[OutcomeEntry, ...], _Listed]
    rejected: Annotated[tuple[RejectionEntry, ...], _Listed] = ()
    interrupted: bool = False
    ledger_hash: Text | None = None
    error: PlanFailure | None = None


class DriftField(Document):
    """One field that differs."""

    field: Text
    before: JsonValue
    after: JsonValue


class DriftEntry(Document):
    """One slot that differs."""

    slot_id: Text
    name: Text
    action: Annotated[Action, _Word]
    fields: Annotated[tuple[DriftField, ...], _Listed]
    before: JsonValue = None
    after: JsonValue = None
    trigger_retrain: bool = True
    cause: Annotated[Cause | None, _Word] = None

    @property
    def shown(self) -> Change:
        """As much of a change as reports show of one."""
        return Change(
            slot_id=self.slot_id,
            name=self.name,
            action=self.action,
            wave=0,
            fields=tuple(FieldChange(**field.model_dump()) for field in self.fields),
            trigger_retrain=self.trigger_retrain,
        )


class DriftMetric(Document):
    """One slot beside its gate."""

    slot_id: Text
    success_rate: Fraction | None
    min_success_rate: Fraction
    verdict: Annotated[VerdictResult, _Word]
    reason: Text = ""
    measured: bool = True


class DriftSummary(Document):
    """Counts of slots."""

    unchanged: Count
    unmanaged: Count

    @property
    def value(self) -> Summary:
        """The same, as the noun."""
        return Summary(unchanged=self.unchanged, unmanaged=self.unmanaged)


class DriftDocument(Document):
    """What `drift` found out. `metrics` is None where they were not asked for."""

    endpoint: DocumentEndpoint = Field(validation_alias="target")
    summary: DriftSummary
    drifted: bool
    changes: Annotated[tuple[DriftEntry, ...], _Listed]
    rejected: Annotated[tuple[RejectionEntry, ...], _Listed]
    metrics: Annotated[tuple[DriftMetric, ...], _Listed] | None = None
    warnings: Annotated[tuple[Text, ...], _Listed] = ()

    @property
    def by_cause(self) -> tuple[DriftEntry, ...]:
        """The changes, those of the same cause together."""
        order = (Cause.CHANGED_IN_TENANT, Cause.NOT_APPLIED, None)
        return tuple(sorted(self.changes, key=lambda each: order.index(each.cause)))

    @property
    def nothing_measured(self) -> bool:
        """Whether there was something to measure, and no number for any of it."""
        return bool(self.metrics) and not any(each.measured for each in self.metrics or ())

    def judged(self, result: VerdictResult) -> tuple[DriftMetric, ...]:
        """The slots whose rate was judged so."""
        return tuple(each for each in self.metrics or () if each.verdict is result)


class ValidationEntry(Document):
    """One problem, and where it stands."""

    file: Text
    line: Count
    column: Count
    rule: Text
    severity: Annotated[Severity, _Word]
    message: Text
    slot_id: Text | None = None
    hint: Text = ""


class ValidationDocument(Document):
    """What `validate` found."""

    valid: bool
    slots: Count
    problems: Annotated[tuple[ValidationEntry, ...], _Listed]
    error: PlanFailure | None = None


class _Failed(Document):
    error: PlanFailure


DocumentT = TypeVar("DocumentT", bound=Document)


def outcome_document(document: Mapping[str, Any]) -> OutcomeDocument:
    """Raises ValueError where it is none."""
    return _parsed(OutcomeDocument, document, "the JSON of an apply")


def drift_document(document: Mapping[str, Any]) -> DriftDocument | PlanFailure:
    """What `drift` found, or why it found nothing. Raises ValueError where it is neither."""
    what = "the JSON of a drift"
    version = document.get("format_version")
    ours = FORMAT_VERSION.split(".")[0]
    if not isinstance(version, str) or version.split(".")[0] != ours:
        raise ValueError(f"This is not {what}: its format_version is not {ours}.x.")
    if "error" in document:
        return _parsed(_Failed, document, what).error
    found = _parsed(DriftDocument, document, what)
    if found.drifted != bool(found.changes or found.rejected):
        raise ValueError(f"This is not {what}: `drifted` is not what its changes say.")
    return found


def validation_document(document: Mapping[str, Any]) -> ValidationDocument:
    """Raises ValueError where it is none."""
    return _parsed(ValidationDocument, document, "the JSON of a validation")


def _parsed(model: type[DocumentT], document: Mapping[str, Any], what: str) -> DocumentT:
    try:
        return model.model_validate(dict(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"This is not {what}: `{place}`: {first['msg']}.") from error
