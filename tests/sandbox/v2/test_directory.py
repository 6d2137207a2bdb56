"""What is only read: flows, locales, scores, and the installation's own description."""

from __future__ import annotations

from reconciler.sandbox.v2.seed import packaged_bot
from tests.sandbox.v2.caller import Caller, content

POST_FILLER = "/v2.0/flows/{flowId}/slotfillers"


def test_a_flow_tells_its_lexicons_and_its_locale() -> None:
    caller = Caller()
    english, german = caller.items("/locales")
    path = f"/flows/{caller.flow['_id']}"
    flow = caller.get(path)
    assert flow["localeReference"] == english["referenceId"]
    assert flow["attachedLexicons"] == [caller.items("/lexicons")[0]["_id"]]
    assert "feedbackReport" not in flow
    asked = {"preferredLocaleId": german["_id"], "includeFeedbackReport": "true"}
    flow = caller.get(path, **asked)
    assert flow["localeReference"] == german["referenceId"]
    assert flow["feedbackReport"]["info"]["fScore"] == 0.9


def test_one_locale_is_primary_and_the_other_falls_back_on_it() -> None:
    caller = Caller()
    english, german = caller.items("/locales")
    assert (english["primary"], german["primary"]) == (True, False)
    assert german["fallbackLocaleReference"] == english["referenceId"]
    (project,) = caller.get("/projects")["items"]
    assert project["primaryLocaleReference"] == english["referenceId"]
    assert caller.get(f"/projects/{caller.project}") == project


def test_a_lexicons_slots_have_names_only() -> None:
    caller = Caller()
    lexicon = caller.items("/lexicons")[0]["_id"]
    (slot,) = caller.get(f"/lexicons/{lexicon}/slots")["items"]
    assert slot["name"] == "good"
    assert "phrases" not in slot


def test_a_sentence_is_scored_for_each_intent() -> None:
    caller = Caller(packaged_bot())
    body = {
        "flowReferenceId": caller.flow["referenceId"],
        "localeReferenceId": caller.items("/locales")[0]["referenceId"],
        "sentence": "Where is my order?",
    }
    path = f"/projects/{caller.project}/nlu/scores"
    (score,) = content(caller.call("POST", path, body))
    assert (score["name"], score["score"], score["flow"]) == ("order_status", 1.0, "Order intake")


class TestOpenApi:
    def test_it_describes_the_routes_and_the_fields_of_a_filler(self) -> None:
        found = Caller(version="2026.10.1").get("/openapi/openapi-viewer.json")
        assert found["info"]["version"] == "2026.10.1"
        assert found["paths"][POST_FILLER].keys() == {"get", "post", "patch"}
        assert "/v2.0/playbooks/{playbookId}/runs/{runId}" in found["paths"]
        body = found["paths"][POST_FILLER]["post"]["requestBody"]
        fields = body["content"]["application/json"]["schema"]["properties"]
        assert {"name", "type", "regex", "contextKey", "usePositiveOnly"} <= fields.keys()
        assert fields["storeResultInContext"] == {"type": "boolean"}
        assert "regex" in fields["type"]["enum"]
        assert "requestBody" not in found["paths"]["/v2.0/flows/{flowId}/intents/train"]["post"]
        assert "requestBody" not in found["paths"][POST_FILLER]["get"]
        batch = found["paths"][POST_FILLER]["patch"]["requestBody"]["content"]["application/json"]
        assert batch["schema"]["properties"].keys() == {"operations"}

    def test_an_installation_can_lack_paths_and_fields(self) -> None:
        lacks = frozenset({"usePositiveOnly", "/v2.0/auditevents"})
        found = Caller(openapi_lacks=lacks).get("/openapi/openapi-viewer.json")
        assert "/v2.0/auditevents" not in found["paths"]
        body = found["paths"][POST_FILLER + "/{slotfillerId}"]["patch"]["requestBody"]
        fields = body["content"]["application/json"]["schema"]["properties"]
        assert "usePositiveOnly" not in fields
        assert "regex" in fields

    def test_it_needs_a_key_and_may_be_missing(self) -> None:
        path = "/openapi/openapi-viewer.json"
        assert Caller().call("GET", path, headers={"x-api-key": ""}).status == 401
        assert Caller(openapi_served=False).call("GET", path).status == 404
