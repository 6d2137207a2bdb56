from __future__ import annotations

import pytest

from reconciler.model.endpoint import Endpoint


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


def test_its_variables_are_named_after_what_it_is() -> None:
    origin = "https://acme.cognigy.com"
    assert Endpoint(origin=origin).id_variable == "COGNIGY_BOT_ID"
    assert Endpoint(origin=origin).origin_variables == "COGNIGY_TENANT and COGNIGY_BASE_URL"
    project = Endpoint(origin=origin, kind="project")
    assert project.id_variable == "COGNIGY_PROJECT_ID"
    assert project.origin_variables == "COGNIGY_BASE_URL"
