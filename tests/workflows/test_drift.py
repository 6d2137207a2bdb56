"""drift.yml: one issue is opened, kept, updated and closed; an error changes nothing."""

from __future__ import annotations

from tests.support.github import BOT
from tests.workflows.conftest import COLOUR, FRUIT, FRUITS, SIZE, SIZES, Shop, unzipped


def test_drift_is_reported_once_until_it_changes_or_is_gone(shop: Shop) -> None:
    assert shop.run("drift", shop.scheduled()).succeeded
    assert shop.github.issues == []

    shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    drifted = shop.run("drift", shop.scheduled())
    assert drifted.succeeded, drifted.log
    (issue,) = shop.github.issues
    assert issue["user"]["login"] == BOT
    assert COLOUR in issue["body"]
    assert f"/actions/runs/{drifted.trigger.run_id}" in issue["body"]

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


def test_an_error_fails_the_job_and_leaves_the_issue_unchanged(shop: Shop) -> None:
    shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    assert shop.run("drift", shop.scheduled()).succeeded
    (issue,) = shop.github.issues
    before, written = dict(issue), list(shop.github.writes)
    shop.write(FRUIT, patterns=["("])
    shop.push()
    run = shop.run("drift", shop.scheduled())
    assert run.jobs["drift"].conclusion == "failure"
    assert run.jobs["drift"].step("Update the issue").code == 1
    assert (issue, shop.github.writes) == (before, written)


def test_a_slot_below_its_gate_opens_an_issue_too(shop: Shop) -> None:
    shop.bot.tenant.edit(FRUIT, patterns=["^nothing$"])
    shop.write(FRUIT, patterns=["^nothing$"])
    shop.push()
    assert shop.run("drift", shop.scheduled()).succeeded
    (issue,) = shop.github.issues
    assert "1 slot below the gate" in issue["body"]


def test_a_rejected_slot_is_recognised_by_the_ledger_whose_artifact_is_renewed(shop: Shop) -> None:
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


def rejected_and_left_in_place(shop: Shop) -> None:
    """An apply whose change the gate rejects, and that leaves it live."""
    shop.bot.configure(rollout={"on_failure": "halt"})
    shop.write(FRUIT, patterns=["^nothing$"])
    shop.push()
    assert shop.run("apply", shop.by_hand()).jobs["apply"].step("Apply").code == 3
    assert shop.bot.live(FRUIT)["patterns"] == ["^nothing$"]


def test_nothing_is_proposed_unless_the_switch_is_on(shop: Shop) -> None:
    rejected_and_left_in_place(shop)
    run = shop.run("drift", shop.scheduled())
    assert run.succeeded, run.log
    assert run.jobs["revert"].conclusion == "skipped"
    assert (shop.github.pulls, shop.github.branches) == ([], {})
    assert "drift" not in [each["name"] for each in shop.github.artifacts]


def test_with_the_switch_the_way_back_is_proposed_and_not_merged(shop: Shop) -> None:
    shop.runner.variables = {**shop.runner.variables, "RECONCILER_REVERT": "true"}
    before = (shop.bot.folder / "slots" / f"{FRUIT}.yaml").read_text()
    rejected_and_left_in_place(shop)
    run = shop.run("drift", shop.scheduled())
    assert run.succeeded, run.log
    (pull,) = shop.github.pulls
    branch = pull["head"]["ref"]
    assert branch.startswith("reconciler/revert-")
    assert shop.github.files_on(branch) == {f"slots/{FRUIT}.yaml": before}
    commit = shop.github.objects[shop.github.branches[branch]["sha"]]
    assert commit["parents"] == [shop.origin.head("main")]
    assert FRUIT in pull["body"]
    assert f"/actions/runs/{run.trigger.run_id}" in pull["body"]
    assert "merge" not in "".join(shop.github.writes)


def test_a_drift_without_a_ledger_uploads_none(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.push()
    run = shop.run("drift", shop.scheduled())
    assert run.jobs["drift"].step("Keep the ledger").outcome == "skipped"
    assert [each["name"] for each in shop.github.artifacts] == ["drift.html"]


def test_the_page_is_kept_and_linked(shop: Shop) -> None:
    shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    run = shop.run("drift", shop.scheduled())
    assert run.succeeded, run.log
    page = unzipped(shop.artifact("drift.html")).decode()
    assert page.startswith("<!doctype html>")
    assert "Changed in the tenant" in page or "the ledger does not say" in page
    assert "Measured rates" in page
    (kept,) = shop.github.artifacts
    link = f"/actions/runs/{run.trigger.run_id}/artifacts/{kept['id']})"
    assert link in run.jobs["drift"].summary


def test_without_a_page_nothing_is_linked(shop: Shop) -> None:
    shop.write(FRUIT, patterns=["("])
    shop.push()
    run = shop.run("drift", shop.scheduled())
    assert run.jobs["drift"].step("Link it").outcome == "skipped"
    assert shop.github.artifacts == []
