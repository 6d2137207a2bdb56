"""The nouns of the gate: its policy, a measurement, a verdict."""

from __future__ import annotations

import re
from enum import Enum
from typing import Annotated, Literal

from pydantic import Field, SerializeAsAny

from reconciler.model.base import Frozen


class SlotMetric(Frozen):
    """What a tenant measures: the success rate of `subject` over `time_range`.

    One metric may judge several slots, and is then measured once for all of them.
    """

    subject: str
    time_range: str


class PlaybookSuite(Frozen):
    """What a tenant of version 2 measures: the share of asserts that pass when these playbooks run
    on a flow, in each of these locales. Without locales, they run in the primary one.

    A run is asked for its result every `poll_interval_seconds`, for `timeout_seconds` at most.
    """

    flow: str
    playbooks: tuple[str, ...]
    locales: tuple[str, ...] = ()
    timeout_seconds: float
    poll_interval_seconds: float


Metric = SlotMetric | PlaybookSuite


class FailedAssert(Frozen):
    """An assert that failed: the playbook, its step (from 1) and what was said there, what the
    assert expected and what there was, as JSON or text. `keys` are the context keys or slots that
    it names."""

    playbook: str
    step: int
    text: str
    kind: str
    expected: str
    actual: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.playbook}, step {self.step} ({self.text!r}): {self.kind} expected "
            f"{self.expected}, but got {self.actual}"
        )


_Share = Annotated[float, Field(ge=0, le=1)]
_Seconds = Annotated[float, Field(ge=0, le=86_400)]
_Interval = Annotated[float, Field(gt=0, le=86_400)]
_Hours = Annotated[float, Field(ge=0, le=8760)]
_Count = Annotated[int, Field(ge=0)]
_Passes = Annotated[int, Field(ge=1)]
_TimeRange = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,32}$")]
_PassOrFail = Literal["pass", "fail"]
_HOURS_OF_UNIT = {"h": 1.0, "d": 24.0}
DAY_HOURS = 24.0


class GatePolicy(Frozen):
    """When a change may stand. Rates are fractions, times are in seconds.

    The gate fails below `min_success_rate`, unless the baseline was below it already, and if the
    rate falls by more than `max_drop`. Measurements begin `settle_seconds` after the write; after
    `timeout_seconds` more, or with fewer than `min_samples`, the verdict is inconclusive, and
    counts as `when_inconclusive` says. A change that passed stays on probation for `bake_hours`,
    by default as long as `time_range`, because until then a part of what is measured is older than
    the change.
    """

    enabled: bool = True
    min_success_rate: _Share = 0.85
    max_drop: _Share = 0.05
    time_range: _TimeRange = "last24h"
    min_samples: _Count = 0
    settle_seconds: _Seconds = 15
    poll_interval_seconds: _Interval = 5
    timeout_seconds: _Seconds = 300
    consecutive_passes: _Passes = 1
    when_inconclusive: _PassOrFail = "pass"
    bake_hours: _Hours | None = None

    @property
    def range_hours(self) -> float:
        """How many hours `time_range` covers; a day if it does not say so as `last24h` does."""
        said = re.fullmatch(r"last([1-9]\d{0,2})([hd])", self.time_range)
        return int(said[1]) * _HOURS_OF_UNIT[said[2]] if said else DAY_HOURS

    @property
    def hours_on_probation(self) -> float:
        """How long a change stays on probation after it passed; 0 for not at all."""
        return self.range_hours if self.bake_hours is None else self.bake_hours

    @property
    def rate_name(self) -> str:
        """What the rate is called in messages."""
        return "success rate"

    @property
    def minimum_name(self) -> str:
        """The setting that holds the minimum."""
        return "min_success_rate"

    def metric_of(self, slot_id: str) -> Metric:
        """What this slot is judged by."""
        return SlotMetric(subject=slot_id, time_range=self.time_range)

    def on_flow(self, _flow: str) -> GatePolicy:
        """The policy for slots of this flow."""
        return self

    def overridden_by(self, override: GateOverride) -> GatePolicy:
        """This policy, with every field that the override sets replaced."""
        fields = override.model_dump(exclude_none=True, exclude={"watch"})
        return self.model_copy(update=fields) if fields else self


