"""Reading OpenAPI documents that are written in other ways than the sandbox's, and our own list of
routes."""

from __future__ import annotations

import re
from typing import Any

from reconciler.adapters.cognigy.v2.openapi import PATH, ROUTES, openapi_checks
from reconciler.adapters.cognigy.v2.shapes import FIELDS
from reconciler.model.check import Check, CheckStatus
from tests.adapters.cognigy.v2.test_doctor import examined
from tests.adapters.cognigy.v2.test_doctor import shop as judged_shop
from tests.support.shop import CUSTOMER, FLOW, ORDER, Shop, content, desired, filler, suite

POST, ONE = "/flows/{id}/slotfillers", "/flows/{a}/slotfillers/{b}"
PROPERTIES: dict[str, Any] = {name: {} for name in FIELDS}
REFERENCE = {"$ref": "#/components/schemas/a~1b"}


def document(schema: Any, *, prefix: str = "/v2.0", **rest: Any) -> dict[str, Any]:
    """All our routes, with this schema for the body of each change of a slot filler, and for what
    a read of one is answered."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path in ROUTES:
        named = prefix + path.replace("{}", "{some id}")
        paths.setdefault(named, {})[method.lower()] = {}
    for path, method in ((POST, "post"), (ONE, "patch")):
        named = prefix + re.sub(r"\{\w+\}", "{some id}", path)
        paths[named][method] = {"requestBody": body(schema)}
    paths[named]["get"] = {"responses": {"404": {}, "200": body(schema)}}
    return {"info": {"version": "1"}, "paths": paths, **rest}


def body(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json; charset=utf-8": {"schema": schema}}}


def checks(described: dict[str, Any]) -> tuple[Check, Check]:
    """Of the routes, and of the fields that we send."""
    routes, fields, _answers = openapi_checks(described)
    return routes, fields


def answers(schema: Any) -> Check:
    """Of the fields that we read."""
    return [*openapi_checks(document(schema))][-1]


def test_routes_are_found_below_either_address() -> None:
    for prefix in ("", "/v2.0", "/new/v2.0"):
        described = document({"properties": PROPERTIES}, prefix=prefix)
        assert [each.status for each in checks(described)] == [CheckStatus.OK, CheckStatus.OK]


def test_a_field_that_we_read_must_be_in_the_answer_if_the_answer_is_described() -> None:
    described = {**PROPERTIES, "_id": {}}
    found = answers({"properties": described})
    assert found.status is CheckStatus.OK
    assert "none for GET /tasks/{}, GET /playbooks/{}" in found.detail
    del described["regex"]
    found = answers({"properties": described})
    assert found.status is CheckStatus.FAILED
    assert "lacks regex (GET /flows/{}/slotfillers/{}), which we read." in found.detail
    assert answers({}).status is CheckStatus.WARNING


def test_what_the_files_do_not_use_may_be_missing() -> None:
    described = document({"properties": PROPERTIES})
    for path in [*described["paths"]]:
        if "/snapshots" in path or "/playbooks" in path:
            del described["paths"][path]
    unused = ("snapshots", "playbooks", "lexicons")
    routes, fields, _ = openapi_checks(described, unused=unused)
    assert [routes.status, fields.status] == [CheckStatus.OK, CheckStatus.OK]
    routes, _, _ = openapi_checks(described, unused=("playbooks",))
    assert "lacks GET /snapshots, POST /snapshots, which we use." in routes.detail


def test_a_document_may_hide_its_version() -> None:
    hidden: tuple[Any, ...] = (None, [], {})
    for info in hidden:
        assert "(version unknown)" in checks({**document({}), "info": info})[0].detail


def test_fields_are_found_in_every_part_of_a_schema() -> None:
    names = list(PROPERTIES)
    named: list[dict[str, Any]] = [
        {key: {} for key in part} for part in (names[:3], names[3:5], names[5:])
    ]
    parts: list[dict[str, Any]] = [
        {"properties": named[0]},
        {"oneOf": [{"anyOf": [{"properties": named[1]}]}]},
        REFERENCE,
    ]
    components = {"schemas": {"a/b": {"properties": named[2]}}}
    assert checks(document({"allOf": parts}, components=components))[1].status is CheckStatus.OK
    lacking = checks(document({"allOf": parts[:2]}))[1]
    assert lacking.status is CheckStatus.FAILED
    assert f"{names[5]} (POST /flows/{{}}/slotfillers)" in lacking.detail


def test_a_whole_body_may_be_a_reference() -> None:
    described = document({})
    components = {"requestBodies": {"filler": body({"properties": {"name": {}}})}}
    for operations in described["paths"].values():
        for operation in operations.values():
            if operation:
                operation["requestBody"] = {"$ref": "#/components/requestBodies/filler"}
    assert checks({**described, "components": components})[1].status is CheckStatus.FAILED


def test_only_a_body_of_json_counts() -> None:
    described = document({})
    form: dict[str, Any] = {"multipart/form-data": {"schema": {"properties": {"file": {}}}}}
    for operations in described["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                request = operation["requestBody"]
                request["content"] = {**form, **request["content"]}
    assert "does not list the fields" in checks(described)[1].detail


def test_references_that_lead_nowhere_or_in_a_circle_list_nothing() -> None:
    circle = {"schemas": {"a/b": {"allOf": [REFERENCE]}}}
    for described in (
        document(REFERENCE),
        document(REFERENCE, components=circle),
        document(REFERENCE, components={"schemas": {"a/b": REFERENCE}}),
        document({"$ref": "https://elsewhere.example/schema"}),
        document({"$ref": "other.json#/components/schemas/a"}, components={"schemas": {"a": {}}}),
        document({"allOf": 7, "properties": []}),
        document(None),
    ):
        fields = checks(described)[1]
        assert fields.status is CheckStatus.WARNING
        assert "does not list the fields" in fields.detail


def test_every_request_that_we_send_is_among_our_routes() -> None:
    lexicon = {"name": "Goods", "slots": [{"name": "Product", "phrases": ["pear"]}]}
    flow = {"name": FLOW, "lexicons": ["Goods"], "slotfillers": [filler(ORDER), filler(CUSTOMER)]}
    files = (desired(ORDER), desired(CUSTOMER))
    bot = Shop(files=files, bot={"lexicons": [lexicon], "flows": [flow]})
    with bot.tenant() as tenant:
        live = tenant.list_slots()
        order = live[ORDER]
        tenant.store(ORDER, content(ORDER, context_key="other"), train=False, replaces=order)
        tenant.store("fresh", content("fresh"), train=False, replaces=None)
        tenant.train(order)
        tenant.measure(suite())
        tenant.doubt(content(ORDER, slot="Product"))
        tenant.people([order.changed_by or ""])
        tenant.delete("fresh")
        tenant.take_snapshot("S", description="D", until=bot.clock.monotonic() + 60.0)
    examination = judged_shop(bot={"endpoints": []})
    examined(examination)
    sent = [*bot.sandbox.requests, *examination.sandbox.requests]
    used = {
        (each.method, re.sub(r"(?<=/)[0-9a-f]{24}", "{}", each.path.removeprefix("/new/v2.0")))
        for each in sent
    }
    assert used == {*ROUTES, ("GET", PATH)}
