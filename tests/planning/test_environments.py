"""A project in one of its environments, and what can be wrong with them."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.errors import Refusal
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Environment, Expectation
from reconciler.model.problem import Problem, Source
from reconciler.model.project import Project
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState, LiveState, Path
from reconciler.planning.environments import (
    IdsByName,
    environment_problems,
    ids_by_name,
    in_environment,
    is_expected,
    require_expected,
    require_expected_of_credentials,
)
from tests.support.build import absent, live, slot


def locate(path: Path) -> Source:
    return Source(file=".".join(map(str, path)))


def environment(name: str, **fields: object) -> Environment:
    return replace(Environment(name=name, settings=Settings(), locate=locate), **fields)  # type: ignore[arg-type]


def project(*slots: DesiredSlot, environments: Mapping[str, Environment]) -> Project:
    return Project(desired=DesiredState(slots), api=COGNIGY_V1, environments=environments)


def problems(environments: Mapping[str, Environment], *slot_ids: str) -> list[tuple[str, str, str]]:
    found: list[Problem] = list(
        environment_problems(environments, desired=DesiredState(map(slot, slot_ids)))
    )
    return [(each.rule, each.source.file, each.message) for each in found]


def of(*environments: Environment) -> dict[str, Environment]:
    return {each.name: each for each in environments}


def test_a_slot_that_is_not_live_is_found_by_its_name_if_one_unmanaged_slot_has_it() -> None:
    desired = [slot("here", name="n"), slot("there", name="n"), slot("new"), absent("gone")]
    found = ids_by_name(
        project(*desired, environments={}),
        LiveState([live("here", name="n"), live("id_1", name="n"), live("id_2", name="other")]),
    )
    assert found == IdsByName(found={"there": "id_1"}, ambiguous={})


def test_a_name_that_several_slots_have_on_either_side_is_ambiguous() -> None:
    for desired, live_ids in (("a", ("x", "y")), ("ab", ("x",)), ("ab", ("x", "y"))):
        found = ids_by_name(
            project(*(slot(each, name="n") for each in desired), environments={}),
            LiveState([live(each, name="n") for each in live_ids]),
        )
        assert found == IdsByName(found={}, ambiguous=dict.fromkeys(desired, live_ids))


def test_a_project_in_an_environment_has_its_settings_and_what_its_slots_say_for_it() -> None:
    other = slot("slot_a", patterns=("^T$",))
    staging = environment(
        "staging", settings=Settings(owns=("*",)), overridden=DesiredState([other])
    )
    base = project(slot("slot_a"), slot("slot_b"), environments=of(staging))
    there = in_environment(base, "staging")
    assert there.desired == {"slot_a": other, "slot_b": base.desired["slot_b"]}
    assert list(there.desired) == ["slot_a", "slot_b"]
    assert there.settings.owns == ("*",)
    assert there.environment == staging
    assert there.shared == base.desired


def test_a_project_in_an_environment_can_be_pickled() -> None:
    there = in_environment(
        project(slot("slot_a"), environments=of(environment("staging"))), "staging"
    )
    travelled: Project = pickle.loads(pickle.dumps(there))  # noqa: S301 - our own bytes
    assert travelled == there


def test_environments_without_faults_have_no_problems() -> None:
    staging = environment("staging", ids={"slot_a": "x1"})
    production = environment("production", ids={"slot_a": "slot_c"})
    assert problems(of(staging, production), "slot_a", "slot_b") == []


def test_two_slots_with_one_id_are_a_problem_where_the_id_is_written() -> None:
    twice = environment("staging", ids={"slot_a": "x1", "slot_b": "x1"})
    taken = environment("production", ids={"slot_a": "slot_b"})
    assert problems(of(twice, taken), "slot_a", "slot_b") == [
        ("environment-id", "ids.slot_a", "in staging, slot_a and slot_b both have the id x1"),
        (
            "environment-id",
            "ids.slot_a",
            "in production, slot_a and slot_b both have the id slot_b",
        ),
    ]


def test_ids_that_are_swapped_are_fine() -> None:
    swapped = environment("staging", ids={"slot_a": "slot_b", "slot_b": "slot_a"})
    assert problems(of(swapped), "slot_a", "slot_b") == []


def test_the_order_of_promotion_is_checked_where_it_is_written() -> None:
    staging = environment("staging", soak_hours=24)
    production = environment("production", promote_from="stagin")
    one, other = (
        environment("one", promote_from="other"),
        environment("other", promote_from="one"),
    )
    assert problems(of(staging, production, one, other), "slot_a") == [
        ("promotion", "soak_hours", "staging has `soak_hours`, but no `promote_from`"),
        ("promotion", "promote_from", "production is promoted from stagin, which is not declared"),
        (
            "promotion",
            "promote_from",
            "one is promoted from itself, directly or through others, so nothing could ever be "
            "planned there",
        ),
        (
            "promotion",
            "promote_from",
            "other is promoted from itself, directly or through others, so nothing could ever be "
            "planned there",
        ),
    ]
    fine = [environment("staging"), environment("production", promote_from="staging")]
    assert problems(of(*fine), "slot_a") == []


def test_an_environment_is_not_promoted_from_the_same_bot() -> None:
    here = Expectation(origin="https://acme.cognigy.com", bot_id="bot_1")
    staging = environment("staging", expect=here)
    same = environment("production", promote_from="staging", expect=here)
    other = replace(same, expect=Expectation(origin=here.origin, bot_id="bot_2"))
    assert [each[2] for each in problems(of(staging, same), "slot_a")] == [
        "production is promoted from staging, but both expect the same place"
    ]
    assert problems(of(staging, other), "slot_a") == []


def test_an_id_of_a_slot_that_no_file_describes_is_a_problem() -> None:
    found = problems(of(environment("staging", ids={"slot_x": "x1"})), "slot_a")
    assert found == [("environment-id", "ids.slot_x", "no file describes slot_x")]


def test_an_endpoint_is_expected_only_if_the_environment_says_so() -> None:
    somewhere = Endpoint(origin="https://acme.cognigy.com", bot_id="bot_1")
    for expect, is_it in (
        ({}, False),
        ({"bot_id": "bot_1"}, True),
        ({"bot_id": "bot_2"}, False),
        ({"origin": "https://ACME.cognigy.com/"}, True),
        ({"origin": "https://acme.cognigy.com", "bot_id": "bot_2"}, False),
    ):
        staging = environment("staging", expect=Expectation.model_validate(expect))
        assert is_expected(somewhere, environment=staging) is is_it


SOMEWHERE = Endpoint(origin="https://acme.cognigy.com", bot_id="bot_1")
UNEXPECTED = [
    ({"bot_id": "bot_2"}, SOMEWHERE, "its bot_id should be bot_2, but is bot_1."),
    (
        {"bot_id": "bot_2"},
        Endpoint(origin="https://acme.cognigy.com"),
        "its bot_id should be bot_2, but is not set.",
    ),
    (
        {"origin": "https://other.cognigy.com", "bot_id": "bot_1"},
        SOMEWHERE,
        "its origin should be https://other.cognigy.com, but is https://acme.cognigy.com.",
    ),
]


@pytest.mark.parametrize(("expect", "endpoint", "reason"), UNEXPECTED)
def test_variables_that_lead_elsewhere_are_refused(
    expect: dict[str, str], endpoint: Endpoint, reason: str
) -> None:
    staging = environment("staging", expect=Expectation.model_validate(expect))
    with pytest.raises(Refusal) as caught:
        require_expected(endpoint, environment=staging)
    assert caught.value.message == f"The variables do not lead to staging: {reason}"
    assert "or correct `expect` at expect." in caught.value.hint


@pytest.mark.parametrize(("expect", "endpoint", "reason"), UNEXPECTED)
def test_credentials_that_lead_elsewhere_are_refused_without_their_bot(
    expect: dict[str, str], endpoint: Endpoint, reason: str
) -> None:
    expected = Expectation.model_validate(expect)
    with pytest.raises(Refusal) as caught:
        require_expected_of_credentials(endpoint, expected=expected, name="acme")
    told = reason.replace("its ", "the ").replace("is bot_1", "is another one")
    assert caught.value.message.endswith(f"are expected to: {told}")


@pytest.mark.parametrize(
    "expect", [{}, {"bot_id": "bot_1"}, {"origin": "https://acme.cognigy.com", "bot_id": "bot_1"}]
)
def test_what_leads_to_the_expected_endpoint_is_not_refused(expect: dict[str, str]) -> None:
    expected = Expectation.model_validate(expect)
    require_expected(SOMEWHERE, environment=environment("staging", expect=expected))
    require_expected_of_credentials(SOMEWHERE, expected=expected, name="acme")
