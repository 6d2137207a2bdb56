"""One slot's way from git to production, over two tenants and the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.cli.companies import Company, company, fruit, planned
from tests.cli.conftest import FAST_GATE
from tests.support.world import FRUIT, document

__all__ = ["company"]

THERE = "slot_77aa01"
LIVE = {
    "staging": [document(FRUIT)],
    "production": [{**document(FRUIT), "slotId": THERE}],
}
SECOND = 1 / 3600
PATIENCE = 60.0


def declare(shop: Company, *, soak_hours: float, **staging: Any) -> None:
    shop.declare(
        staging={"expect": {"bot_id": "bot_staging"}, **staging},
        production={
            "promote_from": "staging",
            "soak_hours": soak_hours,
            "expect": {"bot_id": "bot_production"},
            "ids": {FRUIT: THERE},
        },
    )


def waiting(shop: Company) -> list[dict[str, Any]]:
    done = shop.run("plan", "--env", "production", "--format", "json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["waiting"]
    return found


def until(holds: Callable[[], bool]) -> None:
    """Try until it holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never holds"


def apply(shop: Company, environment: str) -> int:
    return shop.run("apply", "--env", environment, "--yes").returncode


def production_puts(shop: Company) -> int:
    return sum(each.method == "PUT" for each in shop.tenants["production"].requests)


def test_a_slot_is_rejected_verified_promoted_and_reverted(
    company: Callable[..., Company],
) -> None:
    shop = company(**LIVE)
    declare(shop, soak_hours=24)

    # Rejected in staging, and never planned in production.
    fruit(shop, patterns=["^nothing$"])
    assert apply(shop, "staging") == 3
    (rejected,) = waiting(shop)
    assert "its gate rejected it there" in rejected["reason"]
    assert apply(shop, "production") == 0
    assert production_puts(shop) == 0

    # Changed again, verified in staging, waiting, then promoted under the tenant's own id.
    fruit(shop)
    assert apply(shop, "staging") == 0
    (soaking,) = waiting(shop)
    assert (soaking["for"], soaking["until"] is None) == ("staging", False)
    assert soaking["change"]["tenant_id"] == THERE
    declare(shop, soak_hours=SECOND)
    until(lambda: not waiting(shop))
    assert apply(shop, "production") == 0
    assert planned(shop, "production") == planned(shop, "staging") == {}
    assert (shop.tenants["production"].slot(THERE) or {})["fillStrategy"] == "strict"

    # The variables of the other environment are refused.
    variables = (shop.folder / ".env.production").read_text()
    (shop.folder / ".env.production").write_text((shop.folder / ".env.staging").read_text())
    before = len(shop.tenants["staging"].requests)
    assert shop.run("apply", "--env", "production", "--yes").returncode == 4
    assert len(shop.tenants["staging"].requests) == before
    (shop.folder / ".env.production").write_text(variables)

    # An edit in production's console is found there alone.
    shop.tenants["production"].edit(THERE, patterns=["^apple$"])
    assert shop.run("drift", "--env", "staging").returncode == 0
    drift = shop.run("drift", "--env", "production", "--format", "json")
    assert drift.returncode == 2
    (change,) = json.loads(drift.stdout)["changes"]
    assert (change["slot_id"], change["cause"]) == (FRUIT, "changed_in_tenant")
    assert apply(shop, "production") == 0
    assert planned(shop, "production") == {}


def test_a_bad_change_that_only_its_bake_finds_is_reverted_in_the_files(
    company: Callable[..., Company],
) -> None:
    shop = company(**LIVE, window_seconds=8.0)
    gate = {**FAST_GATE, "settle_seconds": 0, "min_success_rate": 0.4, "max_drop": 1}
    declare(shop, soak_hours=0, gate=gate)
    fruit(shop, fill_strategy="bestMatch")
    before = (shop.folder / "slots" / f"{FRUIT}.yaml").read_text()

    # The gate measures traffic from before the change, so it passes.
    fruit(shop, fill_strategy="bestMatch", patterns=["^nothing$"])
    assert apply(shop, "staging") == 0
    run_id = json.loads((shop.folder / "slot_updates_audit.jsonl").read_text().splitlines()[0])[
        "run_id"
    ]

    # Its bake does not.
    until(lambda: shop.run("drift", "--env", "staging", "--metrics").returncode == 3)
    assert "it fell below its gate there" in waiting(shop)[0]["reason"]

    # The way back is a pull request's worth of files.
    done = shop.run("revert", run_id)
    assert done.returncode == 0, done.stderr
    assert (shop.folder / "slots" / f"{FRUIT}.yaml").read_text() == before
    assert apply(shop, "staging") == 0
    assert planned(shop, "staging") == {}
    assert production_puts(shop) == 0
