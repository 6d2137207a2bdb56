"""The APIs that a seed may draw, and what runs a seed over each of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from tests.simulation import convergence, scenario, world
from tests.simulation.trace import Trace
from tests.simulation.v2 import convergence as v2_convergence
from tests.simulation.v2 import scenario as v2_scenario
from tests.simulation.v2 import world as v2_world


class Subject(Protocol):
    """One seed over one API."""

    jitter: str
    """What seeds the global random state while it runs."""

    def __init__(self, seed: int, folder: Path) -> None:
        """Draw the seed; its ledgers will be in `folder`."""

    @property
    def drawn(self) -> str:
        """What the seed drew, for a reader."""

    @property
    def trace(self) -> Trace:
        """What has happened so far."""

    def run(self) -> None:
        """Run it from start to end. Raises Violation."""


class _Over:
    _world: world.World | v2_world.World

    @property
    def drawn(self) -> str:
        return str(self._world.scenario)

    @property
    def trace(self) -> Trace:
        return self._world.trace


class OverV1(_Over):
    """A bot's slots over version 1."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.jitter = f"jitter {seed}"
        self._twin = folder / "twin"
        self._twin.mkdir()
        self._world: world.World = world.World(scenario.draw(seed), folder)

    def run(self) -> None:
        for disturbance in self._world.scenario.runs:
            self._world.endure(disturbance)
        convergence.converge(self._world)
        convergence.require_as_undisturbed(self._world, self._twin)


class OverV2(_Over):
    """A project's slot fillers over version 2."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.jitter = f"v2 jitter {seed}"
        self._world: v2_world.World = v2_world.World(v2_scenario.draw(seed), folder)

    def run(self) -> None:
        for disturbance in self._world.scenario.runs:
            self._world.apply(disturbance)
        v2_convergence.converge(self._world)


SUBJECTS: Mapping[str, type[Subject]] = {"cognigy-v1": OverV1, "cognigy-v2": OverV2}
"""By the name of the API in `reconciler.yaml`."""


def draw_api(seed: int) -> str:
    """The API that this seed draws."""
    return random.Random(f"api {seed}").choice(list(SUBJECTS))
