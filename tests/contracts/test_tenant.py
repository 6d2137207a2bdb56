"""The contract of `ports.Tenant`, for every implementation: the fake in memory, the sandbox in this
process (also with pages of one slot), and the sandbox over a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from reconciler.adapters.cognigy.v1.tenant import connect
from reconciler.errors import ConflictError, RequestRejectedError, TenantError
from reconciler.model.access import TenantAccess
from reconciler.model.content import PatternContent, SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Measurement, NotMeasured
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits
from reconciler.ports import SILENT, Clock, Permission, Tenant
from reconciler.sandbox.app import serve
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.support.clock import VirtualClock
from tests.support.fake_tenant import FakeTenant
from tests.support.inprocess import transport
from tests.support.world import BOT, COLOUR, CORPUS, FRUIT, GOOD, ORIGIN, rate_of

TRAINING, WINDOW = 0.05, 0.05


@dataclass(frozen=True)
class Subject:
    """An empty tenant under test, and the clock by which it trains."""

    tenant: Tenant
    clock: Clock

    def put(
        self, slot_id: str, *patterns: str, after: tuple[str, ...] = (), retrain: bool = True
    ) -> None:
        self.tenant.store(
            slot_id,
            content(slot_id, *patterns, after=after),
            train=retrain,
            replaces=self.tenant.read_slot(slot_id),
        )

    def trained(self) -> None:
        """Wait until metrics measure only the last training."""
        self.clock.sleep(TRAINING + WINDOW)


def content(slot_id: str, *patterns: str, after: tuple[str, ...] = ()) -> SlotContent:
    return PatternContent(
        name=slot_id,
        type="regex",
        patterns=patterns or GOOD[slot_id],
        fill_strategy="bestMatch",
        dependencies=after,
    )


def access_to(origin: str) -> TenantAccess:
    return TenantAccess(
        endpoint=Endpoint(origin=origin, bot_id=BOT),
        client_id="sandbox",
        client_secret=Secret("sandbox-secret"),
    )


def fake(_running: ExitStack) -> Subject:
    clock = VirtualClock()
    heard = {FRUIT: ("apple", "pear"), COLOUR: ("red", "blue")}
    tenant = FakeTenant(clock=clock, training_seconds=TRAINING, heard=heard)
    return Subject(tenant=tenant, clock=clock)


def in_process(running: ExitStack, **settings: Any) -> Subject:
    clock = VirtualClock()
    clock.advance(1000)
    tenant = running.enter_context(
        connect(
            access_to(ORIGIN),
            permission=Permission.WRITE,
            limits=Limits(requests_per_minute=100_000),
            clock=clock,
            observer=SILENT,
            user_agent="tests",
            transport=transport(sandbox(clock, **settings)),
        )
    )
    return Subject(tenant=tenant, clock=clock)


def with_capped_pages(running: ExitStack) -> Subject:
    return in_process(running, page_cap=1)


def over_a_socket(running: ExitStack) -> Subject:
    clock = VirtualClock()  # the socket is real, but time is not
    url = running.enter_context(serve(sandbox(clock)))
    tenant = running.enter_context(
        connect(
            access_to(url),
            permission=Permission.WRITE,
            limits=Limits(requests_per_minute=100_000),
            clock=clock,
            observer=SILENT,
            user_agent="tests",
        )
    )
    return Subject(tenant=tenant, clock=clock)


def sandbox(clock: Clock, **settings: Any) -> SandboxTenant:
    chosen = SandboxSettings(
        training_seconds=TRAINING,
        window_seconds=WINDOW,
        traffic_per_second=5000.0,
        bot_id=BOT,
        requests_per_minute=100_000,
        **settings,
    )
    return SandboxTenant(clock=clock, settings=chosen, store=MemoryStore(), corpus=CORPUS)


@pytest.fixture(params=[fake, in_process, with_capped_pages, over_a_socket])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    make: Callable[[ExitStack], Subject] = request.param
    with ExitStack() as running:
        yield make(running)


def test_a_new_tenant_is_empty(subject: Subject) -> None:
    assert dict(subject.tenant.list_slots()) == {}
    assert subject.tenant.read_slot(FRUIT) is None
    assert subject.tenant.read_ahead([FRUIT], expected_absent=[FRUIT]).slots[FRUIT] is None


def test_a_put_creates_a_slot_that_can_be_listed_and_read(subject: Subject) -> None:
    subject.put(FRUIT)
    assert list(subject.tenant.list_slots()) == [FRUIT]
    ahead = subject.tenant.read_ahead([FRUIT], expected_absent=[FRUIT]).slots[FRUIT]
    for found in (subject.tenant.read_slot(FRUIT), ahead):
        assert found is not None
        assert found.content == content(FRUIT)


def test_every_slot_is_listed(subject: Subject) -> None:
    wanted = [f"slot_{number}" for number in range(5)]
    for slot_id in wanted:
        subject.put(slot_id, "^x$", retrain=False)
    assert list(subject.tenant.list_slots()) == wanted


def test_a_put_replaces_the_whole_slot(subject: Subject) -> None:
    subject.put(COLOUR)
    subject.put(FRUIT, after=(COLOUR,))
    subject.put(FRUIT, "^kiwi$")
    found = subject.tenant.read_slot(FRUIT)
    assert found is not None
    assert found.content == content(FRUIT, "^kiwi$")


def test_a_put_over_a_foreign_edit_is_refused(subject: Subject) -> None:
    subject.put(FRUIT)
    before = subject.tenant.read_slot(FRUIT)
    subject.put(FRUIT, "^theirs$")
    with pytest.raises(ConflictError):
        subject.tenant.store(FRUIT, content(FRUIT), train=False, replaces=before)
    found = subject.tenant.read_slot(FRUIT)
    assert found is not None
    assert found.content.patterns == ("^theirs$",)


def test_a_creation_is_refused_if_the_slot_exists_by_now(subject: Subject) -> None:
    subject.put(FRUIT)
    subject.tenant.read_slot(FRUIT)  # its ETag shows that the tenant compares revisions
    with pytest.raises(ConflictError):
        subject.tenant.store(FRUIT, content(FRUIT, "^x$"), train=False, replaces=None)
    found = subject.tenant.read_slot(FRUIT)
    assert found is not None
    assert found.content == content(FRUIT)


def test_before_a_write_at_least_the_first_slot_is_read(subject: Subject) -> None:
    subject.put(FRUIT)
    for _ in range(2):  # the second time, the tenant's features are known
        ahead = subject.tenant.read_ahead([COLOUR, FRUIT], expected_absent=[COLOUR])
        assert ahead.slots[COLOUR] is None
        ahead = subject.tenant.read_ahead([FRUIT, COLOUR], expected_absent=[COLOUR])
        found = ahead.slots[FRUIT]
        assert found is not None
        assert found.content == content(FRUIT)


def test_a_slot_cannot_depend_on_a_missing_one(subject: Subject) -> None:
    with pytest.raises(RequestRejectedError):
        subject.put(FRUIT, after=(COLOUR,))
    assert subject.tenant.read_slot(FRUIT) is None


def test_a_deleted_slot_is_gone(subject: Subject) -> None:
    subject.put(FRUIT)
    subject.tenant.delete(FRUIT)
    assert subject.tenant.read_slot(FRUIT) is None
    assert list(subject.tenant.list_slots()) == []


def test_a_slot_that_another_depends_on_cannot_be_deleted(subject: Subject) -> None:
    subject.put(COLOUR)
    subject.put(FRUIT, after=(COLOUR,))
    with pytest.raises(TenantError):
        subject.tenant.delete(COLOUR)
    assert subject.tenant.read_slot(COLOUR) is not None


def test_a_slot_has_metrics_once_it_is_trained(subject: Subject) -> None:
    subject.put(FRUIT, "^apple$")
    assert isinstance(subject.tenant.measure(rate_of(FRUIT)), NotMeasured)
    subject.trained()
    reading = subject.tenant.measure(rate_of(FRUIT))
    assert isinstance(reading, Measurement)
    assert reading.success_rate == pytest.approx(0.5, abs=0.1)


def test_a_change_affects_the_metrics_only_once_it_is_trained(subject: Subject) -> None:
    subject.put(FRUIT)
    subject.trained()
    subject.put(FRUIT, "^nothing$", retrain=False)
    subject.trained()
    untouched = subject.tenant.measure(rate_of(FRUIT))
    assert isinstance(untouched, Measurement)
    assert untouched.success_rate == 1.0
    subject.put(COLOUR)
    subject.trained()
    fallen = subject.tenant.measure(rate_of(FRUIT))
    assert isinstance(fallen, Measurement)
    assert fallen.success_rate == 0.0


def test_a_slot_that_no_user_mentions_has_no_metrics(subject: Subject) -> None:
    subject.put("slot_unheard", "^x$")
    subject.trained()
    assert isinstance(subject.tenant.measure(rate_of("slot_unheard")), NotMeasured)
