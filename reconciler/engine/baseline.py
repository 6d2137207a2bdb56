"""The success rates just before a write, which the gate compares with."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.errors import (
    AuthenticationError,
    MalformedResponseError,
    PermissionDeniedError,
    TenantError,
)
from reconciler.model.gate import GatePolicy, Measurement
from reconciler.ports import Ports


def read_baselines(
    slot_ids: Iterable[str], *, policy: GatePolicy, max_attempts: int, ports: Ports
) -> dict[str, float]:
    """The rate of every slot that has one, as a fraction.

    Only a 404 means that there is none; anything else is retried, then warned about. Raises
    AuthenticationError and PermissionDeniedError, which no gate would survive either.
    """
    found = {}
    for slot_id in slot_ids:
        rate = _read(slot_id, policy=policy, max_attempts=max_attempts, ports=ports)
        if rate is not None:
            found[slot_id] = rate
    return found


def _read(slot_id: str, *, policy: GatePolicy, max_attempts: int, ports: Ports) -> float | None:
    reason = ""
    for attempt in range(max_attempts):
        if attempt:
            ports.clock.sleep(policy.poll_interval_seconds)
        try:
            reading = ports.tenant.measure(slot_id, time_range=policy.time_range)
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
    ports.observer.warned(f"{slot_id} has no baseline: {reason}")
    return None
