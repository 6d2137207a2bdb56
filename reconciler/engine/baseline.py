"""The success rates just before a write, which the gate compares with."""

from __future__ import annotations

from reconciler.errors import (
    AuthenticationError,
    MalformedResponseError,
    PermissionDeniedError,
    TenantError,
)
from reconciler.model.change import Action, Change
from reconciler.model.gate import GatePolicy, Measurement, SlotGate
from reconciler.ports import Ports


class Baselines:
    """The rates that changes are judged by, each slot measured once.

    Only a 404 means that there is none; anything else is retried, then warned about. Reading
    raises AuthenticationError and PermissionDeniedError, which no gate would survive either.
    """

    def __init__(self, *, ports: Ports, max_attempts: int) -> None:
        self._ports = ports
        self._max_attempts = max_attempts
        self._found: dict[tuple[str, str], float | None] = {}

    def of(self, change: Change, gate: SlotGate | None) -> dict[str, float]:
        """The rate of every slot that has one, of those that this gate measures; as fractions."""
        if gate is None:
            return {}
        own = () if change.action is Action.CREATE else (change.slot_id,)
        rates = {slot_id: self._rate(slot_id, gate.policy) for slot_id in (*own, *gate.watch)}
        return {slot_id: rate for slot_id, rate in rates.items() if rate is not None}

    def _rate(self, slot_id: str, policy: GatePolicy) -> float | None:
        key = (slot_id, policy.time_range)
        if key not in self._found:
            self._found[key] = self._read(slot_id, policy)
        return self._found[key]

    def _read(self, slot_id: str, policy: GatePolicy) -> float | None:
        reason = ""
        for attempt in range(self._max_attempts):
            if attempt:
                self._ports.clock.sleep(policy.poll_interval_seconds)
            try:
                reading = self._ports.tenant.measure(slot_id, time_range=policy.time_range)
            except (AuthenticationError, PermissionDeniedError):
                raise
            except MalformedResponseError as error:
                reason = error.message
                continue
            except TenantError as error:  # whose own attempts are over
                reason = error.message
                break
            if isinstance(reading, Measurement) and reading.sample_count != 0:
                return reading.success_rate
            return None
        self._ports.observer.warned(f"{slot_id} has no baseline: {reason}")
        return None
