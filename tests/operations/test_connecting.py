"""Connections to a tenant, whatever its API."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.api import Api
from reconciler.model.endpoint import Endpoint
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.model.state import DesiredState
from reconciler.operations.connecting import connect_by, connect_when_called
from reconciler.ports import SILENT, Permission
from tests.support.clock import VirtualClock

ORIGIN = "https://acme.cognigy.com"
OF_V1 = TenantAccess(
    endpoint=Endpoint(origin=ORIGIN, bot_id="bot_1"),
    client_id="client",
    client_secret=Secret("secret"),
)
OF_V2 = ProjectAccess(
    endpoint=Endpoint(origin=ORIGIN, bot_id="a" * 24, kind="project"), api_key=Secret("key")
)


@pytest.mark.parametrize(
    ("access", "api"), [(OF_V1, COGNIGY_V1), (OF_V2, COGNIGY_V2)], ids=["v1", "v2"]
)
def test_connections_share_the_rates_that_they_are_given(
    access: TenantAccess | ProjectAccess, api: Api
) -> None:
    clock, rates = VirtualClock(), Rates()
    project = Project(DesiredState(), api=api)
    first = connect_by(access, clock=clock, observer=SILENT, rates=rates)
    second = connect_when_called(lambda _: access, clock=clock, observer=SILENT, rates=rates)
    with first(project, permission=Permission.READ), second(project, permission=Permission.READ):
        assert rates.origins == (ORIGIN,)