class PlaybookPolicy(GatePolicy):
    """When a change to a slot filler stands: when the playbooks' asserts pass, which is known at
    once, and is the same each time. So there is no probation."""

    min_success_rate: _Share = 1.0
    max_drop: _Share = 0.0
    settle_seconds: _Seconds = 0
    poll_interval_seconds: _Interval = 3
    timeout_seconds: _Seconds = 600
    when_inconclusive: _PassOrFail = "fail"
    bake_hours: _Hours | None = 0
    flow: str = ""
    playbooks: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()

    @property
    def rate_name(self) -> str:
        """What the rate is called in messages."""
        return "pass rate"

    @property
    def minimum_name(self) -> str:
        """The setting that holds the minimum."""
        return "min_pass_rate"

    def metric_of(self, slot_id: str) -> PlaybookSuite:  # noqa: ARG002 - any slot of the flow
        """The suite, which judges all the slots of its flow that name it."""
        return PlaybookSuite(
            flow=self.flow,
            playbooks=self.playbooks,
            locales=self.locales,
            timeout_seconds=self.timeout_seconds,
            poll_interval_seconds=self.poll_interval_seconds,
        )

    def on_flow(self, flow: str) -> PlaybookPolicy:
        """The policy for slots of this flow."""
        return self.model_copy(update={"flow": flow})


class GateOverride(Frozen):
    """What a slot file says about its own gate; None keeps the project's setting.

    `watch` names other slots that are judged together with this one.
    """

    enabled: bool | None = None
    min_success_rate: _Share | None = None
    max_drop: _Share | None = None
    time_range: _TimeRange | None = None
    min_samples: _Count | None = None
    settle_seconds: _Seconds | None = None
    poll_interval_seconds: _Interval | None = None
    timeout_seconds: _Seconds | None = None
    consecutive_passes: _Passes | None = None
    when_inconclusive: _PassOrFail | None = None
    bake_hours: _Hours | None = None
    watch: tuple[str, ...] = ()


class PlaybookOverride(GateOverride):
    """What the file of a slot filler says about its own gate."""

    playbooks: tuple[str, ...] | None = None
    locales: tuple[str, ...] | None = None


class SlotGate(Frozen):
    """The policy by which one slot is judged, and the other slots that are judged with it."""

    policy: SerializeAsAny[GatePolicy] = GatePolicy()
    watch: tuple[str, ...] = ()


class Measurement(Frozen):
    """One reading of the metric: a fraction, and its sample count if the tenant reports one.

    `failed_asserts` are those that make the rate less than 1, where it is one of asserts.
    """

    success_rate: float = Field(ge=0, le=1, allow_inf_nan=False)
    sample_count: int | None = Field(default=None, ge=0)
    failed_asserts: tuple[FailedAssert, ...] = ()


class NotMeasured(Frozen):
    """The metric gave no usable answer; `reason` says why."""

    reason: str


Reading = Measurement | NotMeasured


class VerdictResult(str, Enum):
    """The three ways in which a judgement ends."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


class Verdict(Frozen):
    """The gate's decision on one slot, with the numbers behind it.

    `stands` says whether the change may stay: an inconclusive verdict can go either way. `measured`
    says whether the tenant had any numbers for the slot, even too few.
    """

    result: VerdictResult
    stands: bool
    reason: str
    success_rate: float | None = None
    baseline: float | None = None
    measured: bool = True
    failed_asserts: tuple[FailedAssert, ...] = ()


class Rejection(Frozen):
    """Slot content that may not stand, with the run and the reason; rates are fractions.

    A gate rejected it, or it had to be rolled back together with other changes, and could not be.
    `live` says that the slot still has this content: it could not be rolled back, or
    `on_failure: halt` left it in place. `blocks` are the planned changes that depend on such a
    slot, and that an apply therefore skips.
    """

    run_id: str
    slot_id: str
    reason: str
    success_rate: float | None = None
    baseline: float | None = None
    live: bool = False
    blocks: tuple[str, ...] = ()
