"""Version 1 of the API, against the sandbox and against a faulty tenant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.adapters.cognigy.v1.shapes import parse_slot
from reconciler.adapters.cognigy.v1.tenant import connect
from reconciler.errors import (
    AuthenticationError,
    InconsistentReadError,
    MalformedResponseError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RequestRejectedError,
    TenantError,
    UnavailableError,
    UnsupportedError,
)
from reconciler.model.access import TenantAccess
from reconciler.model.content import PatternContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Measurement, NotMeasured
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits
from reconciler.model.slot import LiveSlot
from reconciler.ports import SILENT, Permission, Tenant
from tests.support.clock import VirtualClock
from tests.support.faults import answered, answered_text, lost_after, lost_before
from tests.support.world import COLOUR, FRUIT, ORIGIN, World, document, rate_of

CONTENT = PatternContent(
    name="fruit", type="regex", patterns=("^x$",), fill_strategy="strict", dependencies=()
)


FORMER = LiveSlot(slot_id=FRUIT, content=CONTENT)
"""Read without an ETag, so that it sets no condition."""


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., World]:
    return lambda **details: World(tmp_path, **details)


def _ahead(tenant: Tenant, slot_id: str) -> LiveSlot | None:
    """Read a slot that is expected to be absent, as just before its creation."""
    return tenant.read_ahead([slot_id], expected_absent=[slot_id]).slots[slot_id]


def paths(bot: World) -> list[str]:
    return [f"{r.method} {r.path.rsplit('/', 1)[1]}" for r in bot.sandbox.requests]


def test_the_token_is_fetched_once_and_renewed_before_it_expires(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)], token_lifetime_seconds=3600)
    with bot.tenant() as tenant:
        tenant.list_slots()
        bot.clock.advance(3569)
        tenant.list_slots()
        bot.clock.advance(2)
        tenant.list_slots()
    assert [each for each in paths(bot) if each == "POST token"] == ["POST token"] * 2
    assert paths(bot)[-3] == "POST token"  # for the last listing


def test_a_short_lived_token_is_renewed_at_half_its_life(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)], token_lifetime_seconds=20)
    with bot.tenant() as tenant:
        tenant.list_slots()
        bot.clock.advance(9)
        tenant.list_slots()
        bot.clock.advance(2)
        tenant.list_slots()
    assert paths(bot).count("POST token") == 2


def test_a_token_that_the_tenant_no_longer_accepts_is_renewed_once(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    with bot.tenant() as tenant:
        tenant.list_slots()
        bot.inject("PUT", FRUIT, answered(401, {"error": "expired"}))
        tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
    assert paths(bot)[-2:] == ["POST token", f"PUT {FRUIT}"]
    assert paths(bot).count("POST token") == 2


def test_a_401_despite_a_new_token_is_an_error(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("GET", "/slots", answered(401, {"error": "no"}), times=99)
    with bot.tenant() as tenant, pytest.raises(AuthenticationError) as raised:
        tenant.list_slots()
    assert "401: no" in raised.value.message
    assert "scope" in raised.value.hint
    assert len([r for r in bot.transport.sent if r.url.path.endswith("/slots")]) == 2


@pytest.mark.parametrize(
    ("access", "scopes"),
    [
        (Permission.READ, "cognigy:bots:read"),
        (Permission.WRITE, "cognigy:slots:write cognigy:nlp:retrain cognigy:bots:read"),
    ],
)
def test_only_the_necessary_scopes_are_requested(
    world: Callable[..., World], access: Permission, scopes: str
) -> None:
    bot = world()
    with bot.tenant(access) as tenant:
        tenant.list_slots()
    form = httpx.QueryParams(bot.transport.sent[0].content.decode())
    assert dict(form) == {
        "grant_type": "client_credentials",
        "client_id": "sandbox",
        "client_secret": "sandbox-secret",
        "scope": scopes,
    }


def test_a_missing_scope_is_an_error_before_anything_else_is_sent(
    world: Callable[..., World],
) -> None:
    bot = world(scopes=frozenset({"cognigy:bots:read"}))
    with bot.tenant(Permission.WRITE) as tenant, pytest.raises(AuthenticationError) as raised:
        tenant.list_slots()
    assert "cognigy:slots:write, cognigy:nlp:retrain" in raised.value.message
    assert paths(bot) == ["POST token"]


def test_wrong_credentials_name_the_variables(world: Callable[..., World]) -> None:
    bot = world(client_secret="another")
    with bot.tenant() as tenant, pytest.raises(AuthenticationError) as raised:
        tenant.list_slots()
    assert "invalid_client" in raised.value.message
    assert "COGNIGY_CLIENT_SECRET" in raised.value.hint


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"access_token": "", "expires_in": 60},
        {"access_token": "a\nb", "expires_in": 60},
        {"access_token": "token", "expires_in": "soon"},
        {"access_token": "token", "expires_in": "60.5.1"},
        {"access_token": "token", "expires_in": "-60"},
        {"access_token": "token", "expires_in": "\u0663"},
        {"access_token": "token", "expires_in": "9" * 400},
        {"access_token": "token", "expires_in": [60]},
        {"access_token": 7, "expires_in": 60},
        {"access_token": "token", "expires_in": True},
        {"access_token": "token", "expires_in": 0},
        {"access_token": "token", "expires_in": -60},
        {"access_token": "token", "expires_in": 10**400},
    ],
)
def test_a_token_response_of_an_unexpected_shape_is_an_error(
    world: Callable[..., World], body: object
) -> None:
    bot = world()
    bot.inject("POST", "/token", answered(200, body))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match="access_token"):
        tenant.list_slots()


def _token(**answer: Any) -> Callable[..., httpx.Response]:
    """Answer with a valid token of the sandbox, and these other keys."""

    def act(request: httpx.Request, answer_it: Callable[..., httpx.Response]) -> httpx.Response:
        token = answer_it(request).json()["access_token"]
        return httpx.Response(200, json={"access_token": token, **answer})

    return act


@pytest.mark.parametrize(
    ("answer", "lasts"),
    [({"expires_in": "3600"}, 3570), ({"expires_in": 3600.0}, 3570), ({}, 270)],
    ids=["text", "a fraction", "absent"],
)
def test_a_token_is_used_for_its_lifetime_or_briefly_if_it_has_none(
    world: Callable[..., World], answer: dict[str, Any], lasts: float
) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("POST", "/token", _token(**answer))
    with bot.tenant() as tenant:
        tenant.list_slots()
        bot.clock.advance(lasts - 1)
        tenant.list_slots()
        assert paths(bot).count("POST token") == 1
        bot.clock.advance(2)
        tenant.list_slots()
    assert paths(bot).count("POST token") == 2


@pytest.mark.parametrize("status", [408, 409, 421, 423, 425, 429, 503])
def test_a_busy_token_route_is_retried(world: Callable[..., World], status: int) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("POST", "/token", answered(status), times=4)
    with bot.tenant() as tenant:
        tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
    assert bot.live(FRUIT)["patterns"] == ["^x$"]


def test_a_token_is_fetched_within_the_deadline_of_the_request_that_needs_it(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    with bot.tenant() as tenant:
        tenant.measure(rate_of(FRUIT), until=bot.clock.monotonic() + 20)
    token, measurement = bot.transport.sent
    assert token.url.path == "/oauth/token"
    assert token.extensions["until"] == bot.clock.monotonic() + 20
    assert token.extensions == measurement.extensions


def test_a_secret_that_the_token_route_echoes_is_redacted(
    world: Callable[..., World],
) -> None:
    bot = world()
    for status in (400, 401, 500):
        act = answered(status, {"error": "no: sandbox-secret"})
        bot.inject("POST", "/token", act, times=1 if status < 500 else 99)
        with bot.tenant() as tenant, pytest.raises(TenantError) as raised:
            tenant.list_slots()
        assert "sandbox-secret" not in raised.value.message
        assert "[redacted]" in raised.value.message


def test_a_token_that_the_tenant_echoes_is_redacted(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])

    def echo(request: httpx.Request, _: object) -> httpx.Response:
        token = request.headers["Authorization"]
        return httpx.Response(200, text="<html>", headers={"Content-Type": token})

    def echo_rate(request: httpx.Request, _: object) -> httpx.Response:
        return httpx.Response(200, json={"successRate": request.headers["Authorization"]})

    bot.inject("GET", "/slots", echo)
    bot.inject("GET", "extraction", echo_rate)
    messages = []
    with bot.tenant() as tenant:
        with pytest.raises(MalformedResponseError) as raised:
            tenant.list_slots()
        messages.append(raised.value.message)
        with pytest.raises(MalformedResponseError) as raised:
            tenant.measure(rate_of(FRUIT))
        messages.append(raised.value.message)
    token = bot.transport.sent[1].headers["Authorization"].removeprefix("Bearer ")
    for message in messages:
        assert token not in message
        assert "[redacted]" in message


def _with_token(token: str) -> Callable[..., httpx.Response]:
    return answered(200, {"access_token": token, "expires_in": 3600})


def test_a_slot_that_has_the_token_as_a_word_is_left_unchanged(world: Callable[..., World]) -> None:
    bot = world()
    words = document(FRUIT, name="customer_order_number", patterns=["^bestMatch$", "^order-2024$"])
    for token in ("bestMatch", "customer_order_number", "order-2024", "^order-2024$"):
        bot.inject("POST", "/token", _with_token(token))
        bot.inject("GET", "/slots", answered(200, {"data": [words]}))
        with bot.tenant() as tenant:
            found = tenant.list_slots()[FRUIT]
        assert found.raw == words


@pytest.mark.parametrize("field", ["name", "icon", "labels"])
@pytest.mark.parametrize("around", ["{}", "Bearer {}", "Basic {}, or so"])
def test_a_slot_that_certainly_contains_a_secret_is_not_used_at_all(
    world: Callable[..., World], field: str, around: str
) -> None:
    bot = world()
    token = "eyJhbGciOiJub25lIn0.e30."
    for secret in ("sandbox-secret", token):
        bot.inject("POST", "/token", _with_token(token))
        slot = document(FRUIT, **{field: [around.format(secret)]})
        listing = {"data": [{**slot, "patterns": [around.format(secret)]}]}
        bot.inject("GET", "/slots", answered(200, listing))
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError) as raised:
            tenant.list_slots()
        assert "[redacted]" in raised.value.message
        assert secret not in raised.value.message + raised.value.hint


def test_a_secret_is_found_in_data_however_its_characters_are_escaped(
    world: Callable[..., World],
) -> None:
    bot = world()
    escaped = "".join(f"\\u{ord(each):04x}" for each in "sandbox-secret")
    text = f'{{"data": [{{"slotId": "a", "icon": "{escaped}"}}]}}'
    bot.inject("GET", "/slots", answered_text(text))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match="redacted"):
        tenant.list_slots()


def test_after_a_write_an_answer_with_a_secret_leaves_the_outcome_unknown(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("PUT", FRUIT, answered(200, {"slotId": FRUIT, "icon": "sandbox-secret"}))
    with bot.tenant() as tenant, pytest.raises(OutcomeUnknownError):
        tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)


@pytest.mark.parametrize(
    "act", [answered(500), answered(503), answered(429), lost_before, lost_after]
)
def test_reads_are_retried(world: Callable[..., World], act: Callable[..., Any]) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("GET", "/slots", act, times=4)
    with bot.tenant() as tenant:
        assert list(tenant.list_slots()) == [FRUIT]


def test_reads_are_given_up_after_max_attempts(world: Callable[..., World]) -> None:
    bot = world(limits=Limits(max_attempts=3))
    bot.inject("GET", "/slots", answered(503, {"error": "maintenance"}), times=99)
    with bot.tenant() as tenant, pytest.raises(UnavailableError, match="503: maintenance"):
        tenant.list_slots()
    assert len([r for r in bot.transport.sent if r.method == "GET"]) == 3


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}])
@pytest.mark.parametrize("status", [400, 403, 404, 405, 422])
def test_a_final_refusal_is_not_retried(
    world: Callable[..., World], status: int, headers: dict[str, str]
) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(status, {"error": "no"}, headers=headers), times=99)
    with bot.tenant() as tenant, pytest.raises(TenantError, match=str(status)):
        tenant.list_slots()
    assert len([r for r in bot.transport.sent if r.method == "GET"]) == 1


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (408, {}),
        (409, {}),
        (421, {}),
        (423, {}),
        (425, {}),
        (410, {"Retry-After": "1"}),
        (424, {"Retry-After": "Mon, 02 Mar 2026 09:00:01 GMT"}),
    ],
)
def test_a_transient_refusal_is_retried_up_to_max_attempts(
    world: Callable[..., World], status: int, headers: dict[str, str]
) -> None:
    bot = world(live=[document(FRUIT)], limits=Limits(max_attempts=3))
    bot.inject("GET", "/slots", answered(status, headers=headers), times=2)
    with bot.tenant() as tenant:
        assert list(tenant.list_slots()) == [FRUIT]
        bot.inject("GET", "/slots", answered(status, {"error": "busy"}, headers=headers), times=99)
        with pytest.raises(UnavailableError, match=f"{status}: busy") as raised:
            tenant.list_slots()
    assert "Run it again later" in raised.value.hint
    assert len([r for r in bot.transport.sent if r.method == "GET"]) == 7


def test_any_other_refusal_without_a_retry_after_is_final(
    world: Callable[..., World],
) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(410), times=99)
    with bot.tenant() as tenant, pytest.raises(RequestRejectedError):
        tenant.list_slots()
    assert len([r for r in bot.transport.sent if r.method == "GET"]) == 1


def test_retry_after_in_seconds_is_honoured(world: Callable[..., World]) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(429, headers={"Retry-After": "37"}))
    begun = bot.clock.monotonic()
    with bot.tenant() as tenant:
        tenant.list_slots()
    assert bot.clock.monotonic() - begun == 37


def test_retry_after_as_a_date_is_honoured(world: Callable[..., World]) -> None:
    bot = world()
    date = format_datetime(bot.clock.now() + timedelta(seconds=90), usegmt=True)
    bot.inject("GET", "/slots", answered(503, headers={"Retry-After": date}))
    begun = bot.clock.monotonic()
    with bot.tenant() as tenant:
        tenant.list_slots()
    assert 89 <= bot.clock.monotonic() - begun <= 90


def test_a_retry_after_date_is_read_by_the_servers_clock(world: Callable[..., World]) -> None:
    """Our clock is two hours ahead, so by it the date has passed."""
    bot = world()
    theirs = bot.clock.now() - timedelta(hours=2)
    headers = {
        "Date": format_datetime(theirs, usegmt=True),
        "Retry-After": format_datetime(theirs + timedelta(seconds=90), usegmt=True),
    }
    bot.inject("GET", "/slots", answered(503, headers=headers))
    begun = bot.clock.monotonic()
    with bot.tenant() as tenant:
        tenant.list_slots()
    assert bot.clock.monotonic() - begun == 90


@pytest.mark.parametrize("asked", ["0", "Mon, 02 Mar 2026 08:00:00 GMT"])
@pytest.mark.parametrize(("status", "at_least"), [(429, 60), (423, 60), (503, 7)])
def test_a_retry_after_of_zero_does_not_shorten_our_own_delay(
    world: Callable[..., World], asked: str, status: int, at_least: float
) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(status, headers={"Retry-After": asked}), times=4)
    begun = bot.clock.monotonic()
    with bot.tenant() as tenant:
        tenant.list_slots()
    assert bot.clock.monotonic() - begun >= at_least


def test_a_pause_applies_to_every_request(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("GET", "/slots", answered(429, headers={"Retry-After": "7200"}))
    with bot.tenant() as tenant:
        with pytest.raises(UnavailableError):
            tenant.list_slots()
        sent = len(bot.transport.sent)
        with pytest.raises(UnavailableError, match="asked for a pause of another 7200 s"):
            tenant.measure(rate_of(FRUIT))
        assert len(bot.transport.sent) == sent
        bot.clock.advance(7100)
        tenant.list_slots()  # the pause is short enough to wait for
    assert bot.clock.monotonic() >= 1000 + 7200


def test_a_measurement_does_not_wait_for_a_pause_beyond_its_deadline(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("GET", "extraction", answered(429, headers={"Retry-After": "60"}))
    with bot.tenant() as tenant:
        begun = bot.clock.monotonic()
        for _ in range(2):  # the second is not even sent
            with pytest.raises(UnavailableError, match=r"429|asked for a pause of another 60 s"):
                tenant.measure(rate_of(FRUIT), until=begun + 20)
        assert bot.clock.monotonic() == begun
        assert len([r for r in bot.transport.sent if r.method == "GET"]) == 1
        assert isinstance(tenant.measure(rate_of(FRUIT), until=begun + 80), Measurement)
    assert bot.clock.monotonic() == begun + 60


def test_a_pause_of_hours_is_reported_rather_than_waited_for(world: Callable[..., World]) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(429, headers={"Retry-After": "7200"}), times=99)
    begun = bot.clock.monotonic()
    with bot.tenant() as tenant, pytest.raises(UnavailableError, match="429"):
        tenant.list_slots()
    assert bot.clock.monotonic() == begun


@pytest.mark.parametrize("status", [400, 403, 404, 405, 422])
def test_a_retry_after_on_a_final_refusal_delays_no_other_request(
    world: Callable[..., World], status: int
) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("GET", "extraction", answered(status, headers={"Retry-After": "7200"}))
    with bot.tenant() as tenant:
        with suppress(TenantError):
            tenant.measure(rate_of(FRUIT))
        before = bot.clock.monotonic()
        assert tenant.read_slot(FRUIT) is not None
    assert bot.clock.monotonic() == before


def test_without_retry_after_the_attempts_outlast_the_tenants_window(
    world: Callable[..., World],
) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(429), times=4)
    begun = bot.clock.monotonic()
    with bot.tenant() as tenant:
        tenant.list_slots()
    assert bot.clock.monotonic() - begun >= 60


def test_a_write_is_retried_only_if_it_was_certainly_not_carried_out(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    refused = [409, 421, 423, 425, 429]
    unknown = (answered(408), answered(500), answered(502), lost_before, lost_after)
    with bot.tenant() as tenant:
        for status in refused:
            bot.inject("PUT", FRUIT, answered(status), times=2)
            tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
        for act in unknown:
            bot.inject("PUT", FRUIT, act)
            with pytest.raises(OutcomeUnknownError):
                tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
    assert len([r for r in bot.transport.sent if r.method == "PUT"]) == 3 * 5 + 5


def test_the_read_back_honours_the_pause_that_a_408_on_a_write_asked_for(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    with bot.tenant() as tenant:
        bot.inject("PUT", FRUIT, answered(408, headers={"Retry-After": "40"}))
        with pytest.raises(OutcomeUnknownError) as raised:
            tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
        assert raised.value.status == 408
        begun = bot.clock.monotonic()
        tenant.read_slot(FRUIT)
    assert bot.clock.monotonic() - begun == 40


def test_a_write_without_a_token_was_certainly_not_carried_out(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("POST", "/token", lost_before)
    bot.inject("POST", "/token", answered(503))
    with bot.tenant() as tenant:
        tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
    assert bot.live(FRUIT)["patterns"] == ["^x$"]


def test_a_put_that_returns_204_is_stored(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)], put_response=204)
    with bot.tenant() as tenant:
        tenant.store(FRUIT, CONTENT, train=True, replaces=FORMER)
    assert bot.live(FRUIT)["patterns"] == ["^x$"]


def test_a_403_names_slot_bot_and_role(world: Callable[..., World]) -> None:
    bot = world(live=[document("slot_foreign")])
    with bot.tenant() as tenant, pytest.raises(PermissionDeniedError) as raised:
        tenant.store("slot_foreign", CONTENT, train=False, replaces=None)
    assert "slot_foreign of the bot bot_1" in raised.value.message
    assert "role" in raised.value.hint


def test_redirects_are_never_followed(world: Callable[..., World]) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(302, headers={"Location": "https://evil.example/"}))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError) as raised:
        tenant.list_slots()
    assert "never followed" in raised.value.hint
    assert {r.url.host for r in bot.transport.sent} == {"acme.cognigy.com"}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"data": None},
        {"data": {}},
        {"data": [7]},
        {"data": [{}]},
        {"data": [{"slotId": 7}]},
        {"data": [{"slotId": ""}, None]},
    ],
)
def test_a_listing_of_an_unexpected_shape_is_an_error(
    world: Callable[..., World], body: object
) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered(200, body))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError):
        tenant.list_slots()


def test_the_content_type_of_an_answer_that_is_not_json_is_named(
    world: Callable[..., World],
) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered_text("<html>login</html>"))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match="text/html, not JSON"):
        tenant.list_slots()


@pytest.mark.parametrize("nothing", [{}, {"patterns": None}, {"patterns": []}])
def test_null_missing_and_empty_are_the_same(nothing: dict[str, Any]) -> None:
    bare = {"slotId": "a", "name": "a", "type": "list", "fillStrategy": "strict"}
    slot = parse_slot({**bare, **nothing}, about="Reading")
    assert slot.canonical.patterns == ()
    assert slot.canonical.dependencies == ()


def test_fields_that_a_put_does_not_include_are_named() -> None:
    slot = parse_slot(document(FRUIT, labels=["a"], icon="x"), about="Reading")
    assert slot.unmodelled == ("icon", "labels")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"successRate": None},
        {"successRate": "0.9"},
        {"successRate": True},
        {"successRate": 1.01},
        {"successRate": -0.01},
    ],
)
def test_a_rate_that_is_not_a_fraction_is_an_error(
    world: Callable[..., World], body: object
) -> None:
    bot = world()
    bot.inject("GET", "extraction", answered(200, body))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError):
        tenant.measure(rate_of(FRUIT))


@pytest.mark.parametrize(("written", "rate"), [("1", 1.0), ("1.0", 1.0), ("0", 0.0), ("9e-1", 0.9)])
@pytest.mark.parametrize(("count", "samples"), [("500", 500), ("500.0", 500), ("5e2", 500)])
def test_a_number_may_be_written_in_any_form_that_json_has(
    world: Callable[..., World], written: str, rate: float, count: str, samples: int
) -> None:
    bot = world()
    body = f'{{"successRate": {written}, "sampleCount": {count}}}'
    bot.inject("GET", "extraction", answered_text(body))
    with bot.tenant() as tenant:
        measured = tenant.measure(rate_of(FRUIT))
    assert measured == Measurement(success_rate=rate, sample_count=samples)


@pytest.mark.parametrize("count", [None, -1, 1.5, True, "500", [], {}])
def test_an_invalid_count_counts_as_missing(world: Callable[..., World], count: object) -> None:
    bot = world()
    bot.inject("GET", "extraction", answered(200, {"successRate": 0.9, "sampleCount": count}))
    with bot.tenant() as tenant:
        assert tenant.measure(rate_of(FRUIT)) == Measurement(success_rate=0.9)


def test_a_rate_that_is_not_a_number_is_an_error(world: Callable[..., World]) -> None:
    bot = world()
    bot.inject("GET", "extraction", answered_text('{"successRate": NaN}'))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError):
        tenant.measure(rate_of(FRUIT))


def test_a_404_from_the_metrics_route_is_not_a_measurement(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)])
    with bot.tenant() as tenant:
        assert isinstance(tenant.measure(rate_of("slot_unheard")), NotMeasured)
        measured = tenant.measure(rate_of(FRUIT))
    assert isinstance(measured, Measurement)
    assert measured.success_rate == 1.0


@pytest.mark.parametrize("status", [404, 405])
def test_without_the_single_get_the_listing_answers(
    world: Callable[..., World], status: int
) -> None:
    bot = world(
        live=[document(FRUIT), document(COLOUR)], single_get=False, absent_route_status=status
    )
    with bot.tenant() as tenant:
        found = tenant.read_slot(FRUIT)
        assert found is not None
        assert found.content.name == "fruit"
        assert tenant.read_slot("slot_none") is None
        assert _ahead(tenant, "slot_none") is None
        assert _ahead(tenant, COLOUR) is not None
    single = [r for r in bot.sandbox.requests if r.path.startswith("/api/v1/slots/")]
    assert len(single) == 1  # the route is tried once


@pytest.mark.parametrize(
    ("etag", "condition"),
    [('"1"', '"1"'), ('W/"1"', None), ('"\xe9"', None), ("", None)],
    ids=["strong", "weak", "not ASCII", "empty"],
)
def test_only_a_strong_etag_is_a_condition_for_a_write(
    world: Callable[..., World], etag: str, condition: str | None
) -> None:
    bot = world(live=[document(FRUIT)], etag=False)

    def with_etag(_request: httpx.Request, _: object) -> httpx.Response:
        headers = [(b"ETag", etag.encode("latin-1"))]
        return httpx.Response(200, json=document(FRUIT), headers=headers)

    bot.inject("GET", FRUIT, with_etag)
    with bot.tenant() as tenant:
        found = tenant.read_slot(FRUIT)
        bot.inject("PUT", FRUIT, answered(204))
        tenant.store(FRUIT, CONTENT, train=False, replaces=found)
    assert bot.transport.sent[-1].headers.get("If-Match") == condition


@pytest.mark.parametrize(("etags", "condition"), [(True, "*"), (False, None)])
def test_a_creation_requires_absence_if_the_tenant_has_etags(
    world: Callable[..., World], etags: bool, condition: str | None
) -> None:
    bot = world(live=[document(COLOUR)], etag=etags)
    with bot.tenant() as tenant:
        assert _ahead(tenant, FRUIT) is None
        tenant.store(FRUIT, CONTENT, train=False, replaces=None)
    assert bot.transport.sent[-1].headers.get("If-None-Match") == condition


@pytest.mark.parametrize(
    "act", [answered_text("<html>app</html>"), answered(200, document(COLOUR)), answered(405)]
)
def test_once_an_etag_was_seen_a_slot_is_not_accepted_without_one(
    world: Callable[..., World], act: Callable[..., httpx.Response]
) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR)])
    with bot.tenant() as tenant:
        tenant.read_slot(COLOUR)
        bot.inject("GET", FRUIT, act)
        with pytest.raises((MalformedResponseError, UnsupportedError)):
            tenant.read_slot(FRUIT)
        found = tenant.read_slot(FRUIT)
    assert found is not None
    assert found.revision == '"1"'


def test_a_slot_with_a_number_that_json_does_not_have_is_an_error(
    world: Callable[..., World],
) -> None:
    bot = world()
    for number in ("NaN", "Infinity"):
        body = f'{{"data": [{{"slotId": "a", "x": {number}}}]}}'
        bot.inject("GET", "/slots", answered_text(body))
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError):
            tenant.list_slots()


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5000])
def test_a_number_that_is_too_large_does_not_prevent_reading_the_rest(
    world: Callable[..., World], number: str
) -> None:
    bot = world(live=[document(FRUIT)])
    count = f'{{"successRate": 0.9, "sampleCount": {number}}}'
    rate = f'{{"successRate": {number}, "sampleCount": 500}}'
    listed = f'{{"data": [{{"slotId": "a", "x": {number}}}]}}'
    bot.inject("GET", "extraction", answered_text(count))
    bot.inject("GET", "/slots", answered_text(listed))
    with bot.tenant() as tenant:
        measured = tenant.measure(rate_of(FRUIT))
        assert measured == Measurement(success_rate=0.9, sample_count=None)
        assert "a" in tenant.list_slots()
        bot.inject("GET", "extraction", answered_text(rate))
        with pytest.raises(MalformedResponseError, match="without a `successRate`"):
            tenant.measure(rate_of(FRUIT))


def test_an_id_with_a_lone_surrogate_is_not_a_slot(world: Callable[..., World]) -> None:
    bot = world()
    bot.inject("GET", "/slots", answered_text('{"data": [{"slotId": "\\ud800"}]}'))
    with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match="slotId"):
        tenant.list_slots()


def test_a_404_from_the_single_get_is_confirmed_by_the_listing(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)])
    with bot.tenant() as tenant:
        assert tenant.read_slot("slot_none") is None
    assert paths(bot) == ["POST token", "GET slot_none", "GET slots", "GET slots"]


def test_a_404_is_believed_if_it_was_expected_and_the_single_get_works(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT)])
    with bot.tenant() as tenant:
        tenant.list_slots()
        assert _ahead(tenant, "slot_a") is None
        assert _ahead(tenant, "slot_b") is None
    assert paths(bot) == [
        "POST token",
        "GET slots",
        "GET slots",
        f"GET {FRUIT}",  # proves that the route exists
        "GET slot_a",
        "GET slot_b",
    ]


def test_an_html_page_for_every_unknown_route_is_not_a_slot(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)])
    bot.inject("GET", FRUIT, answered_text("<html>app</html>"))
    with bot.tenant() as tenant:
        found = tenant.read_slot(FRUIT)
    assert found is not None
    assert found.content.name == "fruit"


def test_an_id_of_dots_or_slashes_stays_in_its_segment(world: Callable[..., World]) -> None:
    bot = world()
    with bot.tenant() as tenant:
        for slot_id in ("..", "a/b", "a?b#c"):
            with pytest.raises((RequestRejectedError, TenantError)):
                tenant.store(slot_id, replace(CONTENT, type=""), train=True, replaces=None)
    sent = [r.url.raw_path for r in bot.transport.sent if r.method == "PUT"]
    assert sent == [
        b"/api/v1/slots/%2E%2E",
        b"/api/v1/slots/a%2Fb",
        b"/api/v1/slots/a%3Fb%23c",
    ]


def test_nothing_is_sent_before_the_first_request() -> None:
    access = TenantAccess(
        endpoint=Endpoint(origin=ORIGIN), client_id="a", client_secret=Secret("hidden")
    )
    assert "hidden" not in repr(access)
    with connect(
        access,
        permission=Permission.READ,
        limits=Limits(),
        clock=VirtualClock(),
        observer=SILENT,
        user_agent="tests",
    ):
        pass


def test_a_slot_created_between_its_404_and_the_listing_is_read_with_its_etag(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR)])
    with bot.tenant() as tenant:
        tenant.read_slot(COLOUR)
        bot.inject("GET", FRUIT, answered(404))
        read = tenant.read_slot(FRUIT)
        assert read is not None
        assert read.revision is not None
        later = tenant.read_slot(COLOUR)
        assert later is not None
        assert later.revision is not None


def test_a_slot_that_is_listed_but_returns_404_is_an_error(
    world: Callable[..., World],
) -> None:
    bot = world(live=[document(FRUIT), document(COLOUR)])
    bot.inject("GET", FRUIT, answered(404), times=2)
    with bot.tenant() as tenant:
        tenant.read_slot(COLOUR)
        with pytest.raises(InconsistentReadError, match="it is in the listing, but not found"):
            tenant.read_slot(FRUIT)


@pytest.mark.parametrize("mark", ["-gzip", "--gzip", ";gzip", "-br"])
@pytest.mark.parametrize("marks_identity", [False, True])
def test_the_suffix_of_a_compressing_server_is_not_part_of_the_etag(
    world: Callable[..., World], mark: str, marks_identity: bool
) -> None:
    bot = world(live=[document(FRUIT)], etag_mark=mark, marks_identity=marks_identity)
    with bot.tenant() as tenant:
        before = tenant.read_slot(FRUIT)
        assert before is not None
        tenant.store(FRUIT, CONTENT, train=False, replaces=before)
    put = bot.transport.sent[-1]
    assert put.headers["If-Match"] == '"1"'
    assert bot.live(FRUIT)["patterns"] == ["^x$"]


def test_a_slot_is_requested_uncompressed_to_get_its_own_etag(world: Callable[..., World]) -> None:
    bot = world(live=[document(FRUIT)])
    with bot.tenant() as tenant:
        tenant.read_slot(FRUIT)
    assert bot.transport.sent[-1].headers["Accept-Encoding"] == "identity"
