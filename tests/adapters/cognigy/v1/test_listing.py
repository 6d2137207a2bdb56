"""The listing of slots is complete or an error, whatever the tenant does with its pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.cognigy.v1 import listing
from reconciler.errors import MalformedResponseError, UnavailableError
from reconciler.model.slot import UnreadableSlot
from reconciler.model.state import LiveState
from tests.support.faults import answered, meanwhile
from tests.support.world import COLOUR, FRUIT, World, document

MakeWorld = Callable[..., World]


@pytest.fixture
def world(tmp_path: Path) -> MakeWorld:
    return lambda **details: World(tmp_path, **details)


def ids(count: int) -> list[str]:
    return [f"slot_{number:03}" for number in range(count)]


def documents(count: int) -> list[dict[str, Any]]:
    return [document(slot_id) for slot_id in ids(count)]


def listed(bot: World) -> LiveState:
    with bot.tenant() as tenant:
        return tenant.list_slots()


def offsets(bot: World) -> list[int]:
    return [int(r.query["offset"]) for r in bot.sandbox.requests if r.path == "/api/v1/slots"]


@pytest.mark.parametrize(
    ("count", "asked_for"),
    [
        (0, [0]),
        (1, [0, 1]),
        (99, [0, 99]),
        (100, [0, 99, 100]),
        (101, [0, 99, 101]),
        (199, [0, 99, 198, 199]),
        (250, [0, 99, 198, 250]),
    ],
)
def test_each_page_overlaps_the_previous_one_by_a_slot_until_a_page_is_empty(
    world: MakeWorld, count: int, asked_for: list[int]
) -> None:
    bot = world(live=documents(count))
    assert list(listed(bot)) == ids(count)
    assert offsets(bot) == asked_for
    limits = {r.query["limit"] for r in bot.sandbox.requests if r.path == "/api/v1/slots"}
    assert limits == {"100"}


@pytest.mark.parametrize("cap", [1, 2, 3, 7, 50, 99])
@pytest.mark.parametrize("count", [1, 2, 7, 50, 101])
def test_a_tenant_that_caps_its_pages_is_read_completely(
    world: MakeWorld, cap: int, count: int
) -> None:
    bot = world(live=documents(count), page_cap=cap, requests_per_minute=100_000)
    assert list(listed(bot)) == ids(count)


@pytest.mark.parametrize("shift", ["insert", "delete"])
@pytest.mark.parametrize("cap", [None, 40])
def test_a_listing_that_shifts_while_it_is_read_is_read_again(
    world: MakeWorld, shift: str, cap: int | None
) -> None:
    bot = world(live=documents(250), shifts=(shift, shift), page_cap=cap)
    assert list(listed(bot)) == ids(250)
    assert offsets(bot).count(0) > 1


@pytest.mark.parametrize("shift", ["insert", "delete"])
def test_a_listing_that_shifts_at_every_reading_is_an_error(world: MakeWorld, shift: str) -> None:
    bot = world(live=documents(250), shifts=(shift,) * 99)
    with pytest.raises(UnavailableError) as raised:
        listed(bot)
    assert raised.value.message == (
        "Listing the slots: the listing changed each of the 3 times that it was read: the page at "
        "offset 99 does not continue the one before it."
    )
    assert offsets(bot) == [0, 99] * 3


def test_a_slot_that_is_edited_between_two_pages_is_read_again(world: MakeWorld) -> None:
    bot = world(live=documents(150))
    seen: list[int] = []

    def edit_the_last_of_the_first_page() -> None:
        seen.append(1)
        if len(seen) == 2:
            bot.sandbox.edit("slot_099", name="another")

    bot.inject("GET", "/slots", meanwhile(edit_the_last_of_the_first_page), times=99)
    found = listed(bot)
    assert found["slot_099"].content.name == "another"
    assert offsets(bot).count(0) == 2


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"name": "another"}, "slot_fruit appears twice, with different content"),
        ({}, None),
        ({"updatedAt": "2026-01-01"}, None),
    ],
)
def test_an_id_twice_on_a_page_is_one_slot_unless_its_contents_differ(
    world: MakeWorld, second: dict[str, str], reason: str | None
) -> None:
    bot = world()
    page = {"data": [document(FRUIT), document(COLOUR), document(FRUIT, **second)]}
    bot.inject("GET", "/slots", answered(200, page), times=99)
    if reason is None:
        assert list(listed(bot)) == [FRUIT, COLOUR]
        return
    with pytest.raises(UnavailableError, match=reason):
        listed(bot)


def test_a_slot_on_two_pages_means_that_another_was_missed(world: MakeWorld) -> None:
    bot = world()
    first, last = documents(100), document("slot_100")
    pages = [first, [first[-1], last, first[0]]] * 3
    for page in pages:
        bot.inject("GET", "/slots", answered(200, {"data": page}))
    with pytest.raises(UnavailableError, match="slot_000 appears on two pages"):
        listed(bot)


def test_unknown_fields_may_differ_where_two_pages_overlap(world: MakeWorld) -> None:
    bot = world()
    first = documents(100)
    again = {**first[-1], "readCount": 2, "dependencies": None}
    for page in (first, [again, document("slot_100")], []):
        bot.inject("GET", "/slots", answered(200, {"data": page}))
    assert len(listed(bot)) == 101


def test_a_tenant_without_offsets_can_list_a_few_slots(world: MakeWorld) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(200, {"data": documents(3)}), times=99)
    assert list(listed(bot)) == ids(3)


def test_a_tenant_that_ignores_the_offset_causes_no_endless_loop(world: MakeWorld) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(200, {"data": documents(100)}), times=99)
    with pytest.raises(MalformedResponseError, match="repeats itself at offset 99"):
        listed(bot)


def test_an_endless_listing_is_given_up(world: MakeWorld) -> None:
    bot = world(live=documents(3), endless_pages=True, requests_per_minute=100_000)
    with pytest.raises(MalformedResponseError, match="1,200 pages hold 118,801 slots"):
        listed(bot)
    assert len(offsets(bot)) == listing.MOST_PAGES


STRANGE = {"slotId": "slot_strange", "name": "strange", "type": "regex", "fillStrategy": "strict"}


@pytest.mark.parametrize(
    ("odd", "fields", "dependencies"),
    [
        ({"patterns": [{"value": "^x$"}], "dependencies": [FRUIT]}, ("patterns",), (FRUIT,)),
        ({"patterns": "^x$"}, ("patterns",), ()),
        ({"patterns": [], "dependencies": [None, FRUIT]}, ("dependencies",), (FRUIT,)),
        ({"dependencies": {"b": 1}}, ("dependencies",), ()),
        ({"name": 1, "fillStrategy": []}, ("fill_strategy", "name"), ()),
        ({"extra": json.loads("[" * 300 + "]" * 300)}, ("extra",), ()),
    ],
)
def test_a_slot_of_an_unexpected_shape_is_listed_as_unreadable(
    world: MakeWorld, odd: dict[str, Any], fields: tuple[str, ...], dependencies: tuple[str, ...]
) -> None:
    bot = world(live=[document(FRUIT)], strangers=({**STRANGE, **odd},))
    found = listed(bot)
    assert list(found) == [FRUIT]
    assert dict(found.unreadable) == {
        "slot_strange": UnreadableSlot(
            slot_id="slot_strange", fields=fields, dependencies=dependencies
        )
    }


def test_slots_without_an_id_are_counted(world: MakeWorld) -> None:
    strangers: tuple[object, ...] = (7, None, {}, {"slotId": 7}, {"slotId": "\ud800"})
    found = listed(world(live=[document(FRUIT)], strangers=strangers))
    assert list(found) == [FRUIT]
    assert found.unnamed == 5


@pytest.mark.parametrize("single_get", [True, False])
def test_an_unreadable_slot_is_neither_present_nor_absent(
    world: MakeWorld, single_get: bool
) -> None:
    bot = world(
        live=[document(FRUIT)],
        strangers=({**STRANGE, "patterns": [{}]},),
        single_get=single_get,
    )
    with bot.tenant() as tenant:
        for read in (
            lambda: tenant.read_slot("slot_strange"),
            lambda: tenant.read_ahead(["slot_strange"], expected_absent=()),
        ):
            with pytest.raises(MalformedResponseError, match="patterns of an unknown shape"):
                read()
