"""The gate of version 2 in a file: playbooks, and the share of their asserts that must pass."""

from __future__ import annotations

from collections import Counter

from pydantic import Field, field_validator

from reconciler.adapters.manifests.documents import shared
from reconciler.adapters.manifests.documents.shared import Text
from reconciler.model.base import Frozen
from reconciler.model.gate import PlaybookOverride, PlaybookPolicy

DEFAULT_POLICY = PlaybookPolicy()
_NO_OVERRIDE = PlaybookOverride()


class GateDocument(Frozen):
    """When a change may stand: playbooks run on the slot's flow, and their asserts are counted."""

    playbooks: tuple[Text, ...] | None = Field(
        default=None, description="Names of the playbooks that judge a change."
    )
    min_pass_rate: shared.Fraction | None = Field(
        default=None,
        description="Fraction of the asserts; below it the gate fails, unless the baseline was "
        "below it already.",
    )
    max_drop: shared.Fraction | None = Field(
        default=None, description="Fraction; the most that the rate may fall from the baseline."
    )
    enabled: bool | None = Field(
        default=None, description="Whether playbooks judge a change at all."
    )
    timeout_seconds: shared.Seconds | None = Field(
        default=None, description="Seconds until a playbook that still runs is inconclusive."
    )
    poll_interval_seconds: shared.Interval | None = Field(
        default=None, description="Seconds between two looks at a run."
    )
    locales: tuple[Text, ...] | None = Field(
        default=None,
        description="Names of the locales to run the playbooks in; if empty, the primary one.",
    )

    @field_validator("playbooks")
    @classmethod
    def _require_each_once(cls, playbooks: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Twice run, the asserts of one would count twice, and its context lives on."""
        repeated = [name for name, times in Counter(playbooks or ()).items() if times > 1]
        if repeated:
            raise ValueError(f"the playbook {repeated[0]!r} is listed twice; list it once")
        return playbooks

    def to_override(self) -> PlaybookOverride:
        """The fields that this document sets."""
        if not self.model_fields_set:
            return _NO_OVERRIDE
        fields = self.model_dump()
        return PlaybookOverride(min_success_rate=fields.pop("min_pass_rate"), **fields)


def gate_defaults() -> GateDocument:
    """The policy of a project that says nothing about its gate."""
    fields = DEFAULT_POLICY.model_dump(include={*GateDocument.model_fields})
    return GateDocument(min_pass_rate=DEFAULT_POLICY.min_success_rate, **fields)
