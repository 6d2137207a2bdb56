"""The page about JSON is true: each document has exactly the keys that the page shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.status import SlotStatus
from reconciler.operations.docs import page
from tests.cli.companies import Company, company
from tests.cli.conftest import Bot, Shell
from tests.docs.conftest import blocks, hasten
from tests.support.world import FRUIT, document

__all__ = ["company"]


def documented(heading: str) -> Any:
    """The document under a heading of the page, whose keys may stand in several blocks."""
    section = page("json").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    first, *others = map(json.loads, blocks(section, "json"))
    for other in others:
        first = {**first, **other}
    return first


def shape(value: Any) -> Any:
    """The keys of a document; of a list, those of all its items together."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        shapes = [each for each in map(shape, value) if each]
        return [{key: each[key] for each in shapes for key in each}] if shapes else []
    return None


def test_a_validation_has_the_keys_on_the_page(shell: Shell) -> None:
    path = shell.write("slot_order")
    path.write_text(path.read_text().replace('"name"', '"namme"'))
    real = json.loads(shell.run("validate", "--format", "json").stdout)
    assert shape(real) == shape(documented("validate"))


def test_a_plan_has_the_keys_on_the_page(shop: Bot) -> None:
    arguments = ("plan", "--target", "slot_ticket_id", "--format", "json")
    real = json.loads(shop.run(*arguments).stdout)
    shown = documented("plan")
    (real_effect,), (effect,) = real["effects"].values(), shown["effects"].values()
    assert set(real_effect) == set(effect)
    (witness,) = effect["newly_takes"]
    assert {key for each in real_effect["newly_takes"] for key in each} == set(witness)
    assert shape({**real, "overlaps": []}) == shape(
        {**shown, "effects": real["effects"], "overlaps": []}
    )


def test_an_apply_has_the_keys_on_the_page(shop: Bot) -> None:
    hasten(shop.folder / "slots" / "reconciler.yaml")
    arguments = ("apply", "--yes", "--target", "slot_ticket_id", "--format", "json")
    real = json.loads(shop.run(*arguments).stdout)
    assert shape(real) == shape(documented("apply"))


def test_a_drift_report_is_a_plan_and_has_the_keys_on_the_page(shop: Bot) -> None:
    real = json.loads(shop.run("drift", "--metrics", "--format", "json").stdout)
    more = shape(documented("drift"))
    of_plans_alone = {"effects", "overlaps", "estimated_seconds"}
    assert set(real) == set(documented("plan")) - of_plans_alone | set(more)
    assert shape(real["metrics"]) == more["metrics"]
    assert set(real["changes"][0]) == {*documented("plan")["changes"][0], "cause"}


def test_a_status_has_the_keys_on_the_page(company: Callable[..., Company]) -> None:
    shop = company(staging=[], production=[], europe=[])
    shop.write(FRUIT, patterns=document(FRUIT)["patterns"])
    (shop.folder / ".env.europe").unlink()
    shop.run("apply", "--yes", "--env", "staging")
    real = json.loads(shop.run("status", "--format", "json").stdout)
    assert shape(real) == shape(documented("status"))


def test_a_difference_has_the_keys_on_the_page(company: Callable[..., Company]) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT, patterns=["^x$"])])
    shop.write(FRUIT)
    real = json.loads(shop.run("diff", "staging", "production", "--format", "json").stdout)
    assert shape(real) == shape(documented("diff"))


def test_the_states_are_those_on_the_pages() -> None:
    states = {each.value for each in SlotStatus}
    section = page("json").partition("\n## status\n")[2].partition("\n## ")[0]
    assert states <= set(re.findall(r"`([a-z_]+)`", section))
    table = re.findall(r"^\| ([a-z ]+) \|", page("environments"), flags=re.MULTILINE)
    assert states <= {each.replace(" ", "_") for each in table}


def test_the_audit_has_the_keys_on_the_page(shop: Bot) -> None:
    hasten(shop.folder / "slots" / "reconciler.yaml")
    shop.run("apply", "--yes", "--target", "ticket_id")
    runs = json.loads(shop.run("audit", "list", "--format", "json").stdout)
    assert shape(runs) == shape(documented("audit list"))
    verified = json.loads(shop.run("audit", "verify", "--format", "json").stdout)
    assert shape(verified) == shape(documented("audit verify"))


def test_a_revert_has_the_keys_on_the_page(shop: Bot) -> None:
    hasten(shop.folder / "slots" / "reconciler.yaml")
    shop.run("apply", "--yes", "--target", "ticket_id")
    run_id = json.loads(shop.run("audit", "list", "--format", "json").stdout)["runs"][0]["run_id"]
    real = json.loads(shop.run("revert", run_id, "--format", "json").stdout)
    shown = documented("revert")
    assert shape({**real, "not_reverted": []}) == shape({**shown, "not_reverted": []})


def test_an_examination_has_the_keys_on_the_page(shop: Bot) -> None:
    real = json.loads(shop.run("doctor", "--format", "json").stdout)
    assert shape(real) == shape(documented("doctor"))


def test_a_rule_has_the_keys_on_the_page(shell: Shell) -> None:
    real = json.loads(shell.run("rule", "pattern-empty", "--format", "json").stdout)
    assert shape(real) == shape(documented("rule"))


def test_an_explanation_has_the_keys_on_the_page(shell: Shell) -> None:
    shell.write("slot_order", patterns=[r"^ORD-\d{5}$"])
    shell.write("slot_return", patterns=[r"^ORD-\d+$"])
    shell.write("slot_twice", patterns=[r"^(a)\1$"])
    real = json.loads(shell.run("explain", "order", "--format", "json").stdout)
    assert shape(real) == shape(documented("explain"))


@pytest.mark.parametrize(
    "arguments", [("order", "ORD-12345"), ("order", "x"), ("--compare", "order", "return")]
)
def test_other_explanations_have_keys_that_the_page_names(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    shell.write("slot_order", patterns=[r"^ORD-\d{5}$"])
    shell.write("slot_return", patterns=[r"^ORD-\d+$"])
    real = json.loads(shell.run("explain", *arguments, "--format", "json").stdout)
    section = page("json").partition("\n## explain\n")[2].partition("\n## ")[0]
    assert all(f"`{key}`" in section or f'"{key}"' in section for key in real)


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_a_failure_is_an_object_with_an_error(shell: Shell, command: str) -> None:
    shell.write("slot_order")
    real = json.loads(shell.run(command, "--format", "json").stdout)
    assert "error" in real


def test_the_ledger_has_the_events_on_the_page(shop: Bot) -> None:
    hasten(shop.folder / "slots" / "reconciler.yaml")
    shop.run("apply", "--yes", "--target", "slot_ticket_id")
    section = page("json").partition("\n## The ledger\n")[2].partition("\n## ")[0]
    events = {
        each
        for cell in re.findall(r"^\| (`.*?) \|", section, flags=re.MULTILINE)
        for each in re.findall(r"`([a-z_]+)`", cell)
    }
    assert {line["event"] for line in shop.ledger} <= events
    for line in shop.ledger:
        assert {"timestamp", "run_id", "seq", "event", "prev_hash", "hash"} <= set(line)
