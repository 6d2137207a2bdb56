"""drift.yml: one issue, opened, left alone, updated and closed; an error changes nothing."""

from __future__ import annotations

from tests.support.github import BOT
from tests.workflows.conftest import COLOUR, FRUIT, FRUITS, SIZE, SIZES, Shop, unzipped


def test_drift_is_told_once_until_it_is_another_or_gone(shop: Shop) -> None:
    assert shop.run("drift", shop.scheduled()).succeeded
    assert shop.github.issues == []

    shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    found = shop.run("drift", shop.scheduled())
    assert found.succeeded, found.log
    (issue,) = shop.github.issues
    assert issue["user"]["login"] == BOT
    assert COLOUR in issue["body"]
    assert f"/actions/runs/{found.trigger.run_id}" in issue["body"]

    written = list(shop.github.writes)
    assert shop.run("drift", shop.scheduled()).succeeded
    assert shop.github.writes == written

    shop.bot.tenant.edit(FRUIT, fillStrategy="strict")
    assert shop.run("drift", shop.scheduled()).succeeded
    assert FRUIT in issue["body"]
    assert len(shop.github.issues) == 1

    shop.bot.tenant.edit(COLOUR, fillStrategy="bestMatch")
    shop.bot.tenant.edit(FRUIT, fillStrategy="bestMatch")
    gone = shop.run("drift", shop.scheduled())
    assert gone.succeeded, gone.log
    assert issue["state"] == "closed"
    assert shop.written == []


def test_an_error_is_red_and_leaves_the_issue_as_it_is(shop: Shop) -> None:
    shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    assert shop.run("drift", shop.scheduled()).succeeded
    (issue,) = shop.github.issues
    before, written = dict(issue), list(shop.github.writes)
    shop.write(FRUIT, patterns=["("])
    shop.push()
    run = shop.run("drift", shop.scheduled())
    assert run.jobs["drift"].conclusion == "failure"
    assert run.jobs["drift"].step("Keep the issue").code == 1
    assert (issue, shop.github.writes) == (before, written)


def test_a_slot_below_its_gate_is_an_issue_too(shop: Shop) -> None:
    shop.bot.tenant.edit(FRUIT, patterns=["^nothing$"])
    shop.write(FRUIT, patterns=["^nothing$"])
    shop.push()
    assert shop.run("drift", shop.scheduled()).succeeded
    (issue,) = shop.github.issues
    assert "1 slot below the gate" in issue["body"]


def test_the_ledger_tells_a_rejected_slot_and_its_artifact_is_renewed(shop: Shop) -> None:
    shop.write(FRUIT, patterns=["^nothing$"])
    shop.push()
    applied = shop.run("apply", shop.by_hand())
    assert applied.jobs["apply"].step("Apply").code == 3
    assert shop.bot.live(FRUIT)["patterns"] == FRUITS
    kept = unzipped(shop.artifact("reconciler-ledger"))
    run = shop.run("drift", shop.scheduled())
    assert run.succeeded, run.log
    (issue,) = shop.github.issues
    assert "Rejected by the gate" in issue["body"]
    runs = [
        each["workflow_run"]["id"]
        for each in shop.github.artifacts
        if each["name"] == "reconciler-ledger"
    ]
    assert runs == [applied.trigger.run_id, run.trigger.run_id]
    assert unzipped(shop.artifact("reconciler-ledger")) == kept


def test_a_drift_without_a_ledger_keeps_none(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.push()
    run = shop.run("drift", shop.scheduled())
    assert run.jobs["drift"].step("Keep the ledger").outcome == "skipped"
    assert shop.github.artifacts == []
