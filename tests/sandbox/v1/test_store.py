"""The same cases for both stores, and what survives in a file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox.v1.seed import packaged_documents, seed
from reconciler.sandbox.v1.store import MemoryStore, SqliteStore, Store
from tests.sandbox.v1.caller import COLOUR, FRUIT, Caller, content, put_body


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        with SqliteStore(tmp_path / "state.db") as opened:
            yield opened


def ids(store: Store) -> list[str]:
    return [slot.slot_id for slot in store.slots()]


def test_a_replaced_slot_keeps_its_place_and_gets_a_higher_version(store: Store) -> None:
    first = store.put(FRUIT)
    store.put(COLOUR)
    second = store.put({**FRUIT, "name": "renamed"})
    assert ids(store) == ["slot_fruit", "slot_colour"]
    assert second.version > first.version
    assert store.get("slot_fruit") == second


def test_a_slot_created_again_goes_to_the_end_with_a_new_version(store: Store) -> None:
    first = store.put(FRUIT)
    store.put(COLOUR)
    store.delete("slot_fruit")
    assert store.get("slot_fruit") is None
    again = store.put(FRUIT)
    assert ids(store) == ["slot_colour", "slot_fruit"]
    assert again.version > first.version


def test_deleting_a_missing_slot_does_nothing(store: Store) -> None:
    store.put(FRUIT)
    store.delete("slot_nowhere")
    assert ids(store) == ["slot_fruit"]


def test_documents_are_stored_whole_and_not_shared(store: Store) -> None:
    document = {**FRUIT, "patterns": ["^ä$"], "labels": {"a": [1, None]}}
    store.put(document)
    document["patterns"].append("added later")  # type: ignore[attr-defined]
    kept = store.get("slot_fruit")
    assert kept is not None
    assert kept.document["patterns"] == ["^ä$"]
    assert kept.document["labels"] == {"a": [1, None]}
    kept.document["patterns"].append("added to a copy")
    assert store.slots()[0].document["patterns"] == ["^ä$"]


def test_the_trained_slots_are_stored_apart_from_the_live_ones(store: Store) -> None:
    assert store.trained() is None
    store.put(FRUIT)
    store.save_trained([FRUIT])
    store.delete("slot_fruit")
    assert store.trained() == [FRUIT]
    store.save_trained([])
    assert store.trained() == []


def test_threads_can_share_a_store(store: Store) -> None:
    def write(number: int) -> None:
        for round_ in range(5):
            store.put({**FRUIT, "slotId": f"slot_{number}", "name": str(round_)})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slots = store.slots()
    assert {slot.document["name"] for slot in slots} == {"4"}
    assert len(slots) == 8
    assert max(slot.version for slot in slots) == 40


def test_the_seed_fills_only_an_unused_store(store: Store) -> None:
    seed(store)
    assert [slot.document for slot in store.slots()] == packaged_documents()
    store.delete("slot_store_city")
    seed(store)
    assert "slot_store_city" not in ids(store)


def test_the_seed_respects_a_bot_that_was_emptied(store: Store) -> None:
    store.save_trained([])
    seed(store, [FRUIT])
    assert store.slots() == []


def test_a_file_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with SqliteStore(path) as before:
        before.put(FRUIT)
        version = before.put(COLOUR).version
    with SqliteStore(path) as after:
        assert ids(after) == ["slot_fruit", "slot_colour"]
        assert after.put(FRUIT).version > version


def test_after_a_restart_the_bot_serves_the_trained_slots_not_the_stored_ones(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state.db"
    with SqliteStore(path) as before:
        before.put(FRUIT)
        caller = Caller(store=before).log_in()
        assert caller.put(put_body(patterns=["["])).status == 500
    with SqliteStore(path) as after:
        caller = Caller(store=after).log_in()
        assert content(caller.get())["patterns"] == ["["]
        assert content(caller.metrics())["successRate"] == pytest.approx(2 / 3)


def test_a_deletion_also_leaves_the_trained_slots_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with SqliteStore(path) as before:
        before.put(FRUIT)
        before.put(COLOUR)
        Caller(store=before).log_in().delete("slot_fruit")
    with SqliteStore(path) as after:
        assert after.trained() == [COLOUR]
