"""Slots of the files are explained, named by id or name, as they are in an environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.operations.explain import compare, explain, explain_with

SLOT = "slot_id: {id}\nname: {name}\ntype: regex\npatterns: ['{pattern}']\nfill_strategy: strict\n"


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    for slot_id, name in (("slot_a", "order"), ("slot_b", "ticket"), ("slot_c", "ticket")):
        text = SLOT.format(id=slot_id, name=name, pattern=r"^\d{3}$")
        (tmp_path / f"{slot_id}.yaml").write_text(text)
    return tmp_path


def test_a_slot_is_found_by_its_id_and_by_its_name(slots: Path) -> None:
    assert explain("slot_a", slots=slots) == explain("order", slots=slots)
    assert explain_with("123", "order", slots=slots).is_taken
    assert compare("order", "slot_b", slots=slots).both is not None


def test_a_slot_is_explained_as_it_is_in_an_environment(slots: Path) -> None:
    (slots / "reconciler.yaml").write_text("environments: {staging: {}}\n")
    path = slots / "slot_a.yaml"
    path.write_text(path.read_text() + "environments: {staging: {patterns: ['^x$']}}\n")
    assert explain_with("123", "order", slots=slots).is_taken
    assert explain_with("x", "order", slots=slots, environment="staging").is_taken


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("ordr", "Did you mean order (slot_a)?"),
        ("ticket", "2 slots have this name: slot_b, slot_c. Name one by its id."),
        ("42", "`reconciler graph` shows all slots."),
    ],
)
def test_a_name_that_means_no_slot_or_several_has_a_way_out(
    slots: Path, given: str, hint: str
) -> None:
    with pytest.raises(ReconcilerError) as raised:
        explain(given, slots=slots)
    assert str(raised.value) == f"{given!r} does not name one slot of the files."
    assert raised.value.hint == hint
