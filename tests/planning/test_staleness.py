"""Whether a saved plan still holds."""

from __future__ import annotations

import pytest

from reconciler.errors import StalePlanError
from reconciler.model.endpoint import Endpoint
from reconciler.planning.staleness import require_current, require_same_origin
from tests.support.build import ENDPOINT, live, plan, slot


def test_a_plan_for_the_same_endpoint_by_the_same_major_holds() -> None:
    made = plan([slot("a")])
    require_same_origin(made, environment=None, endpoint=ENDPOINT, tool_major="1")
    require_current(made, plan([slot("a")]))


@pytest.mark.parametrize(
    ("endpoint", "tool_major", "message"),
    [
        (
            Endpoint(origin="https://other.cognigy.com", bot_id="bot_1"),
            "1",
            "https://other.cognigy",
        ),
        (Endpoint(origin=ENDPOINT.origin, bot_id="bot_2"), "1", "bot_2"),
        (Endpoint(origin=ENDPOINT.origin), "1", "(none)"),
        (ENDPOINT, "2", "version 1.2.3"),
    ],
)
def test_a_plan_for_another_endpoint_or_by_another_major_is_refused(
    endpoint: Endpoint, tool_major: str, message: str
) -> None:
    with pytest.raises(StalePlanError) as caught:
        require_same_origin(
            plan([slot("a")]), environment=None, endpoint=endpoint, tool_major=tool_major
        )
    assert message in caught.value.message
    assert caught.value.exit_code == 4


def test_a_plan_for_another_project_names_the_variable_of_projects() -> None:
    project = Endpoint(origin=ENDPOINT.origin, bot_id="other", kind="project")
    with pytest.raises(StalePlanError, match="for the project bot_1, but the conf") as caught:
        require_same_origin(plan([slot("a")]), environment=None, endpoint=project, tool_major="1")
    assert caught.value.hint == "Check COGNIGY_PROJECT_ID, or make a new plan."
    elsewhere = project.model_copy(update={"origin": "https://api-other.cognigy.ai"})
    with pytest.raises(StalePlanError) as caught:
        require_same_origin(plan([slot("a")]), environment=None, endpoint=elsewhere, tool_major="1")
    assert caught.value.hint == "Check COGNIGY_BASE_URL, or make a new plan."


@pytest.mark.parametrize(
    ("made_for", "applied_for", "message"),
    [
        ("staging", "production", "made for staging, but would be applied for production"),
        ("staging", None, "made for staging, but would be applied without an environment"),
        (None, "staging", "made without an environment, but would be applied for staging"),
    ],
)
def test_a_plan_for_another_environment_is_refused(
    made_for: str | None, applied_for: str | None, message: str
) -> None:
    made = plan([slot("a")]).model_copy(update={"environment": made_for})
    with pytest.raises(StalePlanError, match=message):
        require_same_origin(made, environment=applied_for, endpoint=ENDPOINT, tool_major="1")


def test_changed_files_make_a_plan_stale() -> None:
    with pytest.raises(StalePlanError, match="the slot files have changed"):
        require_current(plan([slot("a")]), plan([slot("a", type="x")]))


def test_a_changed_tenant_makes_a_plan_stale_and_the_slots_are_named() -> None:
    desired = [slot("a"), slot("b"), slot("c")]
    saved = plan(desired, [live("a", type="x"), live("b", type="x")])
    fresh = plan(desired, [live("a", type="x"), live("b", type="y"), live("c")])
    with pytest.raises(StalePlanError, match=r"the tenant has changed .*\(b, c\)"):
        require_current(saved, fresh)


def test_a_change_in_the_tenant_outside_the_plan_does_not_matter() -> None:
    require_current(plan([slot("a")]), plan([slot("a")], [live("theirs")]))


def test_if_the_whole_tenant_has_changed_a_few_slots_are_named_and_the_others_counted() -> None:
    desired = [slot(f"slot_{number:03}") for number in range(500)]
    with pytest.raises(StalePlanError, match=r"\(slot_000, .*, slot_011 and 488 more\)"):
        require_current(plan(desired), plan(desired, map(live, (each.slot_id for each in desired))))
