"""The result of a run, held against its definition."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.adapters.cognigy.v2.asserts import count, outcome
from reconciler.model.gate import FailedAssert

GONE = object()


def playbook(*steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"steps": [{"text": "Hello", "asserts": asserts} for asserts in steps]}


def an_assert(kind: str = "assertText", **params: Any) -> dict[str, Any]:
    return {"_id": "1", "type": kind, "params": params}


def result(definition: dict[str, Any], *, passed: bool = False, actual: Any = None) -> Any:
    status = "successful" if passed else "failed"
    return {**definition, "_id": "other", "status": status, "actual": actual}


def failures(*asserts: dict[str, Any], results: list[Any]) -> tuple[FailedAssert, ...]:
    """Of a playbook with one step."""
    run = {"stepResults": [{"asserts": results}]}
    return outcome(playbook(list(asserts)), run, playbook="Check").failed


def failure(kind: str, *, actual: Any = None, **params: Any) -> FailedAssert:
    """Of one assert that failed."""
    one = an_assert(kind, **params)
    (failed,) = failures(one, results=[result(one, actual=actual)])
    return failed


def test_the_definition_counts() -> None:
    three = playbook([an_assert(), an_assert()], [], [an_assert()])
    assert count(three) == 3
    assert outcome(three, {"stepResults": []}, playbook="Check").asserts == 3
    assert len(outcome(three, {"stepResults": []}, playbook="Check").failed) == 3


def test_what_the_definition_lacks_does_not_count() -> None:
    one = an_assert()
    more = [result(one, passed=True), result(one)]
    assert failures(one, results=more) == ()


@pytest.mark.parametrize("odd", [None, 5, "x", {"asserts": None}, {"asserts": [None]}, {}])
def test_results_of_unknown_shape_are_asserts_that_did_not_run(odd: Any) -> None:
    (failed,) = outcome(playbook([an_assert()]), {"stepResults": [odd]}, playbook="Check").failed
    assert failed.actual == "nothing, because it did not run"


@pytest.mark.parametrize("odd", [None, {}, {"steps": None}, {"steps": [None, {"asserts": 5}]}])
def test_a_definition_of_unknown_shape_has_no_asserts(odd: Any) -> None:
    assert count(odd or {}) == 0


@pytest.mark.parametrize("status", ["SUCCESSFUL", "passed", None, True, "failed"])
def test_only_success_is_a_pass(status: object) -> None:
    one = an_assert()
    assert len(failures(one, results=[{**result(one), "status": status}])) == 1


def test_results_in_another_order_find_their_asserts() -> None:
    first, second = an_assert(text="a"), an_assert(text="b")
    results = [result(second, passed=True), result(first, actual="x")]
    (failed,) = failures(first, second, results=results)
    assert (failed.expected, failed.actual) == ("a", "x")


def test_a_result_without_parameters_is_taken_by_its_order() -> None:
    first, second = an_assert(text="a"), an_assert(text="b")
    bare = [{"type": "assertText", "status": each} for each in ("successful", "failed")]
    (failed,) = failures(first, second, results=bare)
    assert failed.expected == "b"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"text": "Hi", "fuzzy": True}, "Hi"),
        ({"text": "Hi", "negate": True}, "not Hi"),
        ({"data": {"a": 1}}, '{"a": 1}'),
        ({"text": ""}, '""'),
        ({"unknown": 1}, '{"unknown": 1}'),
        ({"text": "x" * 300}, "x" * 200 + "…"),
    ],
)
def test_what_was_expected_is_shown(params: dict[str, Any], expected: str) -> None:
    assert failure("assertAny", **params).expected == expected


@pytest.mark.parametrize(
    ("params", "actual", "shown"),
    [
        ({"data": {"a": 1}, "partial": True}, {"a": 2, "b": 3}, '{"a": 2}'),
        ({"data": {"a": 1}, "partial": False}, {"a": 2, "b": 3}, '{"a": 2, "b": 3}'),
        ({"data": {"a": 1}, "partial": True}, None, "null"),
        ({"text": "Hi"}, "Größe", "Größe"),
        ({"text": "Hi"}, "", '""'),
    ],
)
def test_what_there_was_is_shown(params: dict[str, Any], actual: Any, shown: str) -> None:
    assert failure("assertContext", actual=actual, **params).actual == shown


@pytest.mark.parametrize(
    ("kind", "params", "keys"),
    [
        ("assertContext", {"data": {"a": 1, "b": 2}}, ("a", "b")),
        ("assertContext", {"data": {"order": {"number": 1}}}, ("order", "order.number")),
        ("assertContext", {"data": {"order.number": 1}}, ("order", "order.number")),
        ("assertContext", {"data": "text"}, ()),
        ("assertContext", {}, ()),
        ("assertData", {"data": {"a": 1}}, ()),
        ("assertText", {"text": "a"}, ()),
        ("assertSlot", {"slot": "good"}, ("good",)),
        ("assertSlots", {"slot": "good"}, ("good",)),
        ("assertSlot", {"slot": 5}, ()),
    ],
)
def test_what_an_assert_names(kind: str, params: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert failure(kind, **params).keys == keys


def test_an_assert_that_names_a_lot_names_no_end_of_keys() -> None:
    data = {str(number): 0 for number in range(999)}
    assert len(failure("assertContext", data=data).keys) == 50
