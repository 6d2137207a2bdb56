"""An entry, and the identity of a change."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.content import FillerContent
from reconciler.model.ledger import Entry, change_identity
from tests.support.build import ENDPOINT, content

LINE: dict[str, Any] = {
    "timestamp": "2026-03-02T09:00:00.000Z",
    "run_id": "r",
    "seq": 3,
    "event": "change_applied",
    "prev_hash": "",
    "hash": "abc",
    "slot_id": "a",
    "latency_ms": 12.5,
}


def test_the_keys_that_only_one_event_has_are_the_data_of_its_entry() -> None:
    entry = Entry.from_line(LINE)
    assert (entry.seq, entry.event) == (3, "change_applied")
    assert entry.data == {"slot_id": "a", "latency_ms": 12.5}


@pytest.mark.parametrize("key", ["timestamp", "run_id", "seq", "event", "prev_hash", "hash"])
def test_a_line_without_a_common_key_is_not_an_entry(key: str) -> None:
    with pytest.raises(KeyError):
        Entry.from_line({name: value for name, value in LINE.items() if name != key})


def test_a_line_of_another_shape_is_not_an_entry() -> None:
    with pytest.raises(ValueError, match="seq"):
        Entry.from_line({**LINE, "seq": "3"})


def test_the_same_change_again_has_the_same_identity() -> None:
    one = change_identity(ENDPOINT, slot_id="a", after=content("a", depends_on=["b", "c"]))
    assert one == change_identity(ENDPOINT, slot_id="a", after=content("a", depends_on=["c", "b"]))


def test_fields_that_a_file_does_not_manage_are_not_part_of_the_identity() -> None:
    def filler(**fields: object) -> FillerContent:
        given = {"flow": "F", "name": "n", "type": "regex", "regex": "/a/", **fields}
        return FillerContent(**given)  # type: ignore[arg-type]

    managed = filler().managed
    one = change_identity(ENDPOINT, slot_id="a", after=filler(), managed=managed)
    for edited in (filler(context_key="k"), filler(use_positive_only=True)):
        assert change_identity(ENDPOINT, slot_id="a", after=edited, managed=managed) == one
        assert change_identity(ENDPOINT, slot_id="a", after=edited, managed=edited.managed) != one
    other = filler(regex="/b/")
    assert change_identity(ENDPOINT, slot_id="a", after=other, managed=managed) != one


def test_a_different_change_has_a_different_identity() -> None:
    after = content("a")
    identities = {
        change_identity(ENDPOINT, slot_id="a", after=after),
        change_identity(ENDPOINT, slot_id="b", after=after),
        change_identity(ENDPOINT, slot_id="a", after=content("a", patterns=("x",))),
        change_identity(ENDPOINT, slot_id="a", after=None),
        change_identity(ENDPOINT.model_copy(update={"bot_id": None}), slot_id="a", after=after),
        change_identity(ENDPOINT.model_copy(update={"origin": "x"}), slot_id="a", after=after),
    }
    assert len(identities) == 6
