"""Production waits for what staging has verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.cli.companies import Company, company, fruit, planned
from tests.support.world import FRUIT, document

__all__ = ["company"]

LIVE = {"staging": [document(FRUIT)], "production": [document(FRUIT)]}


def plan_of(shop: Company, *arguments: str) -> dict[str, Any]:
    done = shop.run("plan", "--env", "production", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def verify_in_staging(shop: Company, *, ledger: str) -> None:
    """Apply in staging, with a ledger of its own."""
    shop.environment["COGNIGY_AUDIT_LOG"] = ledger
    assert shop.run("apply", "--env", "staging", "--yes").returncode == 0
    del shop.environment["COGNIGY_AUDIT_LOG"]


def test_a_change_waits_until_the_same_content_has_passed_in_the_other_environment(
    company: Callable[..., Company],
) -> None:
    shop = company(**LIVE)
    shop.declare(staging={}, production={"promote_from": "staging"})
    fruit(shop)
    before = plan_of(shop)
    assert before["changes"] == []
    (waiting,) = before["waiting"]
    assert (waiting["slot_id"], waiting["for"], waiting["until"]) == (FRUIT, "staging", None)
    assert before["summary"]["waiting"] == 1
    done = shop.run("apply", "--env", "production", "--yes")
    assert done.returncode == 0
    assert "No changes now: 1 change waits for staging." in done.stdout
    assert not [each for each in shop.tenants["production"].requests if each.method == "PUT"]

    assert shop.run("apply", "--env", "staging", "--yes").returncode == 0
    assert plan_of(shop)["waiting"] == []
    assert shop.run("apply", "--env", "production", "--yes").returncode == 0
    assert planned(shop, "production") == {}


def test_what_staging_rejects_is_never_planned_in_production(
    company: Callable[..., Company],
) -> None:
    shop = company(**LIVE)
    shop.declare(staging={}, production={"promote_from": "staging"})
    fruit(shop, patterns=["^nothing$"])
    rejected = shop.run("apply", "--env", "staging", "--yes")
    assert rejected.returncode == 3
    assert "then: reconciler apply --env staging (" in " ".join(rejected.stdout.split())
    (waiting,) = plan_of(shop)["waiting"]
    assert "its gate rejected it there, in run " in waiting["reason"]
    assert shop.run("apply", "--env", "production", "--yes").returncode == 0
    assert not [each for each in shop.tenants["production"].requests if each.method == "PUT"]


def test_the_evidence_may_be_in_another_ledger(company: Callable[..., Company]) -> None:
    shop = company(**LIVE)
    shop.declare(staging={}, production={"promote_from": "staging"})
    fruit(shop)
    verify_in_staging(shop, ledger="one.jsonl")
    (waiting,) = plan_of(shop)["waiting"]
    assert "nothing is known of staging: no run there is in the ledger" in waiting["reason"]
    assert plan_of(shop, "--evidence", "one.jsonl")["waiting"] == []
    ledger = shop.folder / "one.jsonl"
    ledger.write_text(ledger.read_text().replace('"gate_passed"', '"gate_failed"'))
    done = shop.run("plan", "--env", "production", "--evidence", "one.jsonl")
    assert done.returncode == 1
    assert "proves nothing: line 4 is not as it was written." in done.stderr


def test_an_own_ledger_that_was_changed_proves_nothing(company: Callable[..., Company]) -> None:
    shop = company(**LIVE)
    shop.declare(staging={}, production={"promote_from": "staging"})
    fruit(shop, patterns=["^nothing$"])
    assert shop.run("apply", "--env", "staging", "--yes").returncode == 3
    ledger = shop.folder / "slot_updates_audit.jsonl"
    forged = [
        line.replace('"gate_failed"', '"gate_passed"')
        for line in ledger.read_text().splitlines(keepends=True)
        if "roll" not in line
    ]
    ledger.write_text("".join(forged))
    done = shop.run("apply", "--env", "production", "--yes")
    assert "slot_updates_audit.jsonl proves nothing: line 4 is not" in " ".join(done.stderr.split())
    assert not [each for each in shop.tenants["production"].requests if each.method == "PUT"]
    assert shop.run("drift", "--env", "production").returncode == 0


def test_in_an_emergency_nothing_waits_and_the_ledger_says_so(
    company: Callable[..., Company],
) -> None:
    shop = company(**LIVE)
    shop.declare(staging={}, production={"promote_from": "staging"})
    fruit(shop)
    urgent = ("apply", "--env", "production", "--yes", "--no-promotion")
    refused = shop.run(*urgent)
    assert refused.returncode == 1
    assert "--no-promotion needs --reason TEXT" in refused.stderr
    assert shop.run(*urgent, "--reason", "INC-1").returncode == 0
    assert planned(shop, "production") == {}
    first = json.loads((shop.folder / "slot_updates_audit.jsonl").read_text().splitlines()[0])
    assert (first["promotion"], first["reason"]) == (False, "INC-1")


def test_a_saved_plan_does_not_outlive_its_evidence(company: Callable[..., Company]) -> None:
    shop = company(**LIVE)
    shop.declare(staging={}, production={"promote_from": "staging"})
    fruit(shop)
    verify_in_staging(shop, ledger="one.jsonl")
    saved = ("plan", "--env", "production", "--out", "plan.json", "--evidence", "one.jsonl")
    assert shop.run(*saved).returncode == 0
    done = shop.run("apply", "plan.json")
    assert done.returncode == 4
    assert "slot_fruit now has to wait for staging" in done.stderr
    assert shop.run("apply", "plan.json", "--evidence", "one.jsonl").returncode == 0


def test_a_saved_plan_holds_although_what_waited_could_be_made_by_now(
    company: Callable[..., Company],
) -> None:
    shop = company(**LIVE)
    shop.declare(staging={}, production={"promote_from": "staging"})
    fruit(shop)
    assert shop.run("plan", "--env", "production", "--out", "plan.json").returncode == 0
    shop.run("apply", "--env", "staging", "--yes")
    done = shop.run("apply", "plan.json")
    assert done.returncode == 0, done.stderr
    assert planned(shop, "production") == {FRUIT: "update"}
