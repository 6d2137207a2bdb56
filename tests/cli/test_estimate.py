"""The plan's estimate reaches those who watch the run."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Bot
from tests.support.world import FRUIT, document


@pytest.mark.parametrize("saved", [False, True])
def test_a_run_begins_with_the_plans_estimate(bot: Callable[..., Bot], *, saved: bool) -> None:
    shop = bot()
    shop.write(FRUIT, patterns=document(FRUIT)["patterns"])
    shop.run("plan", "--out", "plan.json")
    estimate = json.loads((shop.folder / "plan.json").read_text())["estimated_seconds"]
    approved = ("plan.json",) if saved else ("--yes",)
    assert shop.run("apply", *approved, "--events", "events").returncode == 0
    events = [json.loads(line) for line in (shop.folder / "events").read_text().splitlines()]
    (begun,) = [each for each in events if each["event"] == "plan_begun"]
    assert begun["estimated_seconds"] == pytest.approx(estimate)
    assert "No changes" in shop.run("plan").stdout
