"""How long an apply will take, from what is known before it begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from reconciler.model.change import Change
from reconciler.model.gate import GatePolicy
from reconciler.model.settings import Settings

REQUESTS_A_CHANGE = 4
"""Baseline, read, write and measurement."""
REQUEST_SECONDS = 0.3
"""What a request takes that the tenant answers without delay."""
TRAINING_SECONDS = 30.0
"""What a training takes that has a task of its own. No tenant says so beforehand, and it depends on
the size of the project."""

SNAPSHOT_SECONDS = 30.0
"""What a snapshot takes; that depends on the size of the project, too."""


def estimated_seconds(
    changes: Iterable[Change],
    *,
    settings: Settings,
    policy_of: Callable[[Change], GatePolicy | None],
    trains_with_writes: bool,
) -> float:
    """Seconds in which these changes are made if all goes well: no gate fails, and metrics answer
    at once.

    `policy_of` returns the policy that judges a change, or None if none does. What is judged
    together also settles and trains together.
    """
    together: dict[Hashable, list[Change]] = defaultdict(list)
    for change in changes:
        is_wave = settings.rollout.batch == "wave"
        together[change.wave if is_wave else change.slot_id].append(change)
    waits = SNAPSHOT_SECONDS if together and settings.snapshot.before_apply else 0.0
    for batch in together.values():
        judged = [policy for policy in map(policy_of, batch) if policy is not None]
        waits += max(map(_judging_seconds, judged), default=0.0)
        if not trains_with_writes and any(change.trigger_retrain for change in batch):
            waits += TRAINING_SECONDS
    requests = REQUESTS_A_CHANGE * sum(map(len, together.values()))
    limit = settings.limits.requests_per_minute
    # The first minute's requests are sent without a wait, and each further minute has as many.
    at_that_rate = 60.0 * (max(requests - 1, 0) // limit)
    return max(waits + requests * REQUEST_SECONDS, at_that_rate)


def _judging_seconds(policy: GatePolicy) -> float:
    return policy.settle_seconds + (policy.consecutive_passes - 1) * policy.poll_interval_seconds
