"""One project in two environments, `production` promoted from `staging`: two tenants, one clock and
one ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.drift import DriftReport
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Environment
from reconciler.model.plan import Plan, Selection
from reconciler.model.problem import NOWHERE, Source
from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.model.state import Path as Step
from reconciler.operations.drift import DriftRequest, drift
from reconciler.operations.plan import plan
from reconciler.planning.environments import in_environment
from tests.support.clock import VirtualClock
from tests.support.world import World

HOUR = 3600.0


class Deployment(World):
    """The tenant of one environment, and runs against it."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        environments: Mapping[str, Mapping[str, Any]],
        clock: VirtualClock,
        **fields: Any,
    ) -> None:
        here = Endpoint(origin=f"https://{name}.cognigy.com", bot_id=f"bot_{name}")
        super().__init__(folder, endpoint=here, clock=clock, **fields)
        self.name = name
        self._environments = environments

    def project(self, *desired: DesiredSlot) -> Project:
        """The project of these slots, in this environment."""
        declared = {
            name: Environment(
                name=name,
                settings=self.settings,
                locate=nowhere,
                **{**fields, "overridden": DesiredState(fields.get("overridden", ()))},
            )
            for name, fields in self._environments.items()
        }
        project = Project(
            DesiredState(desired), self.settings, api=COGNIGY_V1, environments=declared
        )
        return in_environment(project, self.name)

    def planned(self, *desired: DesiredSlot, prune: bool = False) -> Plan:
        """A plan as a person makes it, with what the ledger says."""
        return plan(self.project(*desired), self.services, selection=Selection(prune=prune))

    def looked_at(self, *desired: DesiredSlot) -> DriftReport:
        """What `drift --metrics` finds, and records."""
        return drift(self.project(*desired), self.services, DriftRequest(metrics=True))


class Deployments:
    """Both environments. `soak_hours` is production's, and `overridden` the slots that it has of
    its own."""

    def __init__(
        self,
        folder: Path,
        *,
        staging: Iterable[Mapping[str, Any]] = (),
        production: Iterable[Mapping[str, Any]] = (),
        soak_hours: float = 0,
        overridden: Iterable[DesiredSlot] = (),
        **fields: Any,
    ) -> None:
        environments: dict[str, dict[str, Any]] = {
            "staging": {},
            "production": {
                "promote_from": "staging",
                "soak_hours": soak_hours,
                "overridden": tuple(overridden),
            },
        }
        self.clock = VirtualClock()
        self.staging, self.production = (
            Deployment(
                folder,
                name=name,
                environments=environments,
                clock=self.clock,
                live=live,
                **fields,
            )
            for name, live in (("staging", staging), ("production", production))
        )

    def wait(self, *, hours: float) -> None:
        """Let time pass."""
        self.clock.advance(hours * HOUR)


def nowhere(_path: Step) -> Source:
    """The place of anything in settings that are in no file."""
    return NOWHERE
