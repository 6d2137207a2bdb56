"""The APIs that a seed may draw, and what is different about each."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.adapters.cognigy.v1 import tenant as v1_adapter
from reconciler.adapters.cognigy.v2 import tenant as v2_adapter
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.ports import Tenant
from tests.simulation.scenario import Scenario
from tests.simulation.tenant import ModelTenant
from tests.simulation.trace import Trace
from tests.simulation.v1 import scenario as v1_scenario
from tests.simulation.v1.tenant import ModelBot
from tests.simulation.v2 import scenario as v2_scenario
from tests.simulation.v2.tenant import ModelProject
from tests.support.clock import VirtualClock

SECRET = Secret("simulated-secret")


class MakeTenant(Protocol):
    def __call__(
        self, scenario: Scenario, /, *, clock: VirtualClock, trace: Trace
    ) -> ModelTenant: ...


class Connect(Protocol):
    def __call__(
        self, endpoint: Endpoint, project: Project, /, **rest: Any
    ) -> AbstractContextManager[Tenant]: ...


@dataclass(frozen=True)
class Subject:
    """An API: where its tenant is, what a seed draws, the model of its tenant, and our adapter."""

    origin: str
    draw: Callable[[int], Scenario]
    tenant: MakeTenant
    connect: Connect


def _connect_v1(
    endpoint: Endpoint, _project: Project, /, **rest: Any
) -> AbstractContextManager[Tenant]:
    access = TenantAccess(endpoint=endpoint, client_id="simulation", client_secret=SECRET)
    return v1_adapter.connect(access, **rest)


def _connect_v2(
    endpoint: Endpoint, project: Project, /, **rest: Any
) -> AbstractContextManager[Tenant]:
    access = ProjectAccess(endpoint=endpoint, api_key=SECRET)
    return v2_adapter.connect(access, project=project, **rest)


SUBJECTS: Mapping[str, Subject] = {
    "cognigy-v1": Subject(
        origin="https://acme.cognigy.com",
        draw=v1_scenario.draw,
        tenant=ModelBot,
        connect=_connect_v1,
    ),
    "cognigy-v2": Subject(
        origin="https://api-acme.cognigy.cloud",
        draw=v2_scenario.draw,
        tenant=ModelProject,
        connect=_connect_v2,
    ),
}
"""By the name of the API in `reconciler.yaml`."""


def draw_api(seed: int) -> str:
    """The API that this seed draws."""
    return random.Random(f"api {seed}").choice(list(SUBJECTS))
