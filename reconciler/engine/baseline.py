"""The success rates just before a write, which the gate compares with."""

from __future__ import annotations

from itertools import count

from reconciler.errors import (
    AuthenticationError,
    MalformedResponseError,
    PermissionDeniedError,
    TenantError,
)
from reconciler.model.change import Action, Change
from reconciler.model.event import BaselineBegun, BaselineRepeated, Measured, Warned
from reconciler.model.gate import GatePolicy, Measurement, Metric, SlotGate, SlotMetric
from reconciler.ports import Ports


class Baselines:
    """The rates by which changes are judged; each metric is measured once.

    Only a 404 means that there is no baseline; other failures are retried, then warned about.
    Reading raises AuthenticationError and PermissionDeniedError, which would stop the gate too, and
    MalformedResponseError if no answer could be read, because a gate that cannot read metrics
    would let everything pass.
    """

    def __init__(self, *, ports: Ports, max_attempts: int) -> None:
        self._ports = ports
        self._max_attempts = max_attempts
        self._rates: dict[Metric, float | None] = {}

    def of(self, change: Change, gate: SlotGate | None) -> dict[str, float]:
        """The rates, as fractions, of the slots that this gate measures and that have one."""
        if gate is None:
            return {}
        metric = gate.policy.metric_of(change.slot_id)
        is_unmeasurable = change.action is Action.CREATE and isinstance(metric, SlotMetric)
        own = () if is_unmeasurable else (change.slot_id,)
        rates = {slot_id: self._rate(slot_id, gate.policy) for slot_id in (*own, *gate.watch)}
        return {slot_id: rate for slot_id, rate in rates.items() if rate is not None}

    def _rate(self, slot_id: str, policy: GatePolicy) -> float | None:
        metric = policy.metric_of(slot_id)
        if metric not in self._rates:
            self._rates[metric] = self._read(
                metric, slot_id=slot_id, interval=policy.poll_interval_seconds
            )
        return self._rates[metric]

    def _read(self, metric: Metric, *, slot_id: str, interval: float) -> float | None:
        self._ports.observer.notice(BaselineBegun(slot_id=slot_id))
        for attempt in count(1):
            try:
                reading = self._ports.tenant.measure(metric)
            except (AuthenticationError, PermissionDeniedError):
                raise
            except MalformedResponseError as error:
                if attempt == self._max_attempts:
                    raise MalformedResponseError(
                        f"The metrics of {slot_id} cannot be read, so no gate could judge its "
                        f"change ({attempt} attempts). {error.message}",
                        hint=error.hint,
                    ) from error
                self._pause(slot_id, error, seconds=interval)
            except TenantError as error:  # whose own attempts are over
                self._ports.observer.notice(
                    Warned(message=f"{slot_id} has no baseline: {error.message}")
                )
                break
            else:
                self._ports.observer.notice(
                    Measured(slot_id=slot_id, reading=reading, baseline=None, min_success_rate=None)
                )
                if isinstance(reading, Measurement) and reading.sample_count != 0:
                    return reading.success_rate
                break
        return None

    def _pause(self, slot_id: str, error: MalformedResponseError, *, seconds: float) -> None:
        clock = self._ports.clock
        self._ports.observer.notice(
            BaselineRepeated(
                slot_id=slot_id,
                reason=error.message,
                seconds=seconds,
                until=clock.monotonic() + seconds,
            )
        )
        clock.sleep(seconds)
