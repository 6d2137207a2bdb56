"""Slot fillers: what is stored, what is shown, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.messages import Response
from reconciler.sandbox.v2.settings import COLLEAGUE
from tests.sandbox.v2.caller import FLOW, ORDER, Caller, bot, content, problem

NEW = {**ORDER, "name": "new"}
ASSERTS_AN_ORDER = {
    "type": "assertContext",
    "params": {"data": {"order": "AB-1234"}, "partial": True},
}


def detail(response: Response) -> str:
    assert response.status == 400
    return str(problem(response)["detail"])


def test_a_listing_does_not_show_what_a_filler_looks_for() -> None:
    caller = Caller()
    (listed,) = caller.items(caller.fillers)
    assert (listed["name"], listed["type"]) == ("order", "regex")
    assert not listed.keys() & {"regex", "slot", "contextKey", "storeResultInContext"}
    assert {"_id", "referenceId", "lastChanged", "lastChangedBy"} <= listed.keys()
    assert caller.get(caller.filler())["regex"] == ORDER["regex"]


class TestCreating:
    @pytest.mark.parametrize("status", [200, 201])
    def test_the_answer_is_the_whole_filler(self, status: int) -> None:
        caller = Caller(created_status=status)
        response = caller.call("POST", caller.fillers, NEW)
        assert response.status == status
        filler = content(response)
        assert filler.items() >= NEW.items()
        assert filler == caller.get(caller.filler("new"))
        assert filler["createdBy"] == caller.get("/users/me")["_id"]

    def test_fields_that_were_not_sent_are_absent_unless_the_tenant_fills_them(self) -> None:
        caller = Caller()
        assert "storeDetailedResults" not in caller.get(caller.filler())
        caller.tenant.configure(fills_defaults=True)
        filler = caller.get(caller.filler())
        assert (filler["storeDetailedResults"], filler["profileKey"]) == (False, "")
        assert filler["storeResultInContext"] is True

    @pytest.mark.parametrize("missing", ["name", "type", "regex"])
    def test_name_type_and_regex_are_required(self, missing: str) -> None:
        caller = Caller()
        body = {name: value for name, value in NEW.items() if name != missing}
        assert (
            detail(caller.call("POST", caller.fillers, body)) == f"Field '{missing}' is required."
        )

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("removeNegated", True, "not allowed"),
            ("localeId", "x", "not allowed"),
            ("type", "colour", "one of"),
            ("name", "", "empty"),
            ("name", "=SUM(A1)", "resource-name"),
            ("regex", "/(/", "regex"),
            ("regex", 7, "a string"),
            ("contextKey", None, "a string"),
            ("storeResultInContext", "yes", "a boolean"),
        ],
    )
    def test_a_body_that_is_not_a_filler(self, field: str, value: Any, message: str) -> None:
        caller = Caller()
        body = {**NEW, field: value}
        assert message in detail(caller.call("POST", caller.fillers, body))
        assert message in detail(caller.call("PATCH", caller.filler(), {field: value}))
        assert len(caller.items(caller.fillers)) == 1

    @pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
    def test_a_body_that_is_no_object(self, body: bytes) -> None:
        caller = Caller()
        assert "The body" in detail(caller.call("POST", caller.fillers, body))

    def test_a_lenient_tenant_ignores_unknown_fields(self) -> None:
        caller = Caller(unknown_fields_refused=False)
        filler = content(caller.call("POST", caller.fillers, {**NEW, "removeNegated": True}))
        assert "removeNegated" not in filler

    def test_a_name_is_unique_unless_the_tenant_does_not_care(self) -> None:
        caller = Caller()
        assert problem(caller.call("POST", caller.fillers, ORDER))["status"] == 409
        content(caller.call("POST", caller.fillers, NEW))
        assert caller.patch(name="new", type="regex").status == 204
        renamed = caller.call("PATCH", caller.filler("new"), {"name": "order"})
        assert problem(renamed)["code"] == 1004
        caller.tenant.configure(duplicate_names=True)
        content(caller.call("POST", caller.fillers, ORDER))
        assert [each["name"] for each in caller.items(caller.fillers)] == ["order", "new", "order"]

    def test_a_slot_filler_of_type_slot_needs_a_slot(self) -> None:
        caller = Caller()
        body = {"name": "good", "type": "slot"}
        assert detail(caller.call("POST", caller.fillers, body)) == "Field 'slot' is required."
        content(caller.call("POST", caller.fillers, {**body, "slot": "good"}))


class TestPatching:
    def test_only_the_named_fields_change(self) -> None:
        caller = Caller()
        before = caller.get(caller.filler())
        caller.clock.advance(5)
        response = caller.patch(type="regex", regex="/x/")
        assert (response.status, response.body) == (204, b"")
        changed = {"regex": "/x/", "lastChanged": before["lastChanged"] + 5}
        me = caller.get("/users/me")["_id"]
        assert caller.get(caller.filler()) == {**before, **changed, "lastChangedBy": me}

    def test_a_tenant_can_answer_with_the_filler(self) -> None:
        caller = Caller(patch_status=200)
        assert content(caller.patch(type="regex", regex="/x/"))["regex"] == "/x/"

    def test_a_strict_tenant_requires_the_type_and_the_regex(self) -> None:
        caller = Caller(strict_patch=True)
        assert "no type" in detail(caller.patch(contextKey="a"))
        assert "'regex' is required" in detail(caller.patch(type="regex", contextKey="a"))
        assert caller.patch(type="regex", regex="/x/", contextKey="a").status == 204

    def test_a_refused_patch_changes_nothing(self) -> None:
        caller = Caller()
        before = caller.get(caller.filler())
        assert caller.patch(contextKey="a", regex="/(/").status == 400
        assert caller.patch(contextKey="a", regex="").status == 400
        assert caller.get(caller.filler()) == before

    @pytest.mark.parametrize(
        ("effect", "after"), [("kept", ""), ("unset", None), ("ignored", "order")]
    )
    def test_what_an_empty_text_does(self, effect: str, after: str | None) -> None:
        caller = Caller(empty_text=effect)
        assert caller.patch(type="regex", contextKey="").status == 204
        assert caller.get(caller.filler()).get("contextKey") == after

    def test_an_edit_can_come_between_a_read_and_the_patch(self) -> None:
        caller = Caller(edits_before_patch=1, edited_fields={"profileKey": "p", "regex": "/y/"})
        caller.patch(type="regex", regex="/x/")
        filler = caller.get(caller.filler())
        assert (filler["regex"], filler["profileKey"]) == ("/x/", "p")
        caller.patch(type="regex", profileKey="q")
        assert caller.get(caller.filler())["profileKey"] == "q"


def test_a_deleted_filler_is_gone() -> None:
    caller = Caller()
    path = caller.filler()
    assert caller.call("DELETE", path).status == 204
    assert [caller.call(method, path).status for method in ("GET", "DELETE")] == [404, 404]
    assert caller.items(caller.fillers) == []


def test_a_tenant_can_answer_with_the_filler_that_it_deleted() -> None:
    caller = Caller(delete_status=200)
    filler = caller.get(caller.filler())
    assert content(caller.call("DELETE", caller.filler())) == filler
    assert caller.items(caller.fillers) == []


def test_a_filler_is_only_found_in_its_own_flow() -> None:
    caller = Caller()
    filler = caller.filler().rsplit("/", 1)[1]
    assert caller.call("GET", f"/flows/{'0' * 24}/slotfillers/{filler}").status == 404


class TestBatches:
    def test_operations_are_carried_out_in_order(self) -> None:
        caller = Caller()
        order = caller.filler().rsplit("/", 1)[1]
        done = content(
            caller.call(
                "PATCH",
                caller.fillers,
                {
                    "operations": [
                        {"op": "create", "value": NEW},
                        {"op": "update", "id": order, "value": {"name": "old"}},
                        {"op": "create", "value": ORDER},
                        {"op": "delete", "id": order},
                    ]
                },
            )
        )
        assert [each["_id"] for each in caller.items(caller.fillers)] == done["created"]
        assert (done["updated"], done["deleted"]) == ([order], [order])

    def test_one_that_is_refused_ends_the_batch_and_undoes_nothing(self) -> None:
        caller = Caller()
        operations = [{"op": "create", "value": NEW}, {"op": "create", "value": NEW}]
        assert caller.call("PATCH", caller.fillers, {"operations": operations}).status == 409
        assert [each["name"] for each in caller.items(caller.fillers)] == ["order", "new"]

    @pytest.mark.parametrize("operations", [None, 7, [{}], [7], [{"op": "upsert"}], [{}] * 101])
    def test_a_batch_that_is_none(self, operations: Any) -> None:
        caller = Caller()
        assert caller.call("PATCH", caller.fillers, {"operations": operations}).status == 400


class TestTheConsole:
    def test_a_colleague_edits(self) -> None:
        caller = Caller()
        caller.clock.advance(9)
        caller.tenant.console.edit(FLOW, "order", regex="/x/", contextKey=None)
        filler = caller.get(caller.filler())
        assert filler["regex"] == "/x/"
        assert "contextKey" not in filler
        assert filler["lastChangedBy"] == caller.tenant.user_id(COLLEAGUE)
        assert filler["lastChanged"] == int(caller.clock.now().timestamp())

    def test_a_colleague_adds_and_removes(self) -> None:
        caller = Caller()
        added = caller.tenant.console.add(FLOW, **ORDER)
        assert [each["_id"] for each in caller.tenant.console.slotfillers(FLOW)][1] == added
        caller.tenant.console.remove(FLOW, "order")
        assert [each["_id"] for each in caller.items(caller.fillers)] == [added]

    def test_what_is_not_there_cannot_be_edited(self) -> None:
        console = Caller().tenant.console
        with pytest.raises(KeyError, match="nothing"):
            console.edit(FLOW, "nothing", regex="/x/")
        with pytest.raises(KeyError, match="nothing"):
            console.slotfiller(FLOW, "nothing")
        with pytest.raises(KeyError, match="Nowhere"):
            console.slotfillers("Nowhere")

    def test_a_colleague_sees_what_is_trained_and_how_good_it_is(self) -> None:
        wrong = {"text": "Nothing.", "asserts": [ASSERTS_AN_ORDER]}
        right = {"text": "It is AB-1234.", "asserts": [ASSERTS_AN_ORDER]}
        caller = Caller(bot(steps=[wrong, right], abortOnError=False), flaky_runs=1)
        console = caller.tenant.console
        assert console.pass_rate("Check", FLOW) == console.pass_rate("Check", FLOW) == 0.5
        console.edit(FLOW, "order", regex="/x/")
        assert (console.pass_rate("Check", FLOW), console.is_out_of_date(FLOW)) == (0.5, True)
        console.train()
        assert (console.pass_rate("Check", FLOW), console.is_out_of_date(FLOW)) == (0.0, False)
