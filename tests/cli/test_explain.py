"""`reconciler explain`: what a slot takes, what it does with a text, and two slots compared."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Shell


@pytest.fixture
def shop(shell: Shell) -> Shell:
    shell.write("slot_1", name="order_number", patterns=[r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$"])
    shell.write("slot_2", name="ticket_id", patterns=[r"^[A-Z]+-\d+$"])
    shell.write("slot_3", name="gone", state="absent")
    return shell


def test_a_text_is_explained(shop: Shell) -> None:
    done = shop.run("explain", "order_number", "AB-1234")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        'order_number (slot_1) takes "AB-1234".\n'
        "\n"
        "  ^[A-Z]{2}-\\d{4,6}$  matches AB-1234, which counts\n"
        "  ^ORD-\\d{5}$         no match\n"
        "\n"
        "bestMatch: the longest match counts.\n"
        "\n"
        "Other slots that extract something from it\n"
        "  ticket_id  AB-1234, by ^[A-Z]+-\\d+$\n"
    )


def test_a_text_from_which_nothing_is_extracted_is_explained(shop: Shell) -> None:
    done = shop.run("explain", "slot_1", "I mean AB-1234")
    assert done.stdout.startswith('order_number (slot_1) extracts nothing from "I mean AB-1234".\n')
    assert "Given alone, AB-1234 is taken: the rest of the text prevents it.\n" in done.stdout


def test_a_slot_is_explained(shop: Shell) -> None:
    done = shop.run("explain", "order_number")
    assert (done.returncode, done.stderr) == (0, "")
    assert '  AB-1234    2 capital letters, "-", 4 to 6 digits\n' in done.stdout
    assert "In any other text it finds nothing: proven.\n" in done.stdout
    assert "Slots that take some of these texts too\n  ticket_id  " in done.stdout


def test_two_slots_are_compared(shop: Shell) -> None:
    done = shop.run("explain", "--compare", "order_number", "ticket_id")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Only ticket_id takes\n" in done.stdout
    assert "Both take\n" in done.stdout
    assert "Only order_number" not in done.stdout


def test_json_has_the_same_facts(shop: Shell) -> None:
    text = json.loads(shop.run("explain", "slot_1", "AB-1234", "--format", "json").stdout)
    assert (text["takes"], text["value"], text["pattern"]) == (
        True,
        "AB-1234",
        r"^[A-Z]{2}-\d{4,6}$",
    )
    assert [each["slot_id"] for each in text["others"]] == ["slot_2"]
    slot = json.loads(shop.run("explain", "slot_1", "--format", "json").stdout)
    assert [each["all_of"] for each in slot["takes"]] == [r"ORD-\d{5}", r"[A-Z]{2}-\d{4,6}"]
    assert slot["is_all"]
    pair = json.loads(
        shop.run("explain", "--compare", "slot_1", "slot_2", "--format", "json").stdout
    )
    assert [each["name"] for each in pair["slots"]] == ["order_number", "ticket_id"]
    assert pair["verdict"] == "wider"
    assert pair["only_second"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("ordr_number",),
            "'ordr_number' does not name one slot of the files.\n"
            "Did you mean order_number (slot_1)?",
        ),
        (("--compare", "order_number", "42"), "'42' does not name one slot of the files."),
        (("slot_3",), "slot_3 takes nothing: its file says `state: absent`, which deletes it."),
    ],
)
def test_a_slot_that_cannot_be_explained_is_an_error(
    shop: Shell, arguments: tuple[str, ...], message: str
) -> None:
    done = shop.run("explain", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr


def test_an_unknown_slot_is_an_object_in_json(shop: Shell) -> None:
    done = shop.run("explain", "ordr_number", "--format", "json")
    assert done.returncode == 1
    assert "Did you mean" in json.loads(done.stdout)["error"]["hint"]


@pytest.mark.parametrize("arguments", [(), ("order_number", "--compare", "slot_1", "slot_2")])
def test_arguments_that_do_not_fit_are_a_usage_error(
    shop: Shell, arguments: tuple[str, ...]
) -> None:
    done = shop.run("explain", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Usage:" in done.stderr


def test_foreign_text_controls_nothing(shop: Shell) -> None:
    shop.write("slot_4", name="odd\x1b[31m", patterns=["^\\x1b$"])
    done = shop.run("explain", "slot_4", "\x1b[2J\n::error::x")
    assert "\x1b" not in done.stdout
    assert "\n::error" not in done.stdout
