"""A filler of type `slot` finds a slot of the lexicons that are attached to its flow."""

from __future__ import annotations

from reconciler.model.content import FillerContent
from tests.support.faults import answered
from tests.support.shop import FLOW, ORDER, Shop, content, desired, filler

LEXICONS = {
    "lexicons": [
        {"name": "Goods", "slots": [{"name": "product", "phrases": ["lamp"]}]},
        {"name": "Loose", "slots": [{"name": "colour", "phrases": ["red"]}]},
    ],
    "flows": [{"name": FLOW, "lexicons": ["Goods"], "slotfillers": [filler(ORDER)]}],
}


def shop() -> Shop:
    return Shop(files=(desired(ORDER),), bot=LEXICONS)


def of_slot(slot: str) -> FillerContent:
    return FillerContent(flow=FLOW, name=slot, type="slot", slot=slot)


def test_a_slot_of_an_attached_lexicon_is_found_in_a_few_requests() -> None:
    bot = shop()
    with bot.tenant() as tenant:
        assert tenant.doubt(of_slot("product")) == ""
        asked = len(bot.sandbox.requests)
        assert tenant.doubt(of_slot("product")) == ""
        assert len(bot.sandbox.requests) == asked


def test_a_slot_that_no_attached_lexicon_has_is_doubted() -> None:
    bot = shop()
    with bot.tenant() as tenant:
        assert "has a slot 'colour'" in tenant.doubt(of_slot("colour"))
        assert tenant.doubt(of_slot("produkt")).endswith("Did you mean 'product'?")


def test_a_regex_needs_no_lexicon_and_costs_no_request() -> None:
    bot = shop()
    with bot.tenant() as tenant:
        assert tenant.doubt(content(ORDER)) == ""
    assert not bot.sandbox.requests


def test_lexicons_that_may_not_be_read_are_not_looked_for() -> None:
    bot = shop()
    bot.inject("GET", "/slots", answered(403), times=9)
    with bot.tenant() as tenant:
        assert "was not looked for" in tenant.doubt(of_slot("product"))
