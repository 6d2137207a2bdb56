"""apply.yml: plans the head of main, shows the plan, applies it, comments, and keeps the ledger."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.world import document
from tests.workflows.conftest import COLOUR, COLOURS, FRUIT, FRUITS, SIZE, SIZES, Shop, unzipped
from tests.workflows.results import JobResult, WorkflowRun

WITHOUT_LEDGER = "Without a ledger"


def applied(run: WorkflowRun) -> JobResult:
    assert run.jobs["plan"].conclusion == "success", run.log
    return run.jobs["apply"]


def require_stopped(shop: Shop, run: WorkflowRun, *slot_ids: str) -> None:
    """The plan is in the summary, but not applied, because no pull request showed these slots."""
    step = run.jobs["plan"].step("Show the plan")
    assert step.code == 4, run.log
    assert f": {', '.join(slot_ids)}. Nothing was changed." in step.log
    assert "### Plan: " in run.jobs["plan"].summary
    assert run.jobs["apply"].conclusion == "skipped"
    assert shop.written == []


def kept_lines(shop: Shop) -> list[dict[str, Any]]:
    """The ledger in its newest artifact."""
    return [json.loads(line) for line in unzipped(shop.artifact("reconciler-ledger")).splitlines()]


def kept_ledger(shop: Shop) -> list[str]:
    """The events in the newest ledger artifact."""
    return [line["event"] for line in kept_lines(shop)]


def test_a_merge_applies_the_reviewed_plan_comments_and_keeps_the_ledger(shop: Shop) -> None:
    shop.bot.tenant.edit(COLOUR, patterns=["^red$"])
    shop.write(COLOUR, patterns=COLOURS)
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    reviewed = shop.comment()
    run = shop.run("apply", shop.merge())
    job = applied(run)
    assert run.succeeded, run.log
    assert "exactly the plan that the pull request showed" in run.jobs["plan"].summary
    assert sorted(shop.written) == [COLOUR, SIZE]
    assert shop.live(COLOUR) == COLOURS
    comments = [body.replace("\r\n", "\n") for body in shop.github.bodies(7)]
    assert comments[0] == reviewed
    assert "✅ Applied: 2 verified" in comments[1]
    assert re.search(rf"`{COLOUR}`\]\(\S+\), success rate 0\.\d+ → 1\.000", comments[1])
    assert job.summary.endswith(comments[1] + "\n")
    assert job.step(WITHOUT_LEDGER).outcome == "success"
    assert kept_ledger(shop)[-1] == "run_finished"

    shop.write(SIZE, patterns=[*SIZES, "^medium$"])
    second = shop.run("apply", shop.show_and_merge("second"))
    assert second.succeeded, second.log
    assert applied(second).step(WITHOUT_LEDGER).outcome == "skipped"
    assert kept_ledger(shop).count("run_finished") == 2
    assert "1 verified" in shop.outcome(8)


def test_a_gate_failure_is_rolled_back_reported_and_not_retried_by_the_next_run(shop: Shop) -> None:
    shop.write(FRUIT, patterns=["^nothing$"])
    job = applied(shop.run("apply", shop.show_and_merge()))
    assert job.conclusion == "failure"
    assert job.step("Apply").code == 3
    assert shop.bot.live(FRUIT) == document(FRUIT)
    assert "Rolled back by the gate" in shop.outcome()
    assert "fell from 1.000 to 0.000" in shop.outcome()
    assert "+   ^nothing$" in shop.outcome()
    assert f"**Quarantined**: `{FRUIT}`." in shop.outcome()
    assert "change_rolled_back" in kept_ledger(shop)

    written = len(shop.written)
    shop.write(SIZE, patterns=SIZES)
    again = applied(shop.run("apply", shop.show_and_merge("second")))
    assert again.step("Restore the ledger").outputs["restored"] == "true"
    assert again.step("Apply").code == 3
    assert shop.written[written:] == [SIZE]
    assert "Not started" in shop.outcome(8)
    assert "Verified" in shop.outcome(8)


def test_the_page_of_a_run_is_kept_and_linked_even_if_its_gate_failed(shop: Shop) -> None:
    shop.write(FRUIT, patterns=["^nothing$"])
    job = applied(shop.run("apply", shop.show_and_merge()))
    assert job.step("Apply").code == 3
    page = unzipped(shop.artifact("apply.html")).decode()
    assert page.startswith("<!doctype html>")
    assert "What did not pass" in page
    assert f"[This run as a page]({job.step('Keep the page').outputs['artifact-url']})" in (
        job.summary
    )


def test_an_apply_is_refused_if_the_slots_on_main_have_changed(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.show_and_merge()

    def move() -> None:
        shop.write(COLOUR, patterns=COLOURS, fill_strategy="strict")
        shop.push()

    shop.runner.before_job["apply"] = move
    job = applied(shop.run("apply", trigger))
    assert job.step("Apply").code == 4
    assert job.conclusion == "failure"
    assert shop.written == []
    assert "Nothing was applied" in job.summary
    assert "stale" in job.summary


def test_an_apply_goes_ahead_if_only_other_files_on_main_have_changed(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.show_and_merge()

    def move() -> None:
        (shop.origin.folder / "README.md").write_text("Slots of the shop.")
        shop.push()

    shop.runner.before_job["apply"] = move
    assert shop.run("apply", trigger).succeeded
    assert shop.written == [SIZE]


def test_an_apply_is_refused_if_the_tenant_has_changed(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.write(COLOUR, patterns=COLOURS, fill_strategy="strict")
    trigger = shop.show_and_merge()
    shop.runner.before_job["apply"] = lambda: shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    job = applied(shop.run("apply", trigger))
    assert job.step("Apply").code == 4
    assert shop.written == []
    assert "Nothing was applied" in shop.outcome()


def test_a_plan_that_differs_from_the_reviewed_one_is_reported_and_not_applied(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    run = shop.run("apply", shop.merge())
    require_stopped(shop, run, COLOUR)
    assert "not the plan that the pull request showed" in run.jobs["plan"].summary
    assert f"1 slot new: `{COLOUR}`" in run.jobs["plan"].summary


def test_a_re_run_of_an_old_event_applies_the_head_of_main(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES, fill_strategy="strict")
    old = shop.show_and_merge("first")
    assert shop.run("apply", old).succeeded
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("apply", shop.show_and_merge("second")).succeeded
    again = shop.run("apply", old)
    assert again.succeeded, again.log
    assert shop.bot.live(SIZE)["fillStrategy"] == "bestMatch"
    assert applied(again).tool_commit == shop.origin.head("main")
    started = [line for line in kept_lines(shop) if line["event"] == "run_started"]
    assert started[-1]["commit"] == shop.origin.head("main")
    assert len(shop.github.bodies(7)) == len(shop.github.bodies(8)) == 2
    assert "Nothing to apply" in shop.outcome(8)


def test_a_push_without_a_pull_request_is_reported_only_in_the_summary(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.push()
    run = shop.run("apply", shop.by_hand())
    assert run.succeeded, run.log
    assert "that shows a plan to compare with" in run.jobs["plan"].summary
    assert "✅ Applied: 1 verified" in applied(run).summary
    assert shop.github.comments == {}


def test_changes_that_no_pull_request_has_shown_are_applied_only_by_hand(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    require_stopped(shop, shop.run("apply", shop.push()), SIZE)
    require_stopped(shop, shop.run("apply", shop.by_hand(unshown=False)), SIZE)
    assert shop.run("apply", shop.by_hand()).succeeded
    assert shop.written == [SIZE]


def test_an_older_comment_does_not_count_for_a_push_that_ran_no_plan(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    shop.write(COLOUR, patterns=COLOURS, fill_strategy="strict")
    shop.propose()  # with [skip ci]
    require_stopped(shop, shop.run("apply", shop.merge()), COLOUR, SIZE)


def test_a_plan_that_its_pull_request_reverted_does_not_count_as_shown(shop: Shop) -> None:
    before = shop.bot.folder / "slots" / f"{SIZE}.yaml"
    assert not before.exists()
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    before.unlink()
    assert shop.run("plan", shop.propose()).succeeded  # which ends without a new comment
    shop.merge()
    shop.write(SIZE, patterns=SIZES)
    shop.propose("later")  # with [skip ci]
    require_stopped(shop, shop.run("apply", shop.merge("later")), SIZE)


def test_an_edited_comment_does_not_count_as_shown(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    (comment,) = shop.github.comments[7]
    shop.github.edit(comment, comment["body"], by="eve")
    require_stopped(shop, shop.run("apply", shop.merge()), SIZE)


def test_two_pull_requests_merged_at_once_both_count_as_shown(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.show_and_merge("one")
    shop.write(COLOUR, patterns=COLOURS, fill_strategy="strict")
    second = shop.propose("two")
    shop.run("plan", second)
    first = shop.merge("two")
    run = shop.run("apply", first)
    assert run.succeeded, run.log
    assert set(shop.written) == {SIZE, COLOUR}


@pytest.mark.parametrize("name", ["apply", "drift"])
def test_a_run_on_a_branch_other_than_main_fails_with_a_message(shop: Shop, name: str) -> None:
    shop.propose()
    run = shop.run(name, shop.by_hand(branch="topic"))
    first, *rest = next(iter(run.jobs.values())).steps
    assert "::error::" in first.log
    assert "the head of main, but this run is for refs/heads/topic." in first.log
    assert {step.outcome for step in rest} <= {"skipped"} | {
        step.outcome for step in rest if step.name.startswith("Keep the ledger")
    }
    assert not shop.bot.tenant.requests


def test_a_committed_ledger_is_neither_read_nor_written(shop: Shop) -> None:
    planted = shop.origin.folder / "slot_updates_audit.jsonl"
    planted.write_text('{"event": "change_started"}\n')
    shop.write(SIZE, patterns=SIZES)
    run = shop.run("apply", shop.show_and_merge())
    assert run.succeeded, run.log
    kept = applied(run).workspace / planted.name
    assert kept.read_text() == planted.read_text()
    assert kept_ledger(shop)[0] == "run_started"


def test_without_a_ledger_an_unhealthy_slot_is_reported_and_does_not_stop_the_apply(
    shop: Shop,
) -> None:
    shop.bot.tenant.edit(FRUIT, patterns=["^nothing$"])
    shop.write(FRUIT, patterns=["^nothing$"])
    job = applied(shop.run("apply", shop.show_and_merge()))
    assert job.step(WITHOUT_LEDGER).outcome == "success"
    seen, _outcome = job.summary.split("<!-- reconciler:outcome", 1)
    assert f"failed: `{FRUIT}` 0.000" in seen
    assert job.conclusion == "success"


def test_without_a_ledger_a_failing_drift_check_stops_the_apply(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.show_and_merge()
    shop.runner.secrets = {
        **shop.runner.secrets,
        "reconciler-apply": {"COGNIGY_CLIENT_ID": "sandbox", "COGNIGY_CLIENT_SECRET": "wrong"},
    }
    job = applied(shop.run("apply", trigger))
    assert job.step(WITHOUT_LEDGER).outcome == "failure"
    assert job.step("Apply").outcome == job.step("Comment").outcome == "skipped"
    assert shop.written == []


@pytest.mark.parametrize("fate", ["verified", "rolled back"])
def test_a_cancelled_apply_finishes_the_current_change_and_keeps_the_ledger(
    shop: Shop, fate: str
) -> None:
    good = fate == "verified"
    shop.write(COLOUR, patterns=COLOURS if good else ["^no$"], fill_strategy="strict")
    shop.write(SIZE, patterns=SIZES, dependencies=[COLOUR])
    trigger = shop.show_and_merge()
    watched = shop.bot.tenant
    pending = [shop.runner.cancel]
    watched.when_written = lambda: pending and pending.pop()()  # type: ignore[attr-defined]
    job = applied(shop.run("apply", trigger))
    assert job.conclusion == "cancelled"
    assert job.step("Apply").code == 130
    assert set(shop.written) == {COLOUR}
    assert shop.live(SIZE) == []
    assert shop.live(COLOUR) == COLOURS
    assert kept_ledger(shop)[-1] == "run_finished"
    assert ("Verified" if good else "Rolled back by the gate") in shop.outcome()
    assert "Not started" in shop.outcome()

    rest = shop.run("apply", shop.by_hand())
    assert applied(rest).step(WITHOUT_LEDGER).outcome == "skipped"
    assert rest.succeeded == good
    assert shop.live(SIZE) == (SIZES if good else [])
    assert shop.bot.live(FRUIT)["patterns"] == FRUITS


def test_a_cancelled_apply_that_runs_out_of_time_is_recovered_by_the_next_one(shop: Shop) -> None:
    shop.bot.configure(gate={"settle_seconds": 60})
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.show_and_merge()
    watched = shop.bot.tenant
    watched.when_written = shop.runner.cancel_at_once  # type: ignore[attr-defined]
    job = applied(shop.run("apply", trigger))
    assert job.step("Apply").code == 130
    assert job.step("Comment").outcome == "success", job.log
    assert "The apply was cut off" in shop.outcome()
    assert kept_ledger(shop)[-1] in ("change_started", "change_applied")
    assert shop.live(SIZE) == SIZES

    watched.when_written = lambda: None  # type: ignore[attr-defined]
    shop.bot.configure()
    shop.push()
    recovered_run = shop.run("apply", shop.by_hand())
    assert recovered_run.succeeded, recovered_run.log
    assert "recovered from an earlier run" in applied(recovered_run).summary
    assert kept_ledger(shop).count("run_finished") == 1
    assert set(shop.written) == {SIZE}
    assert shop.live(SIZE) == SIZES
