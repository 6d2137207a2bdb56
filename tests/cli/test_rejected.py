"""Rejected changes are skipped without a question, and reported as long as they are live."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot
from tests.support.world import COLOUR, FRUIT, SIZE, document

StartBot = Callable[..., Bot]
FRUITS, COLOURS, SIZES = ["^apple$", "^pear$"], ["^red$", "^blue$"], ["^small$", "^large$"]
NOTHING = ["^nothing$"]


class StubbornTenant(SandboxTenant):
    """A tenant that stores one change and refuses its rollback."""

    stubborn = True
    stored = False

    def handle(self, request: Request) -> Response:
        if request.method != "PUT" or not self.stubborn:
            return super().handle(request)
        if self.stored:
            body = b'{"error": "the workspace is frozen"}'
            return Response(403, {"content-type": "application/json"}, body)
        self.stored = True
        return super().handle(request)


@pytest.fixture(params=["halt", "stubborn"])
def left_live(request: pytest.FixtureRequest, bot: StartBot) -> Bot:
    """A bot with a live rejected slot: kept by the rollout policy, or impossible to roll back."""
    if request.param == "halt":
        shop = bot(live=[document(FRUIT)])
        shop.configure(rollout={"on_failure": "halt"})
    else:
        shop = bot(live=[document(FRUIT)], kind=StubbornTenant)
    shop.write(FRUIT, patterns=NOTHING)
    assert shop.run("apply", "--yes").returncode == 3
    assert shop.live(FRUIT)["patterns"] == NOTHING
    return shop


def printed(shop: Bot, *command: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(shop.run(*command, "--format", "json").stdout)
    return result


def test_a_plan_reports_a_slot_that_is_live_although_rejected(left_live: Bot) -> None:
    run_id = left_live.ledger[0]["run_id"]
    done = left_live.run("plan")
    assert done.returncode == 0
    assert "No changes, but 1 slot is live although rejected." in done.stdout
    assert f"run {run_id}: success rate fell from 1.000 to 0.000" in done.stdout
    (rejection,) = printed(left_live, "plan")["rejected"]
    assert (rejection["slot_id"], rejection["run_id"], rejection["live"]) == (FRUIT, run_id, True)
    assert (rejection["baseline"], rejection["success_rate"]) == (1.0, 0.0)
    assert FRUIT in left_live.run("plan", "--format", "markdown").stdout


def test_drift_lists_it_as_rejected(left_live: Bot) -> None:
    done = left_live.run("drift")
    assert done.returncode == 2
    assert "0 slots drifted, 1 rejected" in done.stdout
    report = printed(left_live, "drift")
    assert (report["drifted"], report["changes"]) == (True, [])
    assert [each["slot_id"] for each in report["rejected"]] == [FRUIT]


def test_an_apply_with_nothing_to_do_reports_it_too(left_live: Bot) -> None:
    written = list(left_live.writes)
    done = left_live.run("apply", "--yes")
    assert done.returncode == 0
    assert "1 slot is live although rejected" in done.stdout
    report = printed(left_live, "apply", "--yes")
    assert [each["slot_id"] for each in report["rejected"]] == [FRUIT]
    assert left_live.writes == written


def test_an_apply_of_something_else_reports_it_too(left_live: Bot) -> None:
    if isinstance(left_live.tenant, StubbornTenant):
        left_live.tenant.stubborn = False
    left_live.write(COLOUR, patterns=COLOURS)
    done = left_live.run("apply", "--yes")
    assert done.returncode == 0, done.stderr
    report = done.stdout[done.stdout.index("Applied:") :]
    assert "Next: Change slots/slot_fruit.yaml" in report


def test_content_that_passes_ends_the_rejection(left_live: Bot) -> None:
    if isinstance(left_live.tenant, StubbornTenant):
        left_live.tenant.stubborn = False
    left_live.write(FRUIT, patterns=FRUITS)
    report = printed(left_live, "apply", "--yes")
    assert (report["summary"]["verified"], report["rejected"]) == (1, [])
    done = left_live.run("plan")
    assert "No changes." in done.stdout
    assert "although rejected" not in done.stdout
    assert left_live.run("drift").returncode == 0


def test_an_edit_in_the_tenant_turns_it_into_ordinary_drift(left_live: Bot) -> None:
    left_live.tenant.edit(FRUIT, patterns=["^pear$"])
    assert "live although rejected" not in left_live.run("plan").stdout
    (rejection,) = printed(left_live, "drift")["rejected"]
    assert rejection["live"] is False  # applying the files would store the rejected content again


def test_a_change_that_depends_on_it_is_skipped_and_the_slot_is_named(left_live: Bot) -> None:
    left_live.write(SIZE, patterns=SIZES, dependencies=[FRUIT])
    planned = left_live.run("plan").stdout
    assert f"depends on     {FRUIT}, live although rejected" in planned
    assert "0 to create, 0 to update, 0 to delete, 1 skipped, dependent on rejected" in planned
    (rejection,) = printed(left_live, "plan")["rejected"]
    assert rejection["blocks"] == [SIZE]
    written = list(left_live.writes)
    done = left_live.run("apply")  # without a question, since it makes no change
    assert done.returncode == 3, done.stderr
    assert left_live.writes == written


def writable(shop: Bot, **settings: Any) -> Bot:
    """The same bot with these settings, where slots can be rolled back again."""
    if isinstance(shop.tenant, StubbornTenant):
        shop.tenant.stubborn = False
    shop.configure(**settings)
    return shop


def test_a_slot_that_passes_when_judged_again_is_no_longer_rejected(left_live: Bot) -> None:
    shop = writable(left_live, gate={"min_success_rate": 0, "max_drop": 1})
    written = len(shop.writes)
    done = shop.run("apply", "--yes", "--retry-failed")
    assert done.returncode == 0, done.stderr
    assert "Recovered from earlier runs: 1 verified." in done.stdout
    assert "although rejected" not in done.stdout
    assert len(shop.writes) == written + 1  # the write that retrains
    assert shop.live(FRUIT)["patterns"] == NOTHING
    assert "although rejected" not in shop.run("plan").stdout
    assert shop.run("drift").returncode == 0


def test_a_slot_that_fails_when_judged_again_is_rolled_back_and_not_retried(left_live: Bot) -> None:
    shop = writable(left_live)
    written = len(shop.writes)
    done = shop.run("apply", "--yes", "--retry-failed")
    assert done.returncode == 3, done.stderr
    assert "rejected (success rate fell from 1.000 to 0.000" in done.stdout
    assert "judged again after run" in done.stdout
    assert len(shop.writes) == written + 2  # trained, and rolled back
    assert shop.live(FRUIT)["patterns"] == FRUITS
    assert "1 rejected earlier and skipped" in shop.run("plan").stdout


def test_nothing_is_judged_again_without_confirmation(left_live: Bot) -> None:
    written = list(left_live.writes)
    refused = left_live.run("apply", "--retry-failed")
    assert refused.returncode == 1
    assert "but live: it is judged again, and" in refused.stdout
    assert "Cannot ask for confirmation" in refused.stderr
    assert left_live.writes == written


def test_without_the_gate_a_slot_is_not_judged_again_and_the_alternative_is_named(
    left_live: Bot,
) -> None:
    written = list(left_live.writes)
    done = left_live.run("apply", "--yes", "--retry-failed", "--no-gate")
    assert done.returncode == 0, done.stderr
    assert f"Not judged again: {FRUIT}." in done.stderr
    assert "change the file and apply" in done.stderr
    assert left_live.writes == written


@pytest.fixture
def rejected_before(bot: StartBot) -> Bot:
    """A bot where a change was rejected and rolled back."""
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=NOTHING)
    assert shop.run("apply", "--yes").returncode == 3
    return shop


def test_a_plan_counts_changes_that_were_rejected_earlier_separately(rejected_before: Bot) -> None:
    done = rejected_before.run("plan")
    assert (
        "Plan: 0 to create, 0 to update, 0 to delete, 1 rejected earlier and skipped."
        in done.stdout
    )
    assert "success rate fell from 1.000 to 0.000" in done.stdout
    planned = printed(rejected_before, "plan")
    assert (planned["summary"]["update"], planned["summary"]["skipped"]) == (0, 1)
    assert [each["slot_id"] for each in planned["changes"]] == [FRUIT]
    assert rejected_before.run("plan", "--detailed-exitcode").returncode == 2


def test_drift_counts_the_changes_that_it_lists(rejected_before: Bot) -> None:
    rejected_before.write(SIZE, patterns=SIZES, dependencies=[FRUIT])
    report = printed(rejected_before, "drift")
    assert [each["slot_id"] for each in report["changes"]] == [SIZE]
    assert [each["slot_id"] for each in report["rejected"]] == [FRUIT]
    assert (report["summary"]["create"], report["summary"]["skipped"]) == (1, 1)


def test_there_is_no_question_if_all_changes_are_skipped(rejected_before: Bot) -> None:
    rejected_before.write(SIZE, patterns=SIZES, dependencies=[FRUIT])
    written = list(rejected_before.writes)
    done = rejected_before.run("apply")  # without a terminal and without --yes
    assert done.returncode == 3, done.stderr
    assert "1 rejected earlier and skipped, 1 skipped with it" in done.stdout
    assert rejected_before.writes == written


def test_changes_that_are_not_skipped_still_need_confirmation(rejected_before: Bot) -> None:
    rejected_before.write(COLOUR, patterns=COLOURS)
    refused = rejected_before.run("apply")
    assert refused.returncode == 1
    assert "Cannot ask for confirmation" in refused.stderr
    done = rejected_before.run("apply", "--yes")
    assert done.returncode == 3
    assert rejected_before.live(COLOUR)["patterns"] == COLOURS


def test_with_retry_failed_it_is_a_change_again(rejected_before: Bot) -> None:
    refused = rejected_before.run("apply", "--retry-failed")
    assert refused.returncode == 1
    assert "Cannot ask for confirmation" in refused.stderr
    assert "1 to update" in refused.stdout
    assert "rejected earlier" not in refused.stdout
