"""What the gate has rejected: skipped without asking, and told for as long as it is live."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox.tenant import Request, Response, SandboxTenant
from tests.cli.conftest import Bot
from tests.support.world import COLOUR, FRUIT, SIZE, document

StartBot = Callable[..., Bot]
FRUITS, COLOURS, SIZES = ["^apple$", "^pear$"], ["^red$", "^blue$"], ["^small$", "^large$"]
NOTHING = ["^nothing$"]


class StubbornTenant(SandboxTenant):
    """Stores one slot, and refuses to let it be rolled back."""

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
    """A bot where a rejected slot stayed live: left so, or impossible to roll back."""
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
    document_printed: dict[str, Any] = json.loads(shop.run(*command, "--format", "json").stdout)
    return document_printed


def test_a_plan_reports_a_slot_that_is_live_although_rejected(left_live: Bot) -> None:
    run_id = left_live.ledger[0]["run_id"]
    told = left_live.run("plan")
    assert told.returncode == 0
    assert "No changes, but 1 slot is live although rejected." in told.stdout
    assert f"run {run_id}: success rate fell from 1.000 to 0.000" in told.stdout
    (rejection,) = printed(left_live, "plan")["rejected"]
    assert (rejection["slot_id"], rejection["run_id"], rejection["live"]) == (FRUIT, run_id, True)
    assert (rejection["baseline"], rejection["success_rate"]) == (1.0, 0.0)
    assert FRUIT in left_live.run("plan", "--format", "markdown").stdout


def test_drift_lists_it_as_rejected(left_live: Bot) -> None:
    told = left_live.run("drift")
    assert told.returncode == 2
    assert "0 slots drifted, 1 rejected" in told.stdout
    document_found = printed(left_live, "drift")
    assert (document_found["drifted"], document_found["changes"]) == (True, [])
    assert [each["slot_id"] for each in document_found["rejected"]] == [FRUIT]


def test_an_apply_with_nothing_to_do_reports_it_too(left_live: Bot) -> None:
    written = list(left_live.writes)
    told = left_live.run("apply", "--yes")
    assert told.returncode == 0
    assert "1 slot is live although rejected" in told.stdout
    report = printed(left_live, "apply", "--yes")
    assert [each["slot_id"] for each in report["rejected"]] == [FRUIT]
    assert left_live.writes == written


def test_an_apply_of_something_else_reports_it_too(left_live: Bot) -> None:
    if isinstance(left_live.tenant, StubbornTenant):
        left_live.tenant.stubborn = False
    left_live.write(COLOUR, patterns=COLOURS)
    told = left_live.run("apply", "--yes")
    assert told.returncode == 0, told.stderr
    report = told.stdout[told.stdout.index("Applied:") :]
    assert f"{FRUIT}  live although rejected" in report


def test_content_that_passes_ends_it(left_live: Bot) -> None:
    if isinstance(left_live.tenant, StubbornTenant):
        left_live.tenant.stubborn = False
    left_live.write(FRUIT, patterns=FRUITS)
    report = printed(left_live, "apply", "--yes")
    assert (report["summary"]["verified"], report["rejected"]) == (1, [])
    told = left_live.run("plan")
    assert "No changes." in told.stdout
    assert "although rejected" not in told.stdout
    assert left_live.run("drift").returncode == 0


def test_an_edit_in_the_tenant_makes_it_ordinary_drift(left_live: Bot) -> None:
    left_live.tenant.edit(FRUIT, patterns=["^pear$"])
    assert "live although rejected" not in left_live.run("plan").stdout
    (rejection,) = printed(left_live, "drift")["rejected"]
    assert rejection["live"] is False  # to make the files true again is what was rejected


def writable(shop: Bot, **settings: Any) -> Bot:
    """The same bot where slots can be rolled back, with a gate and rollout of these settings."""
    if isinstance(shop.tenant, StubbornTenant):
        shop.tenant.stubborn = False
    shop.configure(**settings)
    return shop


def test_judged_again_and_passed_it_is_rejected_no_more(left_live: Bot) -> None:
    shop = writable(left_live, gate={"min_success_rate": 0, "max_drop": 1})
    written = len(shop.writes)
    told = shop.run("apply", "--yes", "--retry-failed")
    assert told.returncode == 0, told.stderr
    assert "Recovered from earlier runs: 1 verified." in told.stdout
    assert "although rejected" not in told.stdout
    assert len(shop.writes) == written + 1  # the one that retrains
    assert shop.live(FRUIT)["patterns"] == NOTHING
    assert "although rejected" not in shop.run("plan").stdout
    assert shop.run("drift").returncode == 0


def test_judged_again_and_failed_it_is_rolled_back_and_not_tried_once_more(left_live: Bot) -> None:
    shop = writable(left_live)
    written = len(shop.writes)
    told = shop.run("apply", "--yes", "--retry-failed")
    assert told.returncode == 3, told.stderr
    assert "rejected (success rate fell from 1.000 to 0.000" in told.stdout
    assert "judged again after run" in told.stdout
    assert len(shop.writes) == written + 2  # trained, and rolled back
    assert shop.live(FRUIT)["patterns"] == FRUITS
    assert "1 rejected earlier and skipped" in shop.run("plan").stdout


def test_nothing_is_judged_again_before_somebody_says_yes(left_live: Bot) -> None:
    written = list(left_live.writes)
    refused = left_live.run("apply", "--retry-failed")
    assert refused.returncode == 1
    assert "but live: it is judged again, and" in refused.stdout
    assert "Nobody is here to confirm" in refused.stderr
    assert left_live.writes == written


def test_what_no_gate_can_judge_again_is_told_with_the_other_way_out(left_live: Bot) -> None:
    written = list(left_live.writes)
    told = left_live.run("apply", "--yes", "--retry-failed", "--no-gate")
    assert told.returncode == 0, told.stderr
    assert f"Not judged again: {FRUIT}." in told.stderr
    assert "change the file and apply" in told.stderr
    assert left_live.writes == written


@pytest.fixture
def quarantined(bot: StartBot) -> Bot:
    """A bot where a change was rejected and rolled back."""
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=NOTHING)
    assert shop.run("apply", "--yes").returncode == 3
    return shop


def test_a_plan_counts_apart_what_was_rejected_earlier(quarantined: Bot) -> None:
    told = quarantined.run("plan")
    assert (
        "Plan: 0 to create, 0 to update, 0 to delete, 1 rejected earlier and skipped."
        in told.stdout
    )
    assert "success rate fell from 1.000 to 0.000" in told.stdout
    planned = printed(quarantined, "plan")
    assert (planned["summary"]["update"], planned["summary"]["skipped"]) == (0, 1)
    assert [each["slot_id"] for each in planned["changes"]] == [FRUIT]
    assert quarantined.run("plan", "--detailed-exitcode").returncode == 2


def test_drift_counts_what_it_lists(quarantined: Bot) -> None:
    quarantined.write(SIZE, patterns=SIZES, dependencies=[FRUIT])
    found = printed(quarantined, "drift")
    assert [each["slot_id"] for each in found["changes"]] == [SIZE]
    assert [each["slot_id"] for each in found["rejected"]] == [FRUIT]
    assert (found["summary"]["create"], found["summary"]["skipped"]) == (1, 1)


def test_nobody_is_asked_about_changes_that_are_all_skipped(quarantined: Bot) -> None:
    quarantined.write(SIZE, patterns=SIZES, dependencies=[FRUIT])
    written = list(quarantined.writes)
    told = quarantined.run("apply")  # on no terminal, and without --yes
    assert told.returncode == 3, told.stderr
    assert "1 rejected earlier and skipped, 1 skipped with it" in told.stdout
    assert quarantined.writes == written


def test_what_is_not_skipped_is_still_asked_for(quarantined: Bot) -> None:
    quarantined.write(COLOUR, patterns=COLOURS)
    refused = quarantined.run("apply")
    assert refused.returncode == 1
    assert "Nobody is here to confirm" in refused.stderr
    told = quarantined.run("apply", "--yes")
    assert told.returncode == 3
    assert quarantined.live(COLOUR)["patterns"] == COLOURS


def test_with_retry_failed_it_is_a_change_again(quarantined: Bot) -> None:
    refused = quarantined.run("apply", "--retry-failed")
    assert refused.returncode == 1
    assert "Nobody is here to confirm" in refused.stderr
    assert "1 to update" in refused.stdout
    assert "rejected earlier" not in refused.stdout
