"""The tenant over a real network: failures that no retry can fix, and endless or huge responses."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.adapters.cognigy.transport import MAX_ANSWER
from reconciler.adapters.cognigy.v1.tenant import CognigyTenant, connect
from reconciler.errors import MalformedResponseError, OutcomeUnknownError, UnavailableError
from reconciler.model.access import TenantAccess
from reconciler.model.content import PatternContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits
from reconciler.model.slot import LiveSlot
from reconciler.ports import SILENT, Permission
from tests.support.clock import VirtualClock
from tests.support.server import Respond, reply, saying, serving, trickle
from tests.support.world import FRUIT, rate_of

TOKEN = b'{"access_token": "token", "expires_in": 3600}'
CONTENT = PatternContent(
    name="fruit", type="regex", patterns=("^x$",), fill_strategy="strict", dependencies=()
)
FORMER = LiveSlot(slot_id=FRUIT, content=CONTENT)


@contextmanager
def tenant_at(
    origin: str, *, clock: VirtualClock, proxy: str | None = None
) -> Iterator[CognigyTenant]:
    access = TenantAccess(
        endpoint=Endpoint(origin=origin, bot_id="bot_1"),
        client_id="c",
        client_secret=Secret("s"),
        proxy=Secret(proxy) if proxy is not None else None,
    )
    with connect(
        access,
        permission=Permission.WRITE,
        limits=Limits(),
        clock=clock,
        observer=SILENT,
        user_agent="tests",
    ) as tenant:
        yield tenant


def token_then(respond: Respond) -> Respond:
    """Hand out a token, and answer everything else with `respond`."""
    return lambda received, handler: (
        reply(body=TOKEN) if received.path == "/oauth/token" else respond
    )(received, handler)


def test_a_proxy_that_refuses_is_tried_once_and_leaves_no_write_in_doubt() -> None:
    clock = VirtualClock()
    with saying(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as listener:
        proxy = f"http://user:p4ss@127.0.0.1:{listener.port}"
        with tenant_at("https://acme.example", clock=clock, proxy=proxy) as tenant:
            with pytest.raises(UnavailableError, match=r"cannot be reached: .*\(407\)") as raised:
                tenant.list_slots()
            assert "HTTPS_PROXY" in raised.value.hint
            with pytest.raises(UnavailableError, match=r"\(407\)"):
                tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
    assert listener.reached == 2
    assert clock.monotonic() == 0


def test_a_measurement_that_trickles_in_ends_in_time_for_its_gate() -> None:
    clock = VirtualClock()
    with (
        serving(token_then(trickle(clock))) as server,
        tenant_at(server.url, clock=clock) as tenant,
        pytest.raises(UnavailableError, match="no complete answer in time"),
    ):
        tenant.measure(rate_of(FRUIT), until=5.0)
    assert [each.path for each in server.received[:1]] == ["/oauth/token"]
    assert len(server.received) == 2  # it is not requested again after the deadline


def test_a_token_that_trickles_in_ends_in_time_for_the_gate_too() -> None:
    clock = VirtualClock()
    with (
        serving(trickle(clock)) as server,
        tenant_at(server.url, clock=clock) as tenant,
        pytest.raises(UnavailableError, match="no complete answer in time"),
    ):
        tenant.measure(rate_of(FRUIT), until=5.0)
    assert len(server.received) == 1


def test_a_listing_that_trickles_in_is_given_up_after_all_attempts() -> None:
    clock = VirtualClock()
    with (
        serving(token_then(trickle(clock))) as server,
        tenant_at(server.url, clock=clock) as tenant,
        pytest.raises(UnavailableError, match="no complete answer in time"),
    ):
        tenant.list_slots()
    assert clock.monotonic() >= 5 * 60


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b" " * (MAX_ANSWER + 1), {}),
        (gzip.compress(b" " * (MAX_ANSWER + 1), mtime=0), {"Content_Encoding": "gzip"}),
    ],
    ids=["plain", "a bomb"],
)
def test_a_huge_body_is_reported_and_not_requested_again(
    body: bytes, headers: dict[str, str]
) -> None:
    clock = VirtualClock()
    with (
        serving(token_then(reply(200, body, **headers))) as server,
        tenant_at(server.url, clock=clock) as tenant,
    ):
        with pytest.raises(MalformedResponseError, match="more than 16,777,216 bytes"):
            tenant.list_slots()
        with pytest.raises(OutcomeUnknownError, match="more than 16,777,216 bytes"):
            tenant.store(FRUIT, CONTENT, train=False, replaces=FORMER)
    assert [each.method for each in server.received] == ["POST", "GET", "PUT"]


def test_no_compression_is_requested() -> None:
    with (
        serving(token_then(reply(body=b'{"data": []}'))) as server,
        tenant_at(server.url, clock=VirtualClock()) as tenant,
    ):
        tenant.list_slots()
    assert {each.headers["Accept-Encoding"] for each in server.received} == {"identity"}
