from __future__ import annotations

import pytest

from reconciler.model.endpoint import Endpoint, Places


@pytest.mark.parametrize(
    "origin",
    ["https://ACME.cognigy.com", "https://acme.cognigy.com:443", "HTTPS://acme.cognigy.com/"],
)
def test_every_spelling_of_an_origin_is_the_same_endpoint(origin: str) -> None:
    one = Endpoint(origin="https://acme.cognigy.com", bot_id="bot")
    assert Endpoint(origin=origin, bot_id="bot") == one
    assert hash(Endpoint(origin=origin, bot_id="bot")) == hash(one)


def test_another_bot_or_none_is_another_endpoint() -> None:
    bots = ("bot_1", "BOT_1", None)
    assert len({Endpoint(origin="https://acme.cognigy.com", bot_id=bot) for bot in bots}) == 3


def test_what_it_is_called_identifies_nothing() -> None:
    bot = Endpoint(origin="https://acme.cognigy.com", bot_id="one")
    project = Endpoint(origin="https://acme.cognigy.com", bot_id="one", kind="project")
    assert bot == project
    assert len({bot, project}) == 1
    assert bot.model_dump() == project.model_dump() == {"origin": bot.origin, "bot_id": "one"}
    assert bot != "one"


def test_unless_the_configuration_says_otherwise_it_comes_from_the_variables() -> None:
    origin = "https://acme.cognigy.com"
    bot, project = Endpoint(origin=origin), Endpoint(origin=origin, kind="project")
    assert (bot.places.bot, project.places.bot) == ("COGNIGY_BOT_ID", "COGNIGY_PROJECT_ID")
    assert bot.places.origin == "COGNIGY_TENANT or COGNIGY_BASE_URL"
    assert project.places.origin == "COGNIGY_BASE_URL"


def test_where_it_comes_from_identifies_nothing() -> None:
    places = Places(origin="the origin", bot="the bot", credentials="the key")
    one = Endpoint(origin="https://acme.cognigy.com", found_in=places)
    other = Endpoint(origin="https://acme.cognigy.com")
    assert one == other
    assert one.model_dump() == other.model_dump()
