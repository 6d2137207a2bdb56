"""Services built from the environment report waits to their observer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.event import RateLimited
from reconciler.model.project import Project
from reconciler.model.settings import Limits, Settings
from reconciler.model.state import DesiredState
from reconciler.operations.drift import drift
from reconciler.operations.plan import plan
from reconciler.operations.pull import PullListener, PullSlotsRequest, pull
from reconciler.operations.services import (
    run_ids,
    services_for_changing,
    services_for_reading,
    tenant_connection,
)
from reconciler.operations.watch import services_of_passes
from reconciler.sandbox.app import serve
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder
from tests.support.world import CORPUS, FRUIT, desired_slot, document

ONE_A_MINUTE = Limits(requests_per_minute=1)
PROJECT = Project(
    DesiredState([desired_slot(FRUIT)]), Settings(limits=ONE_A_MINUTE), api=COGNIGY_V1
)


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualClock]:
    """The clock of the tenant in the environment, and of its client."""
    clock = VirtualClock()
    store = MemoryStore()
    store.put(document(FRUIT))
    tenant = SandboxTenant(
        clock=clock, settings=SandboxSettings(bot_id="bot_1"), store=store, corpus=CORPUS
    )
    monkeypatch.chdir(tmp_path)
    with serve(tenant) as url:
        monkeypatch.setenv("COGNIGY_BASE_URL", url)
        monkeypatch.setenv("COGNIGY_CLIENT_ID", "sandbox")
        monkeypatch.setenv("COGNIGY_CLIENT_SECRET", "sandbox-secret")
        monkeypatch.setenv("COGNIGY_BOT_ID", "bot_1")
        yield clock


def test_a_plan_that_waits_for_the_rate_says_so(clock: VirtualClock) -> None:
    recorder = Recorder()
    plan(PROJECT, services_for_reading(PROJECT, clock=clock, observer=recorder))
    assert recorder.of(RateLimited)


def test_a_drift_check_that_waits_for_the_rate_says_so(clock: VirtualClock) -> None:
    recorder = Recorder()
    drift(PROJECT, services_for_changing(PROJECT, clock=clock, observer=recorder))
    assert recorder.of(RateLimited)


def test_one_pass_after_the_other_keeps_to_the_rate_of_all(clock: VirtualClock) -> None:
    recorder = Recorder()
    project = replace(PROJECT, settings=Settings(limits=Limits(requests_per_minute=5)))
    services = services_of_passes(clock=clock, observer=recorder)
    drift(project, services(project))
    assert recorder.of(RateLimited) == []
    drift(project, services(project))
    assert recorder.of(RateLimited)


def test_a_pull_that_waits_for_the_rate_says_so(clock: VirtualClock, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    slots.mkdir()
    (slots / "reconciler.yaml").write_text("limits: {requests_per_minute: 1}\n", encoding="utf-8")
    recorder = Recorder()
    connect = tenant_connection(clock=clock, observer=recorder)
    pull(PullSlotsRequest(slots=slots), connect, listener=PullListener())
    assert recorder.of(RateLimited)


def test_run_ids_sort_by_time_and_those_of_one_second_are_unique() -> None:
    clock = VirtualClock()
    new_run_id = run_ids(clock=clock)
    first = {new_run_id() for _ in range(20_000)}
    assert len(first) == 20_000
    clock.advance(1.0)
    assert new_run_id() > max(first)
