from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.errors import ConfigurationError, UnmeasurableError
from reconciler.model.change import Action, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import GatePolicy, Metric, PlaybookPolicy, SlotMetric
from reconciler.model.ledger import History
from reconciler.model.project import Project
from reconciler.model.settings import Limits, Rollout, Settings
from reconciler.model.state import DesiredState
from reconciler.operations.run_policy import require_bot, require_measurable, run_policy_for
from tests.support.build import ENDPOINT, absent, slot

SETTINGS = Settings(
    gate=GatePolicy(min_success_rate=0.7),
    rollout=Rollout(batch="wave", on_failure="halt"),
    limits=Limits(max_attempts=3),
)
PROJECT = Project(
    DesiredState([slot("a", protect=True), slot("b"), absent("c", protect=True), slot("d")]),
    SETTINGS,
    api=COGNIGY_V1,
)
NO_BOT = Endpoint(origin=ENDPOINT.origin)


def change(action: Action = Action.UPDATE, *, trigger_retrain: bool = True) -> Change:
    return Change(slot_id="a", name="a", action=action, wave=0, trigger_retrain=trigger_retrain)


def test_the_policy_of_a_run_comes_from_the_files() -> None:
    policy = run_policy_for(PROJECT, ENDPOINT, history=History(), judged=False)
    assert policy.endpoint == ENDPOINT
    assert policy.gates == PROJECT.gates
    assert policy.default_gate == SETTINGS.gate
    assert policy.rollout == SETTINGS.rollout
    assert policy.max_attempts == 3
    assert not policy.judged
    assert policy.protected == {"a", "c"}


@pytest.mark.parametrize(
    ("known", "lifted"),
    [
        ((), set()),
        (("a",), set()),
        (("b",), {"b"}),
        (("gone",), set()),
        (("a", "b", "d"), {"b", "d"}),
    ],
)
def test_only_a_file_that_no_longer_protects_lifts_a_protection(
    known: Iterable[str], lifted: set[str]
) -> None:
    history = History(protected=frozenset(known))
    policy = run_policy_for(PROJECT, ENDPOINT, history=history, judged=True)
    assert policy.unprotected == lifted


def test_a_gate_needs_a_bot() -> None:
    policy = run_policy_for(PROJECT, NO_BOT, history=History(), judged=True)
    ungated = [change(Action.DELETE), change(trigger_retrain=False)]
    require_bot(policy, ungated)
    with pytest.raises(ConfigurationError, match="COGNIGY_BOT_ID") as caught:
        require_bot(policy, [*ungated, change()])
    assert "--no-gate --reason" in caught.value.hint


def test_without_a_gate_or_with_a_bot_none_is_missing() -> None:
    require_bot(run_policy_for(PROJECT, NO_BOT, history=History(), judged=False), [change()])
    require_bot(run_policy_for(PROJECT, ENDPOINT, history=History(), judged=True), [change()])


def test_a_gate_that_can_never_judge_is_refused_with_its_slots() -> None:
    class Tenant:
        def reason_unmeasurable(self, metric: Metric) -> str:
            return "" if isinstance(metric, SlotMetric) else "no playbook is named."

    suite = Project(PROJECT.desired, Settings(gate=PlaybookPolicy()), api=COGNIGY_V2)
    policy = run_policy_for(suite, ENDPOINT, history=History(), judged=True)
    tenant: Any = Tenant()
    with pytest.raises(UnmeasurableError, match="No gate can judge a: no playbook") as caught:
        require_measurable(policy, [change()], tenant)
    assert caught.value.exit_code == 4
    assert "--no-gate" in caught.value.hint
    unjudged = run_policy_for(suite, ENDPOINT, history=History(), judged=False)
    require_measurable(unjudged, [change()], tenant)
    require_measurable(
        run_policy_for(PROJECT, ENDPOINT, history=History(), judged=True), [change()], tenant
    )


def test_each_gate_that_can_never_judge_has_a_line_of_its_own() -> None:
    class Tenant:
        def reason_unmeasurable(self, metric: Metric) -> str:
            return f"no playbook for {metric}."

    policy = run_policy_for(PROJECT, ENDPOINT, history=History(), judged=True)
    other = Change(slot_id="b", name="b", action=Action.UPDATE, wave=0, trigger_retrain=True)
    tenant: Any = Tenant()
    with pytest.raises(UnmeasurableError) as caught:
        require_measurable(policy, [change(), other], tenant)
    assert len(caught.value.lines) == 3
    assert not any("\n" in line for line in caught.value.lines)
