"""Many names in one sentence."""

from __future__ import annotations

from reconciler.model.listed import MOST, chained, listed

NAMES = [f"slot_{number:03}" for number in range(500)]


def test_a_few_names_are_all_shown() -> None:
    assert (listed([]), listed(["a"]), listed(["a", "b"])) == ("", "a", "a, b")
    assert listed(NAMES[:MOST]) == ", ".join(NAMES[:MOST])


def test_the_first_of_many_names_are_shown_and_the_others_counted() -> None:
    assert listed(NAMES, most=3) == "slot_000, slot_001, slot_002 and 497 more"
    assert listed(iter(NAMES[: MOST + 1])).endswith(f", {NAMES[MOST - 1]} and 1 more")


def test_a_short_cycle_is_shown_whole() -> None:
    assert chained(["a", "b", "a"]) == "a → b → a"
    assert chained(NAMES[:MOST]).count("→") == MOST - 1


def test_a_long_cycle_is_shown_by_its_beginning_and_end() -> None:
    shown = chained([*NAMES, NAMES[0]])
    assert shown.startswith("slot_000 → slot_001 → ")
    assert shown.endswith(f"→ slot_010 → … ({501 - MOST} more) → slot_000")
    assert shown.count("slot_") == MOST
