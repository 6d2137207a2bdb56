"""A project: the gate of each slot, from the settings and from its file."""

from __future__ import annotations

from dataclasses import replace

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.gate import GateOverride, GatePolicy
from reconciler.model.project import Project
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState
from tests.support.build import absent, slot


def test_a_file_overrides_the_settings_field_by_field() -> None:
    policy = GatePolicy(min_success_rate=0.9, max_drop=0.1)
    override = GateOverride(max_drop=0, enabled=False, watch=("slot_b",))
    desired = DesiredState([replace(slot("a"), gate=override), slot("b"), absent("c")])
    gates = Project(desired, Settings(gate=policy), api=COGNIGY_V1).gates
    assert gates["a"].policy == policy.model_copy(update={"max_drop": 0, "enabled": False})
    assert gates["a"].watch == ("slot_b",)
    assert gates["b"].policy == gates["c"].policy == policy
    assert gates["b"].watch == ()
