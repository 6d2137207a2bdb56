"""The tenants that the contract holds for: of each version of the API the sandbox in this process
(also with pages of one slot), and over a real socket; and the fake in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx

from reconciler.adapters.cognigy.v1.keyed import KeyedTenant
from reconciler.adapters.cognigy.v1.tenant import connect as connect_v1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.adapters.cognigy.v2.tenant import connect as connect_v2
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.content import FillerContent, PatternContent, SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Environment
from reconciler.model.gate import Measurement, Metric, PlaybookSuite
from reconciler.model.problem import Source
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits, Settings
from reconciler.model.slot import LiveSlot
from reconciler.model.state import DesiredState, Path
from reconciler.ports import SILENT, Clock, Permission, Tenant
from reconciler.sandbox.app import serve
from reconciler.sandbox.v1.corpus import Corpus, Utterance
from reconciler.sandbox.v1.settings import SandboxSettings as SettingsV1
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant as SandboxV1
from reconciler.sandbox.v2.settings import EDITOR
from reconciler.sandbox.v2.settings import SandboxSettings as SettingsV2
from reconciler.sandbox.v2.tenant import SandboxTenant as SandboxV2
from tests.support.clock import VirtualClock
from tests.support.fake_tenant import FakeTenant
from tests.support.inprocess import transport
from tests.support.world import BOT, COLOUR, CORPUS, FRUIT, GOOD, ORIGIN, rate_of

TRAINING, WINDOW = 0.05, 0.05
FLOW = "Shopping"
HEARD = {FRUIT: ("apple", "pear"), COLOUR: ("red", "blue")}
"""What users say of each slot."""
_IDS = {FRUIT: "slot_77", COLOUR: "slot_78"}
_LIMITS = Limits(requests_per_minute=100_000)


@dataclass(frozen=True)
class Subject(ABC):
    """An empty tenant under test, and the clock by which it trains."""

    tenant: Tenant
    clock: Clock

    @abstractmethod
    def content(self, slot_id: str, *patterns: str, after: tuple[str, ...] = ()) -> SlotContent:
        """A slot with these patterns, by default good ones."""

    @abstractmethod
    def metric(self, slot_id: str) -> Metric:
        """What judges the slot."""

    @abstractmethod
    def put(
        self, slot_id: str, *patterns: str, after: tuple[str, ...] = (), retrain: bool = True
    ) -> None:
        """Store the slot, and have it trained if asked to."""

    def read(self, slot_id: str) -> LiveSlot:
        """A slot that is there."""
        found = self.tenant.read_slot(slot_id)
        assert found is not None
        return found

    def rate(self, slot_id: str) -> float | None:
        """The rate that the slot has by its last training; None if it has none."""
        self.clock.sleep(TRAINING + WINDOW)
        reading = self.tenant.measure(self.metric(slot_id))
        return reading.success_rate if isinstance(reading, Measurement) else None

    def take_snapshot(self, name: str) -> None:
        """Have the tenant take one."""
        until = self.clock.monotonic() + 60.0
        self.tenant.take_snapshot(name, description="For a test.", until=until)


class SubjectV1(Subject):
    """Stores and trains at once."""

    def content(self, slot_id: str, *patterns: str, after: tuple[str, ...] = ()) -> SlotContent:
        return PatternContent(
            name=slot_id,
            type="regex",
            patterns=patterns or GOOD[slot_id],
            fill_strategy="bestMatch",
            dependencies=after,
        )

    def metric(self, slot_id: str) -> Metric:
        return rate_of(slot_id)

    def put(
        self, slot_id: str, *patterns: str, after: tuple[str, ...] = (), retrain: bool = True
    ) -> None:
        self.tenant.store(
            slot_id,
            self.content(slot_id, *patterns, after=after),
            train=retrain,
            replaces=self.tenant.read_slot(slot_id),
        )


@dataclass(frozen=True)
class SubjectV2(Subject):
    """Stores, then trains. `sandbox` is what it talks to."""

    sandbox: SandboxV2

    @property
    def snapshots(self) -> list[str]:
        """The names of the snapshots that there are."""
        return [str(each["name"]) for each in self.sandbox.console.snapshots()]

    def content(self, slot_id: str, *patterns: str, after: tuple[str, ...] = ()) -> SlotContent:
        assert after == (), "the tenant knows no dependencies"
        return FillerContent(
            flow=FLOW,
            name=slot_id,
            type="regex",
            regex=f"/{'|'.join(patterns or GOOD[slot_id])}/",
            context_key=slot_id,
            store_result_in_context=True,
        )

    def metric(self, slot_id: str) -> Metric:
        return PlaybookSuite(
            flow=FLOW, playbooks=(slot_id,), timeout_seconds=60.0, poll_interval_seconds=1.0
        )

    def put(
        self, slot_id: str, *patterns: str, after: tuple[str, ...] = (), retrain: bool = True
    ) -> None:
        content = self.content(slot_id, *patterns, after=after)
        self.tenant.store(slot_id, content, train=False, replaces=self.tenant.read_slot(slot_id))
        if retrain:
            self.tenant.train(self.read(slot_id))


def fake(_running: ExitStack) -> Subject:
    clock = VirtualClock()
    tenant = FakeTenant(clock=clock, training_seconds=TRAINING, heard=HEARD)
    return SubjectV1(tenant=tenant, clock=clock)


def v1_in_process(running: ExitStack, **settings: Any) -> Subject:
    clock = _clock()
    return _v1(running, ORIGIN, clock, transport(_sandbox_v1(clock, **settings)))


def v1_with_capped_pages(running: ExitStack) -> Subject:
    return v1_in_process(running, page_cap=1)


def v1_with_other_ids(running: ExitStack) -> Subject:
    """The tenant has other ids than the keys that everyone else uses."""
    clock = _clock()
    relabelled = Corpus(
        tuple(
            Utterance(each.text, {_IDS.get(key, key): said for key, said in each.labels.items()})
            for each in CORPUS.utterances
        )
    )
    subject = _v1(running, ORIGIN, clock, transport(_sandbox_v1(clock, corpus=relabelled)))
    environment = Environment(name="production", settings=Settings(), ids=_IDS, locate=_nowhere)
    return SubjectV1(tenant=KeyedTenant(subject.tenant, environment), clock=clock)


def _nowhere(_path: Path) -> Source:
    return Source(file="reconciler.yaml")


def v1_over_a_socket(running: ExitStack) -> Subject:
    clock = VirtualClock()  # the socket is real, but time is not
    return _v1(running, running.enter_context(serve(_sandbox_v1(clock))), clock)


def _v1(
    running: ExitStack,
    origin: str,
    clock: VirtualClock,
    network: httpx.BaseTransport | None = None,
) -> Subject:
    connection = connect_v1(
        _access_v1(origin),
        permission=Permission.WRITE,
        limits=_LIMITS,
        clock=clock,
        observer=SILENT,
        user_agent="tests",
        transport=network,
    )
    return SubjectV1(tenant=running.enter_context(connection), clock=clock)


def v2_in_process(running: ExitStack, **settings: Any) -> SubjectV2:
    clock = _clock()
    sandbox = _sandbox_v2(clock, **settings)
    return _v2(running, ORIGIN, sandbox, clock, transport(sandbox))


def v2_with_capped_pages(running: ExitStack) -> SubjectV2:
    return v2_in_process(running, page_cap=1)


def v2_over_a_socket(running: ExitStack) -> SubjectV2:
    clock = VirtualClock()
    sandbox = _sandbox_v2(clock)
    return _v2(running, running.enter_context(serve(sandbox)), sandbox, clock)


def _v2(
    running: ExitStack,
    origin: str,
    sandbox: SandboxV2,
    clock: VirtualClock,
    network: httpx.BaseTransport | None = None,
) -> SubjectV2:
    connection = connect_v2(
        _access_v2(origin, sandbox),
        project=_PROJECT,
        permission=Permission.WRITE,
        limits=_LIMITS,
        clock=clock,
        observer=SILENT,
        user_agent="tests",
        transport=network,
    )
    return SubjectV2(tenant=running.enter_context(connection), clock=clock, sandbox=sandbox)


V1 = (fake, v1_in_process, v1_with_capped_pages, v1_with_other_ids, v1_over_a_socket)
V2 = (v2_in_process, v2_with_capped_pages, v2_over_a_socket)

_PROJECT = Project(DesiredState(), settings=Settings(flow=FLOW), api=COGNIGY_V2)


def _clock() -> VirtualClock:
    clock = VirtualClock()
    clock.advance(1000)
    return clock


def _access_v1(origin: str) -> TenantAccess:
    return TenantAccess(
        endpoint=Endpoint(origin=origin, bot_id=BOT),
        client_id="sandbox",
        client_secret=Secret("sandbox-secret"),
    )


def _access_v2(origin: str, sandbox: SandboxV2) -> ProjectAccess:
    endpoint = Endpoint(origin=origin, bot_id=sandbox.project_id)
    return ProjectAccess(endpoint=endpoint, api_key=Secret(EDITOR.api_key))


def _sandbox_v1(clock: Clock, *, corpus: Corpus = CORPUS, **settings: Any) -> SandboxV1:
    chosen = SettingsV1(
        training_seconds=TRAINING,
        window_seconds=WINDOW,
        traffic_per_second=5000.0,
        bot_id=BOT,
        requests_per_minute=100_000,
        **settings,
    )
    return SandboxV1(clock=clock, settings=chosen, store=MemoryStore(), corpus=corpus)


def _sandbox_v2(clock: Clock, **settings: Any) -> SandboxV2:
    """One flow without a slot filler, and for each slot a playbook that says what users say."""
    playbooks = [
        {
            "name": slot_id,
            "steps": [
                {
                    "text": said,
                    "asserts": [
                        {
                            "type": "assertContext",
                            "params": {"data": {slot_id: said}, "partial": True},
                        }
                    ],
                }
                for said in values
            ],
        }
        for slot_id, values in HEARD.items()
    ]
    bot = {
        "project": "Shop",
        "locales": [{"name": "English", "nluLanguage": "en-US", "primary": True}],
        "flows": [{"name": FLOW}],
        "playbooks": playbooks,
    }
    return SandboxV2(clock=clock, settings=SettingsV2(requests=100_000, **settings), bot=bot)
