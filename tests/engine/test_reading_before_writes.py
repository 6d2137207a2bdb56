"""The last read before a write, and how closely the write follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from reconciler.model.settings import Limits, Rollout
from tests.support.world import World, desired_slot, document

MakeWorld = Callable[..., World]


@pytest.mark.parametrize("limit", [2, 7])
@pytest.mark.parametrize("batch", ["change", "wave"])
@pytest.mark.parametrize("retrain", [False, True])
def test_no_wait_for_the_rate_limit_comes_between_a_check_and_its_write(
    world: MakeWorld, batch: Literal["change", "wave"], retrain: bool, limit: int
) -> None:
    slots = [f"slot_{number:02}" for number in range(12)]
    bot = world(
        live=[document(each, patterns=["^y$"]) for each in slots],
        etag=False,
        rollout=Rollout(batch=batch),
        limits=Limits(requests_per_minute=limit),
        gate={"timeout_seconds": 0},
    )
    desired = [desired_slot(each, retrain=retrain) for each in slots]
    bot.apply(*desired)
    read_at: dict[str, float] = {}
    for request in bot.sandbox.requests:
        if request.path.endswith("/slots"):
            read_at = dict.fromkeys(slots, request.at)
        elif request.path.startswith("/api/v1/slots/"):
            slot_id = request.path.rsplit("/", 1)[1]
            if request.method == "PUT":
                assert request.at - read_at[slot_id] <= (0 if batch == "change" else 30)
            else:
                read_at[slot_id] = request.at
    assert bot.in_sync(*desired)
