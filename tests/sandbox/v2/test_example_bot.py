"""The example bot: what its playbooks catch, and what its slot files change."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from reconciler.operations.project import read_project
from reconciler.operations.validate import validate
from reconciler.sandbox.v2.expressions import Expression
from reconciler.sandbox.v2.seed import bad_change, packaged_bot, packaged_slots
from tests.sandbox.v2.caller import Caller, content

FLOW = "Order intake"
FIELDS = {
    "name": "name",
    "type": "type",
    "regex": "regex",
    "slot": "slot",
    "context_key": "contextKey",
    "store_result_in_context": "storeResultInContext",
    "skip_if_result_in_context": "skipIfResultInContext",
}
"""The filler's fields that the files use, as the files and the API name them."""


def documents() -> dict[str, dict[str, Any]]:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in packaged_slots().iterdir()}
    del texts["reconciler"]
    return {name: yaml.safe_load(text) for name, text in texts.items()}


def desired(document: dict[str, Any]) -> dict[str, Any]:
    fields = {FIELDS[name]: value for name, value in document.items() if name in FIELDS}
    return {"name": document["slot_id"], "storeResultInContext": True, **fields}


def failed_asserts(caller: Caller, playbook: str) -> list[dict[str, Any]]:
    """The asserts that fail in a run of the playbook of this name."""
    found = next(each for each in caller.items("/playbooks") if each["name"] == playbook)
    path = f"/playbooks/{found['_id']}"
    body = {
        "entrypoint": caller.project,
        "flowId": caller.flow["referenceId"],
        "localeId": caller.items("/locales")[0]["referenceId"],
    }
    data = caller.wait(content(caller.call("POST", f"{path}/schedule", body)))["data"]
    caller.clock.advance(60.0)
    run = caller.get(f"{path}/runs/{data['playbookRunId']}")
    return [
        each
        for step in run["stepResults"]
        for each in step["asserts"]
        if each["status"] == "failed"
    ]


def caller_of_example() -> Caller:
    caller = Caller(packaged_bot())
    assert caller.flow["name"] == FLOW
    return caller


@pytest.mark.parametrize("playbook", ["Order slots", "Delivery"])
def test_the_live_bot_passes_its_playbooks(playbook: str) -> None:
    assert failed_asserts(caller_of_example(), playbook) == []


def test_the_playbook_judges_the_order_number_and_the_customer() -> None:
    definition = next(each for each in packaged_bot()["playbooks"] if each["name"] == "Order slots")
    asserts = [each for step in definition["steps"] for each in step["asserts"]]
    keys = {key for each in asserts for key in each["params"].get("data", {})}
    assert {"order_number", "customer_id"} <= keys


def test_the_playbook_catches_the_bad_change_once_it_is_trained() -> None:
    caller, change = caller_of_example(), bad_change()
    assert change["flow"] == FLOW
    caller.patch(name=change["name"], type="regex", **change["fields"])
    assert failed_asserts(caller, "Order slots") == []
    caller.wait(caller.train())
    failed = failed_asserts(caller, "Order slots")
    assert {"order_number"} <= {key for each in failed for key in each["params"].get("data", {})}


def test_the_slot_files_change_the_live_bot_and_keep_its_playbooks_passing() -> None:
    caller = caller_of_example()
    live = {each["name"]: each for each in caller.tenant.console.slotfillers(FLOW)}
    changes = []
    for name, document in documents().items():
        body = desired(document)
        if name not in live:
            changes.append(("create", name))
            content(caller.call("POST", caller.fillers, body))
        elif not body.items() <= live[name].items():
            changes.append(("update", name))
            assert caller.patch(**body).status == 204
    assert sorted(changes) == [
        ("create", "return_number"),
        ("update", "contact_email"),
        ("update", "order_number"),
    ]
    assert live.keys() - documents().keys() == {"legacy_code"}
    caller.wait(caller.train())
    assert failed_asserts(caller, "Order slots") == failed_asserts(caller, "Delivery") == []


def test_the_slot_files_are_valid() -> None:
    assert validate(packaged_slots(), strict=True).problems == ()
    project = read_project(packaged_slots())
    assert project.api.name == "cognigy-v2"
    assert {*project.desired} == documents().keys()


def test_the_examples_in_the_slot_files_hold() -> None:
    for document in documents().values():
        examples = document.get("examples", {"match": [], "reject": []})
        assert bool(examples["match"]) == (document["type"] == "regex")
        for example in examples["match"]:
            text, value = (
                (example["text"], example["value"])
                if isinstance(example, dict)
                else (example, example)
            )
            assert Expression(document["regex"]).find(text) == value
        for text in examples["reject"]:
            assert Expression(document["regex"]).find(text) == ""


def test_a_slot_that_is_filled_is_in_a_lexicon_of_the_flow() -> None:
    caller = caller_of_example()
    (lexicon,) = caller.items("/lexicons")
    assert caller.get(f"/flows/{caller.flow['_id']}")["attachedLexicons"] == [lexicon["_id"]]
    names = [slot["name"] for slot in caller.get(f"/lexicons/{lexicon['_id']}/slots")["items"]]
    assert {document["slot"] for document in documents().values() if "slot" in document} <= {*names}


def test_a_playbook_without_asserts_is_there_to_be_refused() -> None:
    greeting = next(each for each in packaged_bot()["playbooks"] if each["name"] == "Greeting")
    assert not any(step.get("asserts") for step in greeting["steps"])
