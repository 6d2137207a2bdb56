"""apply.yml: the head of main, planned, shown, applied as shown, told, with its ledger kept."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.support.world import document
from tests.workflows.conftest import COLOUR, COLOURS, FRUIT, FRUITS, SIZE, SIZES, Shop, unzipped
from tests.workflows.results import JobResult, WorkflowRun

WITHOUT_LEDGER = "Without a ledger"


def applied(run: WorkflowRun) -> JobResult:
    assert run.jobs["plan"].conclusion == "success", run.log
    return run.jobs["apply"]


def kept_lines(shop: Shop) -> list[dict[str, Any]]:
    """The ledger in its newest artifact."""
    return [json.loads(line) for line in unzipped(shop.artifact("reconciler-ledger")).splitlines()]


def kept_ledger(shop: Shop) -> list[str]:
    """The names of its events."""
    return [line["event"] for line in kept_lines(shop)]


def test_a_merge_applies_the_reviewed_plan_tells_it_and_keeps_the_ledger(shop: Shop) -> None:
    shop.bot.tenant.edit(COLOUR, patterns=["^red$"])
    shop.write(COLOUR, patterns=COLOURS)
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    reviewed = shop.told()
    run = shop.run("apply", shop.merge())
    job = applied(run)
    assert run.succeeded, run.log
    assert "exactly the plan that the pull request showed" in run.jobs["plan"].summary
    assert sorted(shop.written) == [COLOUR, SIZE]
    assert shop.live(COLOUR) == COLOURS
    comments = [body.replace("\r\n", "\n") for body in shop.github.bodies(7)]
    assert comments[0] == reviewed
    assert "✅ Applied: 2 verified" in comments[1]
    assert re.search(rf"update `{COLOUR}`, success rate 0\.\d+ → 1\.000", comments[1])
    assert job.summary.endswith(comments[1] + "\n")
    assert job.step(WITHOUT_LEDGER).outcome == "success"
    assert kept_ledger(shop)[-1] == "run_finished"

    shop.write(SIZE, patterns=[*SIZES, "^medium$"])
    second = shop.run("apply", shop.propose_and_merge("second"))
    assert second.succeeded, second.log
    assert applied(second).step(WITHOUT_LEDGER).outcome == "skipped"
    assert kept_ledger(shop).count("run_finished") == 2
    assert len(shop.github.bodies(8)) == 1


def test_a_gate_failure_is_put_back_told_and_not_tried_again_by_the_next_run(shop: Shop) -> None:
    shop.write(FRUIT, patterns=["^nothing$"])
    job = applied(shop.run("apply", shop.propose_and_merge()))
    assert job.conclusion == "failure"
    assert job.step("Apply").code == 3
    assert shop.bot.live(FRUIT) == document(FRUIT)
    assert "Put back by the gate" in shop.told()
    assert "fell from 1.000 to 0.000" in shop.told()
    assert "change_rolled_back" in kept_ledger(shop)

    written = len(shop.written)
    shop.write(SIZE, patterns=SIZES)
    again = applied(shop.run("apply", shop.propose_and_merge("second")))
    assert again.step("Restore the ledger").outputs == {"restored": "true"}
    assert again.step("Apply").code == 3
    assert shop.written[written:] == [SIZE]
    assert "Never begun" in shop.told(8)
    assert "Verified" in shop.told(8)


def test_main_that_moved_with_other_slots_is_refused(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.propose_and_merge()

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


def test_main_that_moved_elsewhere_is_no_obstacle(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.propose_and_merge()

    def move() -> None:
        (shop.origin.folder / "README.md").write_text("Slots of the shop.")
        shop.push()

    shop.runner.before_job["apply"] = move
    assert shop.run("apply", trigger).succeeded
    assert shop.written == [SIZE]


def test_a_tenant_that_moved_is_refused(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    shop.write(COLOUR, patterns=COLOURS, fill_strategy="strict")
    trigger = shop.propose_and_merge()
    shop.runner.before_job["apply"] = lambda: shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    job = applied(shop.run("apply", trigger))
    assert job.step("Apply").code == 4
    assert shop.written == []
    assert "Nothing was applied" in shop.told()


def test_a_plan_other_than_the_reviewed_one_is_told_to_be(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("plan", shop.propose()).succeeded
    shop.bot.tenant.edit(COLOUR, fillStrategy="fuzzy")
    run = shop.run("apply", shop.merge())
    assert run.succeeded, run.log
    assert "not the plan that the pull request showed" in run.jobs["plan"].summary
    assert f"1 slot new: `{COLOUR}`" in run.jobs["plan"].summary


def test_a_re_run_of_an_old_event_applies_the_head_of_main(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES, fill_strategy="strict")
    old = shop.propose_and_merge("first")
    assert shop.run("apply", old).succeeded
    shop.write(SIZE, patterns=SIZES)
    assert shop.run("apply", shop.propose_and_merge("second")).succeeded
    again = shop.run("apply", old)
    assert again.succeeded, again.log
    assert shop.bot.live(SIZE)["fillStrategy"] == "bestMatch"
    assert applied(again).tool_commit == shop.origin.head("main")
    started = [line for line in kept_lines(shop) if line["event"] == "run_started"]
    assert started[-1]["commit"] == shop.origin.head("main")
    assert len(shop.github.bodies(7)) == len(shop.github.bodies(8)) == 1
    assert "Nothing was to be applied" in shop.told(8)


def test_a_push_without_a_pull_request_is_told_in_the_summary_alone(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    run = shop.run("apply", shop.push())
    assert run.succeeded, run.log
    assert "none to compare with" in run.jobs["plan"].summary
    assert "✅ Applied: 1 verified" in applied(run).summary
    assert shop.github.comments == {}


def test_a_branch_other_than_main_is_never_applied(shop: Shop) -> None:
    trigger = shop.propose()
    by_hand = replace(trigger, name="workflow_dispatch", ref="refs/heads/topic", payload={})
    run = shop.run("apply", by_hand)
    assert [job.conclusion for job in run.jobs.values()] == ["skipped", "skipped"]


def test_without_a_ledger_that_was_kept_an_unhealthy_slot_is_seen_and_no_obstacle(
    shop: Shop,
) -> None:
    shop.bot.tenant.edit(FRUIT, patterns=["^nothing$"])
    shop.write(FRUIT, patterns=["^nothing$"])
    job = applied(shop.run("apply", shop.propose_and_merge()))
    assert job.step(WITHOUT_LEDGER).outcome == "success"
    seen, _outcome = job.summary.split("<!-- reconciler:outcome", 1)
    assert f"failed: `{FRUIT}` 0.000" in seen
    assert job.conclusion == "success"


def test_drift_that_cannot_look_keeps_the_apply_from_beginning(shop: Shop) -> None:
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.propose_and_merge()
    shop.runner.secrets = {
        **shop.runner.secrets,
        "reconciler-apply": {"COGNIGY_CLIENT_ID": "sandbox", "COGNIGY_CLIENT_SECRET": "wrong"},
    }
    job = applied(shop.run("apply", trigger))
    assert job.step(WITHOUT_LEDGER).outcome == "failure"
    assert job.step("Apply").outcome == job.step("Tell").outcome == "skipped"
    assert shop.written == []


@pytest.mark.parametrize("fate", ["verified", "put back"])
def test_a_cancelled_apply_ends_the_change_in_hand_and_keeps_the_ledger(
    shop: Shop, fate: str
) -> None:
    good = fate == "verified"
    shop.write(COLOUR, patterns=COLOURS if good else ["^no$"], fill_strategy="strict")
    shop.write(SIZE, patterns=SIZES, dependencies=[COLOUR])
    trigger = shop.propose_and_merge()
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
    assert ("Verified" if good else "Put back by the gate") in shop.told()
    assert "Never begun" in shop.told()

    rest = shop.run("apply", shop.push())
    assert applied(rest).step(WITHOUT_LEDGER).outcome == "skipped"
    assert rest.succeeded == good
    assert shop.live(SIZE) == (SIZES if good else [])
    assert shop.bot.live(FRUIT)["patterns"] == FRUITS


def test_a_cancelled_apply_that_has_no_more_time_is_settled_by_the_next_one(shop: Shop) -> None:
    shop.bot.configure(gate={"settle_seconds": 60})
    shop.write(SIZE, patterns=SIZES)
    trigger = shop.propose_and_merge()
    watched = shop.bot.tenant
    watched.when_written = shop.runner.cancel_at_once  # type: ignore[attr-defined]
    job = applied(shop.run("apply", trigger))
    assert job.step("Apply").code == 130
    assert job.step("Tell").outcome == "success", job.log
    assert "The apply was cut off" in shop.told()
    assert kept_ledger(shop)[-1] in ("change_started", "change_applied")
    assert shop.live(SIZE) == SIZES

    watched.when_written = lambda: None  # type: ignore[attr-defined]
    shop.bot.configure()
    settled = shop.run("apply", shop.push())
    assert settled.succeeded, settled.log
    assert "recovered from an earlier run" in applied(settled).summary
    assert kept_ledger(shop).count("run_finished") == 1
    assert set(shop.written) == {SIZE}
    assert shop.live(SIZE) == SIZES
