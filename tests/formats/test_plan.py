"""The JSON of a plan, printed and parsed; one that was damaged or edited is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from reconciler.errors import DocumentError, PlanFileError
from reconciler.formats.plan import parsed_plan, plan_json
from reconciler.model.endpoint import Endpoint
from reconciler.model.failure import Failure
from reconciler.model.plan import Plan
from tests.reports import golden
from tests.reports.examples import PLAN, REJECTED
from tests.support.build import absent, live, plan, slot
from tests.support.values import PLANS

MADE = plan(
    [slot("a", "b"), slot("b", patterns=("^b$",), trigger_retrain=False), absent("old")],
    [live("b", unmodelled=("hue",)), live("old"), live("theirs")],
)
Edit = Callable[[dict[str, Any]], object]


def document(edit: Edit = lambda _: None, *, made: Plan = MADE) -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(plan_json(made))
    edit(printed)
    return printed


def refused(edit: Edit) -> str:
    with pytest.raises(PlanFileError) as caught:
        parsed_plan(document(edit), source="plan.json")
    assert caught.value.hint
    assert caught.value.message.startswith("plan.json ")
    return caught.value.message


@given(PLANS)
def test_a_plan_survives_a_round_trip_with_its_digest(made: Plan) -> None:
    again = parsed_plan(json.loads(plan_json(made)), source="plan.json")
    assert again == made
    assert isinstance(again, Plan)
    assert again.digest == made.digest


def test_a_plan_as_json() -> None:
    golden.check("plan.json", plan_json(PLAN))


def test_a_plan_has_the_documented_keys() -> None:
    document = json.loads(plan_json(PLAN))
    assert document["format_version"] == "1.0"
    assert document["digest"] == PLAN.digest
    assert document["target"] == {
        "origin": "https://acme.cognigy.com",
        "bot_id": "bot_1",
        "kind": "bot",
    }
    assert (
        document["summary"].items()
        >= {
            "create": 1,
            "update": 2,
            "delete": 2,
            "unchanged": 1,
            "unmanaged": 1,
        }.items()
    )
    assert document["unmanaged"] == ["slot_theirs"]
    assert all(isinstance(each, str) for each in document["warnings"])
    for change in document["changes"]:
        assert change.keys() >= {"slot_id", "name", "action", "wave", "depends_on", "fields"}
        assert all(each.keys() == {"field", "before", "after"} for each in change["fields"])
    assert [each["action"] for each in document["changes"]] == [
        "update",
        "update",
        "create",
        "delete",
        "delete",
    ]


def test_a_plan_contains_no_time() -> None:
    assert plan_json(PLAN) == plan_json(PLAN.model_copy())
    assert "T09" not in plan_json(PLAN)


def test_a_lone_surrogate_is_printed_as_its_escape() -> None:
    made = plan([slot("a", patterns=("\ud800ä",), type="list")])
    text = plan_json(made)
    assert "ä" in text
    text.encode()
    assert json.loads(text)["changes"][0]["after"]["patterns"] == ["\ud800ä"]


def test_a_plan_counts_skipped_changes_separately_and_keeps_its_digest() -> None:
    document = json.loads(plan_json(REJECTED))
    assert (document["summary"]["update"], document["summary"]["skipped"]) == (1, 1)
    assert document["digest"] == PLAN.digest
    assert len(document["changes"]) == len(PLAN.changes)
    assert document["rejected"][0]["slot_id"] == "slot_quiet"
    assert REJECTED.retrying(run_id="now").summary == PLAN.summary


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in a JSON document that are neither objects nor lists."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [each for key, item in items for each in leaves(item, (*path, key))] or [path]


COVERED = ("target", "scope", "desired_digest", "changes")
LEAVES = [each for each in leaves(document()) if each[0] in COVERED]


@pytest.mark.parametrize("path", LEAVES, ids=lambda each: ".".join(map(str, each)))
def test_an_edited_value_is_refused(path: tuple[Any, ...]) -> None:
    def edit(document: dict[str, Any]) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        place[path[-1]] = not value if isinstance(value, bool) else f"{value}x"

    assert "damaged" in refused(edit)


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: document["changes"].reverse(),
        lambda document: document["changes"].pop(),
        lambda document: document["changes"].append(document["changes"][0]),
        lambda document: document["changes"][0]["after"]["patterns"].append("x"),
        lambda document: document["changes"][0].pop("trigger_retrain"),
        lambda document: document["changes"][0].update(wave=7),
        lambda document: document.update(digest="sha256:0"),
        lambda document: document.update(digest=None),
        lambda document: document.update(tool_version="2.0.0"),
    ],
)
def test_changes_cannot_be_moved_added_or_dropped(edit: Edit) -> None:
    assert "damaged" in refused(edit)


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_that_json_does_not_have_is_refused(number: float) -> None:
    def edit(document: dict[str, Any]) -> None:
        changed = next(each for each in document["changes"] if each["fields"])
        changed["fields"][0]["after"] = number

    assert "damaged" in refused(edit)


@pytest.mark.parametrize(
    "key", ["target", "tool_version", "desired_digest", "summary", "digest", "changes"]
)
def test_a_document_that_lacks_a_key_is_refused(key: str) -> None:
    assert "damaged" in refused(lambda document: document.pop(key))


@pytest.mark.parametrize("value", [None, "0", 1.5, True, {}])
def test_values_that_no_plan_contains_are_refused(value: object) -> None:
    assert "damaged" in refused(lambda document: document["changes"][0].update(wave=value))


def test_a_document_that_is_not_a_plan_is_reported_as_such() -> None:
    with pytest.raises(PlanFileError, match=r"^plan\.json is not a plan file"):
        parsed_plan({"a": 1}, source="plan.json")


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0", "", None, 1, ["1.0"]])
def test_an_unknown_major_version_is_refused(version: object) -> None:
    assert "1.x" in refused(lambda document: document.update(format_version=version))


def test_an_origin_in_an_older_versions_spelling_is_accepted() -> None:
    made = plan([slot("a")], [])
    spelled = Endpoint.model_construct(origin="HTTPS://Acme.cognigy.com:443", bot_id="bot_1")
    printed = plan_json(made.model_copy(update={"endpoint": spelled}))
    assert "HTTPS://Acme" in printed
    read = parsed_plan(json.loads(printed), source="plan.json")
    assert isinstance(read, Plan)
    assert read.endpoint == made.endpoint
    assert read.digest == made.digest


def test_a_newer_minor_version_may_have_unknown_keys() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["format_version"] = "1.7"
        for place in (document, document["summary"], document["changes"][0], document["target"]):
            place["new_in_1_7"] = {"a": [1]}
        document["changes"][0]["before"]["new_in_1_7"] = 1
        document["changes"][1]["fields"][0]["new_in_1_7"] = 1

    assert parsed_plan(document(edit), source="plan.json") == MADE


def test_a_failed_plan_is_distinguished_from_a_plan() -> None:
    failed = {"format_version": "1.0", "error": {"message": "m", "hint": "h"}}
    assert parsed_plan(failed, source="plan.json") == Failure(message="m", hint="h")
    with pytest.raises(DocumentError, match="is not the result that was expected"):
        parsed_plan({**failed, "error": 7}, source="plan.json")


def test_the_estimate_survives_a_saved_plan_and_is_not_part_of_the_digest() -> None:
    made = PLAN.model_copy(update={"estimated_seconds": 16.2})
    assert made.digest == PLAN.digest
    assert parsed_plan(json.loads(plan_json(made)), source="plan.json") == made


@pytest.mark.parametrize("name", ["Staging", "a b", "`x`", "", "a" * 33])
def test_an_environment_has_a_name_that_needs_no_escaping(name: str) -> None:
    document = json.loads(plan_json(PLAN))
    with pytest.raises(PlanFileError, match="is damaged"):
        parsed_plan({**document, "environment": name}, source="plan.json")
