"""Keys, listings, errors and the other habits of every route."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from reconciler.sandbox.app import serve
from reconciler.sandbox.v2.settings import ADMIN, READER
from tests.sandbox.v2.caller import ORDER, Caller, bot, content, problem
from tests.support.inprocess import transport


def many(count: int) -> Caller:
    return Caller(bot(*({**ORDER, "name": f"filler {number:03}"} for number in range(count))))


def test_an_object_has_ids_times_in_seconds_and_people() -> None:
    caller = Caller()
    caller.clock.advance(0.5)
    caller.patch(type="regex", contextKey="number")
    filler = caller.get(caller.filler())
    assert re.fullmatch(r"[0-9a-f]{24}", filler["_id"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", filler["referenceId"])
    assert filler["lastChanged"] == int(caller.clock.now().timestamp())
    me = caller.get("/users/me")["_id"]
    assert filler["lastChangedBy"] == me != filler["createdBy"]


class TestKeys:
    @pytest.mark.parametrize("key", ["", "guess", "sandbox-keys", "ü"])
    def test_a_missing_or_wrong_key_is_refused(self, key: str) -> None:
        response = Caller().call("GET", "/flows", headers={"x-api-key": key})
        assert response.status == 401
        assert problem(response)["title"] == "Unauthorized"

    def test_a_key_acts_with_the_rights_of_its_user(self) -> None:
        caller = Caller()
        flow, fillers, filler, playbook = (
            caller.flow,
            caller.fillers,
            caller.filler(),
            caller.playbook,
        )
        caller.user = READER
        assert caller.get("/users/me")["id"] == READER.email
        assert caller.call("GET", filler).status == 200
        refused = [
            caller.call("POST", fillers, ORDER),
            caller.call("PATCH", filler, {}),
            caller.call("DELETE", filler),
            caller.call("POST", f"/flows/{flow['_id']}/intents/train", {}),
            caller.call("POST", f"{playbook}/schedule", {}),
            caller.call("POST", "/snapshots", {}),
            caller.call("GET", f"/projects/{caller.project}/members"),
            caller.call("GET", "/auditevents", query={"projectId": caller.project}),
        ]
        assert {response.status for response in refused} == {403}
        assert len(caller.tenant.console.slotfillers("Orders")) == 1

    def test_the_acl_says_what_a_key_may_do(self) -> None:
        caller = Caller()
        (project,) = caller.get("/users/me/acl")["projectWide"].values()
        assert project["rights"]["flows"] == dict.fromkeys(
            ("create", "read", "update", "delete"), True
        )
        assert project["rights"]["intents"]["update"]
        assert project["rights"]["snapshots"]["create"]
        assert not project["rights"]["locales"]["delete"]
        assert [each["primary"] for each in project["allowedLocales"]] == [True, False]
        caller.user = READER
        (project,) = caller.get("/users/me/acl")["projectWide"].values()
        assert project["rights"]["flows"] == {
            "create": False,
            "read": True,
            "update": False,
            "delete": False,
        }
        assert not project["rights"]["snapshots"]["create"]

    def test_members_have_names_unless_the_tenant_hides_them(self) -> None:
        caller = Caller()
        path = f"/projects/{caller.project}/members"
        people = {member["_id"]: member["name"] for member in caller.get(path)["items"]}
        assert people[caller.get("/users/me")["_id"]] == "Reconciler"
        caller.tenant.configure(members_forbidden=True)
        assert caller.call("GET", path).status == 403

    def test_audit_events_are_for_administrators(self) -> None:
        caller = Caller()
        caller.patch(type="regex", contextKey="number")
        caller.train()
        caller.user = ADMIN
        event, training = caller.items("/auditevents")
        assert (training["type"], training["actionType"]) == ("action", "trainIntents")
        assert "actionType" not in event
        assert (event["type"], event["user"]) == ("patch", "reconciler@sandbox.example")
        assert [each["resourceType"] for each in event["modifiedResources"]] == ["slotFiller"]


class TestListings:
    def test_pages_are_skipped_to(self) -> None:
        caller = many(60)
        path = caller.fillers
        first = caller.get(path)
        assert (len(first["items"]), first["total"]) == (25, 60)
        rest = caller.get(path, limit="100", skip="25")
        names = [item["name"] for item in first["items"] + rest["items"]]
        assert names == [f"filler {number:03}" for number in range(60)]
        assert caller.get(path, skip="60") == {
            "items": [],
            "nextCursor": None,
            "previousCursor": None,
            "total": 60,
        }

    def test_cursors_lead_forth_and_back(self) -> None:
        caller = many(5)
        first = caller.get(caller.fillers, limit="2")
        second = caller.get(caller.fillers, limit="2", next=first["nextCursor"])
        third = caller.get(caller.fillers, limit="2", next=second["nextCursor"])
        assert [len(page["items"]) for page in (first, second, third)] == [2, 2, 1]
        assert (first["previousCursor"], third["nextCursor"]) == (None, None)
        back = caller.get(caller.fillers, limit="2", previous=second["previousCursor"])
        assert back["items"] == first["items"]

    def test_a_tenant_can_name_its_cursors_otherwise(self) -> None:
        caller = many(3)
        caller.tenant.configure(cursor_names="next")
        page = caller.get(caller.fillers, limit="2")
        assert page.keys() == {"items", "total", "next", "previous"}
        assert page["next"] == page["items"][-1]["_id"]

    def test_pages_can_be_short_and_totals_wrong_or_missing(self) -> None:
        caller = many(5)
        path = caller.fillers
        caller.tenant.configure(page_cap=2, total_surplus=1)
        page = caller.get(path, limit="100")
        assert (len(page["items"]), page["total"]) == (2, 6)
        caller.tenant.configure(totals=False)
        assert "total" not in caller.get(path)

    def test_a_listing_is_sorted_on_request(self) -> None:
        caller = many(3)
        names = [item["name"] for item in caller.items(caller.fillers, sort="name:desc")]
        assert names == ["filler 002", "filler 001", "filler 000"]

    @pytest.mark.parametrize(
        "query", [{"limit": "0"}, {"limit": "101"}, {"skip": "-1"}, {"sort": "name"}]
    )
    def test_a_page_that_cannot_be(self, query: dict[str, str]) -> None:
        caller = Caller()
        assert caller.call("GET", caller.fillers, query=query).status == 400


class TestHal:
    def test_v2_without_new_speaks_hal_unless_json_is_asked_for(self) -> None:
        caller = Caller()
        path, query = "/v2.0/flows", {"projectId": caller.project}
        found = content(caller.call("GET", path, query=query, headers={"accept": "*/*"}))
        assert "items" not in found
        (flow,) = found["_embedded"]["flows"]
        assert flow["flowId"] == caller.flow["_id"]
        assert (
            caller.call("GET", path, query=query).body
            == caller.call("GET", "/flows", query=query, headers={"accept": "*/*"}).body
        )

    def test_an_error_is_the_same_in_both(self) -> None:
        assert problem(Caller().call("GET", "/v2.0/x", headers={"accept": "*/*"}))


class TestErrors:
    def test_an_error_says_what_where_and_which_trace(self) -> None:
        caller = Caller()
        path = caller.fillers + "/" + "0" * 24
        error = problem(caller.call("GET", path))
        trace = error.pop("traceId")
        assert re.fullmatch("[0-9a-f]{32}", trace)
        assert error == {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": f"Slot filler {'0' * 24} does not exist.",
            "instance": f"/new/v2.0{path}",
            "code": 1002,
            "details": {},
        }
        assert problem(caller.call("GET", path))["traceId"] != trace

    def test_a_get_with_a_body_is_forbidden_unless_tolerated(self) -> None:
        caller = Caller()
        query = {"projectId": caller.project}
        assert caller.call("GET", "/flows", {"a": 1}, query=query).status == 403
        caller.tenant.configure(get_body_tolerated=True)
        assert caller.call("GET", "/flows", {"a": 1}, query=query).status == 200

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nothing", 404),
            ("GET", "/new/v2.0", 404),
            ("GET", "/v1.0/flows", 404),
            ("PUT", "/flows", 405),
            ("GET", "/flows", 400),
            ("GET", "/flows/short", 400),
            ("GET", "/flows/" + "0" * 24, 404),
            ("GET", "/projects/" + "0" * 24 + "/members", 404),
        ],
    )
    def test_what_does_not_exist(self, method: str, path: str, status: int) -> None:
        assert problem(Caller().call(method, path))["status"] == status

    def test_a_large_body_is_refused(self) -> None:
        caller = Caller()
        large = {**ORDER, "name": "large", "additionalValidation": "x" * 60_000}
        assert problem(caller.call("POST", caller.fillers, large))["status"] == 413

    @pytest.mark.parametrize(("told", "header"), [(True, "300"), (False, None)])
    def test_too_many_requests(self, told: bool, header: str | None) -> None:
        caller = Caller(requests=2, retry_after=told)
        path = "/users/me"
        statuses = [caller.call("GET", path).status for _ in range(3)]
        refused = caller.call("GET", path)
        assert (statuses, problem(refused)["status"]) == ([200, 200, 429], 429)
        assert refused.headers.get("retry-after") == header
        caller.clock.advance(300)
        assert caller.call("GET", path).status == 200


def exchange(client: httpx.Client, caller: Caller) -> list[tuple[int, object]]:
    """The responses to one call of each kind."""
    client.headers["X-API-Key"] = caller.user.api_key
    fillers = f"/new/v2.0{caller.fillers}"
    new = {**ORDER, "name": "früit"}
    responses = [
        client.get(fillers, params={"limit": 1}),
        client.post(fillers, json=new),
        client.post(fillers, json=new),
        client.patch(f"/new/v2.0{caller.filler()}", json={"type": "regex", "contextKey": "a"}),
        client.get("/v2.0/flows", params={"projectId": caller.project}),
        client.get("/new/v2.0/flows", headers={"X-API-Key": ""}),
    ]
    return [(answer.status_code, answer.json() if answer.content else None) for answer in responses]


def test_a_socket_and_the_in_process_transport_give_the_same_responses() -> None:
    over_http, in_process = Caller(), Caller()
    with serve(over_http.tenant) as url, httpx.Client(base_url=url) as client:
        answers = exchange(client, over_http)
    inside = transport(in_process.tenant)
    with httpx.Client(base_url="https://tenant.example", transport=inside) as client:
        assert exchange(client, in_process) == answers
    assert [status for status, _ in answers] == [200, 201, 409, 204, 200, 401]


@pytest.mark.parametrize("socket", [True, False])
def test_a_lost_answer_is_a_connection_that_ends_after_the_object_was_stored(socket: bool) -> None:
    caller = Caller(lost_answers=1)
    headers = {"X-API-Key": caller.user.api_key}
    url = f"/new/v2.0{caller.fillers}"

    def send(client: httpx.Client) -> Any:
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(url, json={**ORDER, "name": "new"}, headers=headers)
        return client.post(url, json={**ORDER, "name": "newer"}, headers=headers)

    if socket:
        with serve(caller.tenant) as origin, httpx.Client(base_url=origin) as client:
            answered = send(client)
    else:
        inside = transport(caller.tenant)
        with httpx.Client(base_url="https://tenant.example", transport=inside) as client:
            answered = send(client)
    assert answered.status_code == 201
    names = [each["name"] for each in caller.tenant.console.slotfillers("Orders")]
    assert names == ["order", "new", "newer"]
