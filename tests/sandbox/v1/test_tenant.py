"""The tenant's API, call by call, as the contract describes it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from reconciler.sandbox.v1.patterns import TrainingFailed
from reconciler.sandbox.v1.settings import SandboxClient, SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from tests.sandbox.v1.caller import COLOUR, FRUIT, Caller, content, put_body


@pytest.fixture
def caller() -> Caller:
    return Caller().log_in()


class TestTokens:
    def test_a_token_comes_with_its_lifetime_and_the_granted_scopes(self) -> None:
        granted = content(Caller(token_lifetime_seconds=90).token(scope="cognigy:bots:read other"))
        assert granted["expires_in"] == 90
        assert granted["scope"] == "cognigy:bots:read"
        assert granted["token_type"] == "Bearer"

    def test_wrong_credentials_are_an_invalid_client(self) -> None:
        for wrong in ({"client_secret": "guess"}, {"client_id": "nobody"}, {"client_secret": "ü"}):
            response = Caller().token(**wrong)
            assert (response.status, content(response)) == (401, {"error": "invalid_client"})

    def test_another_grant_type_is_refused(self) -> None:
        assert Caller().token(grant_type="password").status == 400

    def test_a_json_body_is_not_a_token_request(self, caller: Caller) -> None:
        body = {"grant_type": "client_credentials"}
        headers = {"content-type": "application/json"}
        assert caller.call("POST", "/oauth/token", body, headers=headers).status == 400

    def test_a_read_only_client_cannot_get_a_write_scope(self) -> None:
        reader = {"client_id": "sandbox-reader", "client_secret": "sandbox-reader-secret"}
        assert content(Caller().token(**reader))["scope"] == "cognigy:bots:read"
        refused = Caller().token(**reader, scope="cognigy:slots:write")
        assert (refused.status, content(refused)) == (400, {"error": "invalid_scope"})

    def test_a_token_expires(self) -> None:
        caller = Caller(token_lifetime_seconds=60).log_in()
        caller.clock.advance(59)
        assert caller.get().status == 200
        caller.clock.advance(1)
        assert caller.get().status == 401

    def test_a_missing_or_unknown_token_is_refused(self) -> None:
        caller = Caller()
        assert caller.get().status == 401
        caller.bearer = "made-up"
        assert caller.get().status == 401
        assert (
            caller.call("GET", "/api/v1/slots", headers={"authorization": "Basic x"}).status == 401
        )

    @pytest.mark.parametrize(
        ("scope", "allowed"),
        [
            ("cognigy:bots:read", {"get", "listing", "metrics"}),
            ("cognigy:slots:write", {"put without retraining", "delete"}),
            (
                "cognigy:slots:write cognigy:nlp:retrain",
                {"put without retraining", "put", "delete"},
            ),
        ],
    )
    def test_every_call_needs_its_scope(self, scope: str, allowed: set[str]) -> None:
        caller = Caller().log_in(scope=scope)
        statuses = {
            "get": caller.get().status,
            "listing": caller.listing().status,
            "metrics": caller.metrics().status,
            "put without retraining": caller.put(put_body(triggerRetrain=False)).status,
            "put": caller.put(put_body()).status,
            "delete": caller.delete("slot_colour").status,
        }
        refused = {name for name, status in statuses.items() if status == 401}
        assert refused == set(statuses) - allowed


class TestListing:
    def test_pages_are_cut_in_the_order_of_creation(self, caller: Caller) -> None:
        caller.put(put_body(name="changed"))
        first = content(caller.listing(limit="2", offset="0"))["data"]
        second = content(caller.listing(limit="2", offset="2"))["data"]
        assert [slot["slotId"] for slot in first] == ["slot_fruit", "slot_colour"]
        assert [slot["slotId"] for slot in second] == ["slot_foreign"]
        assert content(caller.listing(limit="2", offset="9"))["data"] == []

    def test_a_limit_over_the_maximum_is_refused_rather_than_clamped(self, caller: Caller) -> None:
        assert caller.listing(limit="101").status == 400
        assert caller.listing(limit="0").status == 400
        assert caller.listing(offset="-1").status == 400
        assert caller.listing(limit="many").status == 400

    def test_undocumented_fields_are_sent_unchanged(self) -> None:
        store = MemoryStore()
        store.put({**FRUIT, "labels": ["a"]})
        caller = Caller(store=store).log_in()
        assert content(caller.listing())["data"][0]["labels"] == ["a"]
        assert content(caller.get())["labels"] == ["a"]


class TestPut:
    def test_it_replaces_the_whole_slot_and_returns_it(self) -> None:
        store = MemoryStore()
        store.put({**FRUIT, "labels": ["lost by a full replacement"]})
        caller = Caller(store=store).log_in()
        response = caller.put(put_body(patterns=["^pear$"], fillStrategy="fuzzy"))
        expected = {**FRUIT, "patterns": ["^pear$"], "fillStrategy": "fuzzy"}
        assert (response.status, content(response)) == (200, expected)
        assert content(caller.get()) == expected

    def test_it_can_respond_without_a_body(self) -> None:
        response = Caller(put_response=204).log_in().put(put_body())
        assert (response.status, response.body) == (204, b"")

    def test_it_creates_an_unknown_slot(self, caller: Caller) -> None:
        assert caller.put(put_body(), "slot_new").status == 200
        assert content(caller.get("slot_new")) == {**FRUIT, "slotId": "slot_new"}

    def test_a_tenant_without_that_feature_returns_404(self) -> None:
        caller = Caller(create_on_put=False).log_in()
        assert caller.put(put_body(), "slot_new").status == 404
        assert caller.put(put_body()).status == 200
        assert caller.tenant.slot("slot_new") is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"unknown": 1},
            {"slotId": "slot_fruit"},
            {"name": ""},
            {"name": 7},
            {"type": None},
            {"patterns": "^a$"},
            {"patterns": [1]},
            {"patterns": ["a" * 51]},
            {"patterns": [""]},
            {"patterns": ["^a$", "^a$"]},
            {"fillStrategy": "best_match"},
            {"fillStrategy": ["strict"]},
            {"dependencies": ["slot_nowhere"]},
            {"dependencies": ["slot_fruit"]},
            {"dependencies": ["slot_colour", "slot_colour"]},
            {"triggerRetrain": "true"},
        ],
    )
    def test_a_body_that_is_not_a_slot_is_refused_and_not_stored(
        self, caller: Caller, changes: dict[str, Any]
    ) -> None:
        response = caller.put(put_body(**changes))
        assert response.status == 422
        assert isinstance(content(response)["error"], str)
        assert caller.tenant.slot("slot_fruit") == FRUIT

    @pytest.mark.parametrize("field", list(put_body()))
    def test_every_field_is_required(self, caller: Caller, field: str) -> None:
        body = put_body()
        del body[field]
        assert caller.put(body).status == 422

    def test_a_pattern_of_50_characters_is_accepted(self, caller: Caller) -> None:
        assert caller.put(put_body(patterns=["a" * 50])).status == 200

    def test_malformed_json_is_a_bad_request(self, caller: Caller) -> None:
        assert caller.put(b"{").status == 400
        assert caller.put(b"\xff").status == 400
        assert caller.put([]).status == 422

    def test_a_name_that_is_not_valid_unicode_does_not_break_the_listing(
        self, caller: Caller
    ) -> None:
        body = b'{"name":"\\ud800","type":"regex","patterns":[],"fillStrategy":"strict",'
        assert caller.put(body + b'"dependencies":[],"triggerRetrain":true}').status == 200
        assert caller.listing().status == 200

    def test_an_invalid_slot_id_is_refused(self, caller: Caller) -> None:
        assert caller.put(put_body(), "-slot").status == 422

    def test_a_foreign_slot_is_forbidden_but_listed(self, caller: Caller) -> None:
        assert caller.put(put_body(), "slot_foreign").status == 403
        assert caller.delete("slot_foreign").status == 403
        assert caller.get("slot_foreign").status == 200


class TestTraining:
    @pytest.mark.parametrize(
        "pattern",
        [r"[", r"\u00e9", r"\U000000e9", r"\x{e9}", r"\p{L}+", r"\P{L}", "^(a+)+$", "^(a|aa)+$"],
    )
    def test_a_slot_that_cannot_be_trained_is_stored_and_the_old_model_keeps_serving(
        self, caller: Caller, pattern: str
    ) -> None:
        before = content(caller.metrics())
        response = caller.put(put_body(patterns=[pattern]))
        assert response.status == 500
        assert content(response)["error"].startswith("retraining failed: ")
        stored = caller.tenant.slot("slot_fruit")
        assert stored is not None and stored["patterns"] == [pattern]
        caller.clock.advance(1)
        assert content(caller.metrics())["successRate"] == before["successRate"]

    def test_without_retraining_the_same_pattern_is_only_stored(self, caller: Caller) -> None:
        assert caller.put(put_body(patterns=["["], triggerRetrain=False)).status == 200
        # The bot is trained as a whole, so the next retraining fails, whichever slot triggers it.
        assert caller.put(put_body(COLOUR), "slot_colour").status == 500

    def test_there_are_no_metrics_while_the_bot_retrains(self, caller: Caller) -> None:
        assert caller.metrics().status == 200
        caller.put(put_body())
        assert caller.metrics().status == 404
        assert caller.metrics("slot_colour").status == 404
        caller.clock.advance(4.9)
        assert caller.metrics().status == 404
        caller.clock.advance(0.1)
        assert caller.metrics().status == 200

    def test_a_second_retraining_restarts_the_wait(self, caller: Caller) -> None:
        caller.put(put_body(patterns=["^none$"]))
        caller.clock.advance(4)
        caller.put(put_body(patterns=["^(apple|pear)$"]))
        caller.clock.advance(4)
        assert caller.metrics().status == 404
        caller.clock.advance(11)
        assert content(caller.metrics())["successRate"] == 1.0

    def test_without_retraining_nothing_changes_for_the_users(self, caller: Caller) -> None:
        caller.put(put_body(patterns=["^(apple|pear)$"], triggerRetrain=False))
        caller.wait_for_fresh_metrics()
        assert content(caller.metrics())["successRate"] == pytest.approx(2 / 3, abs=0.02)


class TestMetrics:
    def test_the_rate_is_what_the_bot_really_extracts(self, caller: Caller) -> None:
        # 40 arrivals in the window are ten rounds of a corpus with three samples of fruit.
        assert content(caller.metrics()) == {"successRate": pytest.approx(2 / 3), "sampleCount": 30}
        caller.put(put_body(patterns=["^(apple|pear)$"]))
        caller.wait_for_fresh_metrics()
        assert content(caller.metrics()) == {"successRate": 1.0, "sampleCount": 30}

    def test_a_greedy_slot_lowers_the_rate_of_another(self, caller: Caller) -> None:
        caller.put(put_body(patterns=["^red apple$"]))
        caller.wait_for_fresh_metrics()
        assert content(caller.metrics("slot_colour"))["successRate"] == 0.0

    def test_unknown_and_foreign_slots_have_no_metrics(self, caller: Caller) -> None:
        assert caller.metrics("slot_nowhere").status == 404
        assert caller.metrics(bot="bot_2").status == 404
        assert caller.metrics("slot_foreign").status == 404

    def test_a_slot_of_another_workspace_takes_no_values_from_this_bot(
        self, caller: Caller
    ) -> None:
        caller.tenant.edit("slot_foreign", patterns=["^red apple$"])
        caller.wait_for_fresh_metrics()
        assert content(caller.metrics("slot_colour"))["successRate"] == 1.0

    def test_a_slot_without_samples_has_no_metrics(self, caller: Caller) -> None:
        caller.put(put_body(patterns=["^never said$"]), "slot_silent")
        caller.wait_for_fresh_metrics()
        assert caller.metrics().status == 200
        assert caller.metrics("slot_silent").status == 404

    def test_a_slot_that_is_not_trained_yet_has_no_metrics(self, caller: Caller) -> None:
        caller.put(put_body(patterns=["^nothing$"], triggerRetrain=False), "slot_new")
        assert caller.metrics("slot_new").status == 404

    def test_the_metric_and_the_time_range_must_be_known(self, caller: Caller) -> None:
        assert caller.metrics(timeRange="last7d").status == 200
        assert caller.metrics(timeRange="yesterday").status == 400
        assert caller.metrics(metric="latency").status == 400
        path = "/api/v1/bots/bot_1/analytics/slots/slot_fruit/extraction"
        assert caller.call("GET", path).status == 400


class TestDelete:
    def test_a_deleted_slot_is_gone_and_stops_extracting_at_once(self, caller: Caller) -> None:
        caller.put(put_body(patterns=["^red apple$"]))
        caller.wait_for_fresh_metrics()
        assert caller.delete("slot_fruit").status == 204
        assert caller.get("slot_fruit").status == 404
        assert caller.metrics("slot_fruit").status == 404
        caller.clock.advance(10)
        assert content(caller.metrics("slot_colour"))["successRate"] == 1.0

    def test_a_deletion_does_not_end_a_running_training(self, caller: Caller) -> None:
        caller.put(put_body(patterns=["^(apple|pear)$"]))
        caller.clock.advance(1)
        caller.delete("slot_colour")
        assert caller.metrics().status == 404
        caller.clock.advance(14)
        assert content(caller.metrics())["successRate"] == 1.0
        assert caller.metrics("slot_colour").status == 404

    def test_until_the_training_ends_the_previous_model_serves_without_the_deleted_slot(
        self, caller: Caller
    ) -> None:
        caller.put(put_body(patterns=["^(apple|pear)$"]))
        caller.wait_for_fresh_metrics()
        caller.put(put_body(patterns=["^never said$"]))
        caller.delete("slot_colour")
        # 5 s of training and 2 s after it: the previous model served 8 of the window's 10 s.
        caller.clock.advance(7)
        assert content(caller.metrics())["successRate"] == pytest.approx(0.8, abs=0.04)

    def test_a_slot_that_others_depend_on_cannot_be_deleted(self, caller: Caller) -> None:
        caller.put(put_body(dependencies=["slot_colour"]))
        response = caller.delete("slot_colour")
        assert response.status == 409
        assert "slot_fruit" in content(response)["error"]
        assert caller.get("slot_colour").status == 200

    def test_an_unknown_slot_cannot_be_deleted(self, caller: Caller) -> None:
        assert caller.delete("slot_nowhere").status == 404


class TestFeatures:
    @pytest.mark.parametrize("status", [404, 405])
    def test_the_settings_decide_the_status_of_a_missing_route(self, status: int) -> None:
        caller = Caller(single_get=False, delete=False, absent_route_status=status).log_in()
        assert caller.get().status == status
        assert caller.delete("slot_colour").status == status
        assert caller.tenant.slot("slot_colour") is not None

    def test_an_etag_changes_with_every_write(self, caller: Caller) -> None:
        before = caller.get().headers["etag"]
        caller.put(put_body(triggerRetrain=False))
        assert caller.get().headers["etag"] != before

    def test_a_stale_etag_stops_a_put(self, caller: Caller) -> None:
        stale = caller.get().headers["etag"]
        caller.tenant.edit("slot_fruit", patterns=["^pear$"])
        assert caller.put(put_body(), if_match=stale).status == 412
        assert caller.put(put_body(), if_match=caller.get().headers["etag"]).status == 200
        assert caller.put(put_body(), if_match="*").status == 200
        assert caller.put(put_body(), "slot_new", if_match="*").status == 412

    def test_without_etags_if_match_is_ignored(self) -> None:
        caller = Caller(etag=False).log_in()
        assert "etag" not in caller.get().headers
        assert caller.put(put_body(), if_match='"0"').status == 200

    def test_unknown_routes_and_methods(self, caller: Caller) -> None:
        assert caller.call("GET", "/api/v2/slots").status == 404
        response = caller.call("POST", "/api/v1/slots")
        assert (response.status, response.headers["allow"]) == (405, "GET")
        assert caller.call("GET", "/oauth/token").status == 405


class TestQuota:
    def test_the_request_over_the_limit_is_refused_with_a_retry_after(self) -> None:
        caller = Caller(requests_per_minute=3).log_in()
        caller.clock.advance(10)
        assert [caller.get().status for _ in range(2)] == [200, 200]
        refused = caller.get()
        assert (refused.status, refused.headers["retry-after"]) == (429, "60")
        assert isinstance(content(refused)["error"], str)

    def test_waiting_for_retry_after_is_enough(self) -> None:
        caller = Caller(requests_per_minute=2).log_in()
        caller.clock.advance(0.5)
        caller.get()
        refused = caller.get()
        caller.clock.advance(float(refused.headers["retry-after"]))
        assert caller.get().status == 200

    def test_refused_requests_count_too(self) -> None:
        caller = Caller(requests_per_minute=1).log_in()
        for _ in range(3):
            caller.clock.advance(40)
            assert caller.get().status == 429
        caller.clock.advance(60)
        assert caller.get().status == 200

    def test_tokens_count_too(self) -> None:
        caller = Caller(requests_per_minute=2)
        assert [caller.token().status for _ in range(3)] == [200, 200, 429]

    def test_the_retry_after_header_can_be_disabled(self) -> None:
        caller = Caller(requests_per_minute=1, retry_after=False).log_in()
        assert "retry-after" not in caller.get().headers


class TestObservation:
    def test_every_request_is_recorded_with_its_body_and_status(self, caller: Caller) -> None:
        body = put_body()
        caller.put(body)
        caller.clock.advance(2)
        caller.get("slot_nowhere")
        token, put, get = caller.tenant.requests
        assert (token.path, token.body, token.status) == ("/oauth/token", None, 200)
        assert (put.method, put.path, put.body) == ("PUT", "/api/v1/slots/slot_fruit", body)
        assert (get.status, get.at - put.at) == (404, 2.0)

    def test_an_edit_from_the_console_is_live_and_trained(self, caller: Caller) -> None:
        caller.tenant.edit("slot_fruit", patterns=["^(apple|pear)$"], note="by hand")
        assert content(caller.get())["note"] == "by hand"
        assert caller.metrics().status == 404
        caller.wait_for_fresh_metrics()
        assert content(caller.metrics())["successRate"] == 1.0

    def test_an_edit_that_cannot_be_trained_raises_after_storing(self, caller: Caller) -> None:
        with pytest.raises(TrainingFailed, match="slot_fruit"):
            caller.tenant.edit("slot_fruit", patterns=["["])
        assert content(caller.get())["patterns"] == ["["]
        with pytest.raises(KeyError):
            caller.tenant.edit("slot_nowhere", name="x")

    def test_many_threads_leave_a_consistent_tenant(self) -> None:
        caller = Caller(requests_per_minute=1000).log_in()
        threads = [
            threading.Thread(target=caller.put, args=(put_body(), f"slot_{number}"))
            for number in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(caller.tenant.slots()) == 23
        assert len(caller.tenant.requests) == 21


@pytest.mark.parametrize(
    "wrong",
    [
        {"put_response": 201},
        {"absent_route_status": 500},
        {"page_limit": 101},
        {"requests_per_minute": 0},
        {"traffic_per_second": 0},
        {"other_clients": (SandboxClient(client_id="sandbox", client_secret="x"),)},
    ],
)
def test_settings_that_no_tenant_could_have_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        SandboxSettings(**wrong)  # type: ignore[arg-type]


def test_the_repr_of_settings_hides_their_secrets() -> None:
    shown = repr(SandboxSettings(client_secret="hush")) + repr(SandboxSettings().clients)
    assert "hush" not in shown
    assert "secret" not in shown
