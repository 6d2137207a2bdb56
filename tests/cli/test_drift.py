"""`reconciler drift`: what differs, which side changed, and metrics that cannot be measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot, Done
from tests.support.world import COLOUR, FRUIT, SIZE, document

StartBot = Callable[..., Bot]
FRUITS, COLOURS, SIZES = ["^apple$", "^pear$"], ["^red$", "^blue$"], ["^small$", "^large$"]


class ConsoleTenant(SandboxTenant):
    """A tenant whose slots people delete and create in a console, and which may list nothing."""

    lists_nothing = False

    def remove(self, slot_id: str) -> None:
        self._store.delete(slot_id)

    def add(self, slot: dict[str, Any]) -> None:
        self._store.put(slot)

    def handle(self, request: Request) -> Response:
        if self.lists_nothing and request.path == "/api/v1/slots":
            return Response(200, {"content-type": "application/json"}, b'{"data": []}')
        return super().handle(request)


@pytest.fixture
def applied(bot: StartBot) -> Bot:
    """Three slots that an apply has brought in sync with their files."""
    shop = bot(kind=ConsoleTenant)
    for slot_id, patterns in ((FRUIT, FRUITS), (COLOUR, COLOURS), (SIZE, SIZES)):
        shop.write(slot_id, patterns=patterns)
    assert shop.run("apply", "--yes").returncode == 0
    return shop


def console(shop: Bot) -> ConsoleTenant:
    assert isinstance(shop.tenant, ConsoleTenant)
    return shop.tenant


def report_of(done: Done) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def causes(shop: Bot) -> dict[str, str | None]:
    drifted = report_of(shop.run("drift", "--format", "json"))
    assert drifted["drifted"] is True
    return {each["slot_id"]: each["cause"] for each in drifted["changes"]}


def test_an_edit_in_the_tenant_is_distinguished_from_a_file_that_was_not_applied(
    applied: Bot,
) -> None:
    applied.tenant.edit(COLOUR, patterns=["^red$"])
    applied.write(FRUIT, patterns=["^apple$"])
    assert causes(applied) == {COLOUR: "changed_in_tenant", FRUIT: "not_applied"}
    drifted = applied.run("drift")
    assert drifted.returncode == 2
    assert "1 slot changed in the tenant, 1 not applied yet, 0 rejected" in drifted.stdout
    markdown = applied.run("drift", "--format", "markdown").stdout
    assert f"`{COLOUR}` (`colour`): **changed in the tenant**" in markdown
    assert f"`{FRUIT}` (`fruit`): not applied yet" in markdown


def test_a_slot_deleted_in_the_tenant_is_shown_as_deleted(applied: Bot) -> None:
    console(applied).remove(COLOUR)
    assert causes(applied) == {COLOUR: "changed_in_tenant"}
    drifted = applied.run("drift").stdout
    assert f"- {COLOUR}  colour  (deleted in the tenant)" in drifted
    assert f"+ {COLOUR}" not in drifted


def test_a_slot_that_a_file_declares_absent_is_reported_until_it_is_deleted(applied: Bot) -> None:
    (applied.folder / "slots" / f"{COLOUR}.yaml").write_text(f"slot_id: {COLOUR}\nstate: absent\n")
    assert causes(applied) == {COLOUR: "not_applied"}
    assert applied.run("apply", "--yes").returncode == 0
    assert applied.run("drift").returncode == 0
    console(applied).add(document(COLOUR))
    assert causes(applied) == {COLOUR: "changed_in_tenant"}


def test_a_rolled_back_slot_counts_as_unchanged_in_the_tenant(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^nothing$"])
    assert shop.run("apply", "--yes").returncode == 3
    shop.write(FRUIT, patterns=["^apple$"])
    assert causes(shop) == {FRUIT: "not_applied"}
    shop.tenant.edit(FRUIT, patterns=["^pear$"])
    assert causes(shop) == {FRUIT: "changed_in_tenant"}


def test_the_cause_is_unknown_for_a_slot_that_was_never_applied(bot: StartBot) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^apple$"])
    assert causes(shop) == {FRUIT: None}


def test_a_drift_that_cannot_measure_any_slot_is_an_error(applied: Bot) -> None:
    applied.environment["COGNIGY_BOT_ID"] = "bot_of_nobody"
    blind = applied.run("drift", "--metrics")
    assert blind.returncode == 1
    assert "No slot could be measured" in blind.stdout
    whole = report_of(applied.run("drift", "--metrics", "--format", "json"))
    assert (whole["drifted"], "error" in whole) == (False, False)
    assert {each["slot_id"]: each["measured"] for each in whole["metrics"]} == dict.fromkeys(
        (COLOUR, FRUIT, SIZE), False
    )


def test_differences_take_precedence_over_metrics_that_cannot_be_measured(applied: Bot) -> None:
    applied.environment["COGNIGY_BOT_ID"] = "bot_of_nobody"
    applied.tenant.edit(COLOUR, patterns=["^red$"])
    blind = applied.run("drift", "--metrics")
    assert blind.returncode == 2
    assert "No slot could be measured" in blind.stdout


@pytest.mark.parametrize(
    "gate", [{"enabled": False}, {"min_samples": 10**9}], ids=["no gate", "too few samples"]
)
def test_metrics_without_a_gate_or_with_too_few_samples_are_not_an_error(
    applied: Bot, gate: dict[str, Any]
) -> None:
    applied.configure(gate=gate)
    assert applied.run("drift", "--metrics").returncode == 0


def test_no_plan_is_made_for_a_tenant_that_lists_nothing(applied: Bot) -> None:
    written = list(applied.writes)
    console(applied).lists_nothing = True
    for command in (("plan",), ("apply", "--yes")):
        refused = applied.run(*command)
        assert refused.returncode == 4, refused.stderr
        assert "The tenant lists none of the slots that the files describe" in refused.stderr
        assert refused.stdout == ""
    assert applied.writes == written
    drifted = applied.run("drift", "--format", "json")
    assert drifted.returncode == 2
    assert (
        "The tenant lists none of the slots that the files describe"
        in report_of(drifted)["warnings"][0]
    )
    console(applied).lists_nothing = False
    assert applied.run("plan", "--detailed-exitcode").returncode == 0


def test_slots_that_are_really_gone_are_created_again_after_targeting_one_of_them(
    applied: Bot,
) -> None:
    for slot_id in (FRUIT, COLOUR, SIZE):
        console(applied).remove(slot_id)
    refused = applied.run("apply", "--yes")
    assert refused.returncode == 4
    assert f"reconciler apply --target {COLOUR}" in refused.stderr
    assert applied.run("apply", "--yes", "--target", COLOUR).returncode == 0
    assert applied.run("apply", "--yes").returncode == 0
    assert applied.run("plan", "--detailed-exitcode").returncode == 0
