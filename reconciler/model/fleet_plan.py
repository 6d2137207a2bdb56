"""The plan of a fleet, as it is reviewed and then applied."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.fleet_run import FleetReport, Group


class FleetPlan(Frozen):
    """What an apply of the same files may do: in each target the plan with this digest, by the
    target's name, and nothing in any other target.

    `bundle` is the digest of the files and `selection` the selector that chose the targets, "" for
    all. `groups` have a plan to look at for each set of targets with identical changes.
    """

    bundle: str
    commit: str | None = None
    tool_version: str
    selection: str = ""
    digests: Mapping[str, str] = Field(default_factory=dict)
    groups: tuple[Group, ...] = ()

    @classmethod
    def of(cls, report: FleetReport, *, selection: str, tool_version: str) -> FleetPlan:
        """The plan that this run made; targets that could not be planned are not in it."""
        return cls(
            bundle=report.bundle,
            commit=report.commit,
            tool_version=tool_version,
            selection=selection,
            digests={each.name: each.digest for each in report.results if each.digest},
            groups=report.groups,
        )
