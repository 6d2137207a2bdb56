"""The page about requests is true: the routes are those that the sandbox sees, in that number."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from reconciler.operations.docs import page
from reconciler.sandbox.messages import RequestRecord
from tests.cli.conftest import Bot
from tests.docs.conftest import OrderBot, hasten

_V1, _V2 = page("requests").partition("\n## cognigy-v2\n")[::2]
_PARAMETER = re.compile(r"/([0-9a-f]{24}|slot_\w+|bot_\w+)(?=/|$)")


def named(section: str) -> set[str]:
    """Method and route of each request that the page lists, with `{}` for each parameter."""
    first_column = "".join(re.findall(r"^\| (`[A-Z]+ /.*?) \| ", section, flags=re.MULTILINE))
    return {re.sub(r"\{\w+\}", "{}", each) for each in re.findall(r"`([A-Z]+ .*?)`", first_column)}


def number(what: str, section: str) -> int:
    """The number that the page states for a command or a change."""
    (stated,) = re.findall(rf"^\| {re.escape(what)} \| (\d+) \|$", section, flags=re.MULTILINE)
    return int(stated)


def routes(requests: Iterable[RequestRecord]) -> list[str]:
    return [f"{each.method} {_PARAMETER.sub('/{}', each.path)}" for each in requests]


def sent(bot: Bot | OrderBot, *arguments: str, code: int = 0) -> list[str]:
    """The requests of a command."""
    before = len(bot.tenant.requests)
    done = bot.run(*arguments)
    assert done.returncode == code, (done.stdout, done.stderr)
    return routes(list(bot.tenant.requests)[before:])


def test_v1_sends_only_the_requests_that_the_page_lists(shop: Bot) -> None:
    hasten(shop.folder / "slots" / "reconciler.yaml")
    for arguments in (("doctor",), ("apply", "--yes"), ("drift", "--metrics")):
        sent(shop, *arguments)
    (shop.folder / "slots" / "contact_phone.yaml").write_text(
        "slot_id: slot_contact_phone\nstate: absent\n"
    )
    (shop.folder / "slots" / "appointment_time.yaml").write_text(
        "slot_id: slot_appointment_time\nstate: absent\n"
    )
    sent(shop, "apply", "--yes")
    assert set(routes(shop.tenant.requests)) == named(_V1)


LISTING = ["POST /oauth/token", "GET /api/v1/slots", "GET /api/v1/slots"]
METRIC = "GET /api/v1/bots/{}/analytics/slots/{}/extraction"


def test_a_v1_plan_costs_the_listing_and_three_metrics_at_most(shop: Bot) -> None:
    assert sorted(sent(shop, "plan")) == sorted([*LISTING, *[METRIC] * 3])


@pytest.mark.parametrize("command", ["drift", "pull"])
def test_these_v1_commands_cost_the_listing(shop: Bot, command: str) -> None:
    arguments = (command, "--all", "--out", "pulled") if command == "pull" else (command,)
    assert sorted(sent(shop, *arguments, code=0 if command == "pull" else 2)) == sorted(LISTING)


def test_drift_with_metrics_measures_each_managed_slot_once(shop: Bot) -> None:
    hasten(shop.folder / "slots" / "reconciler.yaml")
    sent(shop, "apply", "--yes")
    managed = len(list((shop.folder / "slots").glob("[!_r]*.yaml")))
    managed += len(list((shop.folder / "slots").glob("re[!c]*.yaml")))
    assert sorted(sent(shop, "drift", "--metrics")) == sorted([*LISTING, *[METRIC] * managed])


def test_a_v1_doctor_costs_what_the_page_says(shop: Bot) -> None:
    assert len(sent(shop, "doctor")) == number("`doctor`", _V1)


def test_each_v1_change_costs_what_the_page_says(shop: Bot) -> None:
    hasten(shop.folder / "slots" / "reconciler.yaml")

    def apply(slot_id: str, *, code: int = 0) -> int:
        arguments = ("apply", "--yes", "--target", slot_id)
        return len(sent(shop, *arguments, code=code)) - len(LISTING)

    assert apply("slot_ticket_id") == number("an update, judged by its gate", _V1)
    probe = 1
    assert apply("slot_contact_phone") - probe == number("a creation, judged by its gate", _V1)
    worse = shop.folder / "slots" / "ticket_id.yaml"
    worse.write_text(
        re.sub(r"TCK-\\d\{6\}\$", r"NOPE$", worse.read_text()).partition("examples")[0]
    )
    assert apply("slot_ticket_id", code=3) == number("an update that is rolled back", _V1)
    (shop.folder / "slots" / "contact_phone.yaml").write_text(
        "slot_id: slot_contact_phone\nstate: absent\n"
    )
    (shop.folder / "slots" / "appointment_time.yaml").unlink()
    listing = len(LISTING) - 1
    stated = number("a deletion, without the listing that confirms it", _V1)
    assert apply("slot_contact_phone") - listing == stated


def test_v2_sends_only_the_requests_that_the_page_lists(order_bot: OrderBot) -> None:
    slots = order_bot.folder / "slots"
    (slots / "reconciler.yaml").write_text(
        "api: cognigy-v2\nflow: Order intake\n"
        "gate: {playbooks: [Order slots], poll_interval_seconds: 0.02}\n"
        "train: {poll_interval_seconds: 0.02}\nsnapshot: {before_apply: true}\n"
    )
    sent(order_bot, "pull")
    order_number = slots / "order_number.yaml"
    wider = r"regex: /\\b(?:[A-Z]{2}-\\d{4,6}|ORD-\\d{5})\\b/"
    order_number.write_text(re.sub("regex: .*", wider, order_number.read_text()))
    created = slots / "voucher.yaml"
    created.write_text("slot_id: voucher\ntype: regex\nregex: /V-\\d+/\ngate: {enabled: false}\n")
    sent(order_bot, "apply", "--yes")
    created.write_text("slot_id: voucher\nstate: absent\n")
    sent(order_bot, "apply", "--yes")
    assert set(routes(order_bot.tenant.requests)) == named(_V2)
