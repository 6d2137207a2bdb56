"""A fleet as its files declare it: each target with its place, and nothing checked yet that takes
more than one of them to see."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from reconciler.model.fleet import Fleet, FleetDrift, FleetLimits, FleetRollout, Target
from reconciler.model.problem import Source
from reconciler.model.state import Locator


@dataclass(frozen=True, kw_only=True)
class DeclaredTarget:
    """A target, and `locate` for the places of what the files say about it: of a key that
    applies to the target, and of the name of its environment for ()."""

    target: Target
    locate: Locator

    def where(self, *path: str | int) -> Source:
        """The place of `path` within the target."""
        return self.locate(path)


@dataclass(frozen=True, kw_only=True)
class DeclaredFleet:
    """The targets in the order of the files, of which two may have the same name, and the settings
    of the fleet. `locate` finds a path in fleet.yaml.

    If it is not `is_whole`, something that the files declare could not be read, so that nothing can
    be concluded from what is missing.
    """

    targets: tuple[DeclaredTarget, ...] = ()
    rollout: FleetRollout = field(default_factory=FleetRollout)
    limits: FleetLimits = field(default_factory=FleetLimits)
    drift: FleetDrift = field(default_factory=FleetDrift)
    locate: Locator
    is_whole: bool = True

    def where(self, *path: str | int) -> Source:
        """The place of `path` in fleet.yaml."""
        return self.locate(path)

    @cached_property
    def fleet(self) -> Fleet:
        """The fleet, not to be used while there are errors."""
        return Fleet(
            targets=tuple(each.target for each in self.targets),
            rollout=self.rollout,
            limits=self.limits,
            drift=self.drift,
        )
