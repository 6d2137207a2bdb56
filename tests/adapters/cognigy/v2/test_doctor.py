"""The examination of a project of version 2: each check, and what makes it fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from reconciler.adapters.cognigy.v2.doctor import connect
from reconciler.errors import ConfigurationError
from reconciler.model.access import ProjectAccess
from reconciler.model.check import Check, CheckStatus
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import GateOverride, GatePolicy, PlaybookOverride, PlaybookPolicy
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits, Settings, Snapshot
from reconciler.sandbox.v2.settings import ALWAYS, EDITOR, READER, SandboxUser
from tests.support.faults import Answer, answered, answered_text, lost_before
from tests.support.shop import (
    FLOW,
    ORDER,
    ORIGIN,
    OTHER_FLOW,
    PLAYBOOK,
    Shop,
    content,
    desired,
    filler,
    step,
)

OK, WARNING, FAILED = CheckStatus
ME, PROJECTS, ACL = "/users/me", "/projects", "/users/me/acl"
JUDGED = Settings(flow=FLOW, gate=PlaybookPolicy(playbooks=(PLAYBOOK,)))
TAKES_SNAPSHOTS = JUDGED.model_copy(update={"snapshot": Snapshot(before_apply=True)})
BEHIND_THE_KEY = ("project", "rights", "flows", "locales", "playbooks", "endpoints", "openapi")


def shop(**details: Any) -> Shop:
    given = {"files": (desired(ORDER),), "settings": JUDGED, **details}
    return Shop(filler(ORDER), **given)


def examined(bot: Shop, *, project_id: str | None = None, key: str = "") -> dict[str, Check]:
    """Every check by its name; no two share one."""
    access = ProjectAccess(
        endpoint=Endpoint(
            origin=ORIGIN, bot_id=project_id or bot.sandbox.project_id, kind="project"
        ),
        api_key=Secret(key or bot.user.api_key),
    )
    with connect(
        access,
        project=bot.project,
        clock=bot.clock,
        observer=bot.observer,
        user_agent="tests",
        transport=bot.transport,
    ) as examiner:
        checks = list(examiner.examine())
    by_name = {each.name: each for each in checks}
    assert len(by_name) == len(checks)
    assert all(each.detail.endswith(".") for each in checks)
    return by_name


def test_a_flow_whose_training_is_out_of_date_is_a_warning() -> None:
    check = examined(shop(out_of_date_flag="always"))[f"flow: {FLOW}"]
    assert check.status is WARNING
    assert "Its training is out of date" in check.detail
    assert check.hint


@pytest.mark.parametrize("names", [("_id",), ("referenceId",)])
def test_a_locale_that_the_user_may_not_use_is_a_warning(names: tuple[str, ...]) -> None:
    bot = shop()
    locales = bot.ask("GET", "/locales", projectId=bot.sandbox.project_id)["items"]
    rights = bot.ask("GET", ACL)
    (project,) = rights["projectWide"].values()
    project["allowedLocales"] = [{"localeId": locales[0][name], "primary": True} for name in names]
    bot.inject("GET", ACL, answered(200, rights))
    check = examined(bot)["right: use locales"]
    assert check.status is WARNING
    assert check.detail.startswith(f"Not granted for {locales[1]['name']}, but `apply` trains")
    project["allowedLocales"] = []  # which says nothing
    bot.inject("GET", ACL, answered(200, rights))
    assert "right: use locales" not in examined(bot)


def test_all_is_well_with_a_key_that_may_apply() -> None:
    checks = examined(shop())
    assert [each.name for each in checks.values() if each.status is not OK] == ["clock"]
    assert {name: checks[name].detail for name in ("address", "credentials", "locales")} == {
        "address": f"{ORIGIN} answers as cognigy-v2.",
        "credentials": f"The API key is that of {EDITOR.name}.",
        "locales": "Found English, Deutsch; English is primary.",
    }
    assert checks[f"flow: {FLOW}"].detail == "Found; slot fillers: 1. It is trained."
    assert checks["right: use locales"].detail.startswith("Granted for every locale")
    assert checks[f"playbook: {PLAYBOOK}"].detail == "Found; asserts: 3."
    assert not {"flows", "playbooks", "endpoint"} & set(checks)


def test_a_project_without_room_for_a_snapshot_is_a_warning_if_an_apply_takes_one() -> None:
    bot = shop(settings=TAKES_SNAPSHOTS)
    assert examined(bot)["snapshots"].detail == "The project has 1 of at most 10."
    project = bot.sandbox.project_id
    for number in range(9):
        bot.ask(
            "POST", "/snapshots", {"projectId": project, "name": f"{number}", "description": "D"}
        )
        bot.clock.advance(60.0)
    full = examined(bot)["snapshots"]
    assert (full.status, "Delete one" in full.hint) == (WARNING, True)
    assert full.detail == (
        "The project has 10 of at most 10, so `apply` cannot take one and would be refused."
    )


def test_it_only_reads() -> None:
    bot = shop()
    examined(bot)
    assert {each.method for each in bot.sandbox.requests} == {"GET"}
    assert all(not request.content for request in bot.transport.sent)


def test_nothing_shows_the_key() -> None:
    bot = shop()
    key = "a-long-key-that-no-message-may-show"
    bot.inject("GET", ME, answered(401, {"detail": f"unknown key {key}"}))
    checks = examined(bot, key=key)
    assert "[redacted]" in checks["credentials"].detail
    assert key not in str(checks)


class TestAddress:
    def test_a_host_that_does_not_answer_fails_and_hides_everything_else(self) -> None:
        bot = shop()
        bot.inject("GET", ME, lost_before, times=ALWAYS)
        checks = examined(bot)
        assert checks["address"].status is FAILED
        assert "could not be reached" in checks["address"].detail
        assert "COGNIGY_BASE_URL" in checks["address"].hint
        assert "so, too" not in checks["address"].hint
        assert list(checks) == ["address", "credentials", *BEHIND_THE_KEY]
        assert checks["project"].detail == (
            "Not checked, because the address does not answer as it should."
        )

    def test_it_is_not_tried_as_often_as_by_an_apply(self) -> None:
        bot = shop()
        bot.inject("GET", ME, lost_before, times=ALWAYS)
        examined(bot)
        assert len(bot.transport.sent) == 2

    @pytest.mark.parametrize("status", [200, 401, 403, 404])
    def test_a_login_page_is_named_by_its_title(self, status: int) -> None:
        bot = shop()
        page = "<html><title>Acme &amp; Co\n Sign in</title><input type='password'></html>"
        bot.inject("GET", ME, answered_text(page, status))
        check = examined(bot)["address"]
        assert check.status is FAILED
        assert check.detail == (
            f"{ORIGIN} answered {status} with a login page, 'Acme & Co Sign in', not with JSON."
        )

    def test_a_page_that_echoes_the_key_is_redacted(self) -> None:
        bot = shop()
        page = f"<html><title>No entry for {bot.user.api_key}</title></html>"
        bot.inject("GET", ME, answered_text(page, 403))
        check = examined(bot)["address"]
        assert "'No entry for [redacted]'" in check.detail

    def test_another_page_is_named_as_one(self) -> None:
        bot = shop()
        bot.inject("GET", ME, answered_text("<!DOCTYPE html><p>It works!"))
        assert "answered 200 with a web page, not" in examined(bot)["address"].detail

    def test_a_redirect_is_named_by_its_host(self) -> None:
        bot = shop()
        elsewhere = {"Location": "https://login.acme.example/start?token=x"}
        bot.inject("GET", ME, answered(302, headers=elsewhere))
        check = examined(bot)["address"]
        assert check.status is FAILED
        assert check.detail.endswith("answered 302 and redirects to login.acme.example.")

    @pytest.mark.parametrize("status", [404, 405])
    def test_json_without_our_route_is_another_api(self, status: int) -> None:
        bot = shop()
        bot.inject("GET", ME, answered(status, {"error": "no such route"}))
        check = examined(bot)["address"]
        assert check.status is FAILED
        assert check.detail.endswith(f"answered {status}, so it does not speak cognigy-v2.")
        assert "api" in check.hint

    def test_json_that_is_not_a_user_is_another_api_too(self) -> None:
        bot = shop()
        bot.inject("GET", ME, answered(200, {"hello": "world"}))
        check = examined(bot)["address"]
        assert (check.status, "without an `_id`" in check.detail) == (FAILED, True)

    def test_a_server_error_is_not_blamed_on_the_key(self) -> None:
        bot = shop()
        bot.inject("GET", ME, answered(500, {"detail": "Oh."}), times=2)
        checks = examined(bot)
        assert checks["address"].status is FAILED
        assert checks["address"].hint.endswith("a wrong address or key so, too.")
        assert checks["credentials"].status is WARNING


class TestCredentials:
    def test_a_wrong_key_fails_and_the_address_does_not(self) -> None:
        checks = examined(shop(), key="another-key")
        assert checks["address"].status is OK
        assert checks["credentials"].status is FAILED
        assert "COGNIGY_API_KEY" in checks["credentials"].hint
        hidden = [checks[name] for name in BEHIND_THE_KEY]
        assert {each.status for each in hidden} == {WARNING}
        assert {each.detail for each in hidden} == {
            "Not checked, because the API key does not work."
        }
        assert "rate" in checks

    def test_a_project_is_needed_for_a_connection(self) -> None:
        bot = shop()
        access = ProjectAccess(
            endpoint=Endpoint(origin=ORIGIN, kind="project"), api_key=Secret("key")
        )
        connecting = connect(
            access,
            project=bot.project,
            clock=bot.clock,
            observer=bot.observer,
            user_agent="tests",
            transport=bot.transport,
        )
        with pytest.raises(ConfigurationError, match="COGNIGY_PROJECT_ID"), connecting:
            pass


class TestClock:
    def checked(self, *, ahead: float) -> Check:
        bot = shop()

        def dated(request: httpx.Request, answer: Answer) -> httpx.Response:
            response = answer(request)
            theirs = bot.clock.now() - timedelta(seconds=ahead)
            response.headers["Date"] = format_datetime(theirs, usegmt=True)
            return response

        bot.inject("GET", ME, dated)
        return examined(bot)["clock"]

    @pytest.mark.parametrize("ahead", [-60.0, 0.0, 60.0])
    def test_a_minute_is_near_enough(self, ahead: float) -> None:
        assert self.checked(ahead=ahead).status is OK

    @pytest.mark.parametrize(("ahead", "side"), [(90.0, "ahead of"), (-90.0, "behind")])
    def test_more_is_a_warning(self, ahead: float, side: str) -> None:
        check = self.checked(ahead=ahead)
        assert check.status is WARNING
        assert check.detail == f"This machine's clock is 90 s {side} the tenant's."

    def test_without_a_date_it_is_not_checked(self) -> None:
        check = examined(shop())["clock"]
        assert check.detail == "Not checked, because the tenant's answers have no Date."


class TestRate:
    def left(self, **headers: str) -> Check:
        bot = shop()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bot.inject("GET", "/openapi-viewer.json", answered(404, {}, headers=named))
        return examined(bot)["rate"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"RateLimit_Remaining": "57"},
            {"X_RateLimit_Remaining": "57"},
            {"X_Rate_Limit_Remaining": "57"},
            {"RateLimit": '"default";r=57;t=30'},
        ],
    )
    def test_what_is_left_is_told_if_the_tenant_says_so(self, headers: dict[str, str]) -> None:
        check = self.left(**headers)
        assert check.status is OK
        assert check.detail == "At most 100 requests are sent in any minute; 57 are left."

    @pytest.mark.parametrize("value", ["", "many", "-1", "²"])
    def test_a_header_that_is_not_a_number_says_nothing(self, value: str) -> None:
        bot = shop()
        odd = {"RateLimit-Remaining": value}
        encoded = httpx.Headers([(name.encode(), each.encode()) for name, each in odd.items()])
        bot.inject(
            "GET",
            "/openapi-viewer.json",
            lambda _request, _answer: httpx.Response(404, json={}, headers=encoded),
        )
        assert "does not say how many are left" in examined(bot)["rate"].detail

    def test_few_are_a_warning(self) -> None:
        check = self.left(RateLimit_Remaining="9")
        assert (check.status, "Others use" in check.hint) == (WARNING, True)

    def test_a_429_is_a_warning(self) -> None:
        bot = shop()
        bot.inject("GET", "/endpoints", answered(429, {}, headers={"Retry-After": "1"}))
        checks = examined(bot)
        assert checks["rate"].status is WARNING
        assert "Answers of 429: 1." in checks["rate"].detail
        assert "endpoints" in checks

    def test_a_limit_over_the_documented_one_is_a_warning(self) -> None:
        generous = JUDGED.model_copy(update={"limits": Limits(requests_per_minute=201)})
        check = examined(shop(settings=generous))["rate"]
        assert check.status is WARNING
        assert check.detail.endswith("The vendor documents a limit of 200.")


class TestProject:
    def test_another_id_fails_with_those_that_there_are(self) -> None:
        bot = shop()
        checks = examined(bot, project_id="0" * 24)
        assert checks["project"].status is FAILED
        assert f"Shop ({bot.sandbox.project_id})" in checks["project"].hint
        assert checks["flows"].detail == "Not checked, because the project was not found."
        assert checks["openapi: routes"].status is OK

    def test_a_user_without_projects_must_be_invited(self) -> None:
        bot = shop()
        bot.inject("GET", PROJECTS, answered(200, {"items": [], "total": 0}))
        assert "Invite the user" in examined(bot)["project"].hint


class TestRights:
    def test_a_planning_key_lacks_what_only_an_apply_needs(self) -> None:
        checks = examined(shop(user=READER))
        warnings = [name for name, each in checks.items() if each.status is WARNING]
        assert warnings == [
            "right: update flows",
            "right: update intents",
            "right: update playbooks",
            "clock",
        ]
        assert "flowEditor" in checks["right: update flows"].hint
        assert "playbook_editor" in checks["right: update playbooks"].hint
        assert FAILED not in {each.status for each in checks.values()}

    def test_what_a_plan_needs_fails(self) -> None:
        nobody = SandboxUser(name="Nobody", email="nobody@x", api_key="nobody", roles=())
        bot = shop(user=nobody, users=(nobody,))
        checks = examined(bot)
        assert checks["right: read flows"].status is FAILED
        assert checks["right: read flows"].detail == (
            "Not granted, but `plan` needs it for flows and their slot fillers."
        )
        assert checks["right: read locales"].status is WARNING
        assert checks["flows"].status is FAILED
        assert "allowed to read flows " in checks["flows"].hint

    def test_those_for_snapshots_matter_only_if_an_apply_takes_one(self) -> None:
        editor = SandboxUser(name="E", email="e@x", api_key="e", roles=("basic", "flowEditor"))
        bot = shop(user=editor, users=(editor,))
        assert not [name for name in examined(bot) if "snapshot" in name]
        bot.settings = TAKES_SNAPSHOTS
        checks = examined(bot)
        assert checks["right: read snapshots"].status is OK
        missing = checks["right: create snapshots"]
        assert (missing.status, "snapshot_admin" in missing.hint) == (WARNING, True)
        assert missing.detail == (
            "Not granted, but `apply` needs it for the snapshot before its first change."
        )

    def test_rights_of_the_whole_organisation_count(self) -> None:
        bot = shop()
        everything = {"flows": {"read": True, "update": True}}
        acl = {"organisationWide": {"rights": everything}, "projectWide": {}}
        bot.inject("GET", ACL, answered(200, acl))
        checks = examined(bot)
        assert checks["right: update flows"].status is OK
        assert checks["right: read tasks"].detail.startswith("Not checked, because the tenant's")

    def test_a_right_in_one_place_is_enough(self) -> None:
        bot = shop()
        acl = {
            "organisationWide": {"rights": {"flows": {"read": True}}},
            "projectWide": {bot.sandbox.project_id: {"rights": {"flows": {"read": False}}}},
        }
        bot.inject("GET", ACL, answered(200, acl))
        assert examined(bot)["right: read flows"].status is OK

    @pytest.mark.parametrize("acl", [{}, {"projectWide": []}, {"organisationWide": None}])
    def test_an_unknown_list_of_rights_is_a_warning(self, acl: dict[str, Any]) -> None:
        bot = shop()
        bot.inject("GET", ACL, answered(200, acl))
        rights = [each for name, each in examined(bot).items() if name.startswith("right: ")]
        assert len(rights) == 7
        assert {each.status for each in rights} == {WARNING}

    def test_without_the_list_the_rest_is_checked(self) -> None:
        bot = shop()
        bot.inject("GET", ACL, answered(403, {"detail": "No."}))
        checks = examined(bot)
        assert checks["rights"].status is WARNING
        assert checks[f"flow: {FLOW}"].status is OK

    def test_lexicons_count_only_where_a_file_names_a_lexicon_slot(self) -> None:
        assert "right: read lexicons" not in examined(shop())
        file = desired(ORDER)
        named = replace(file, content=content(ORDER, type="slot", regex=None, slot="Product"))
        files = (desired("gone", absent=True), named)
        assert examined(shop(files=files))["right: read lexicons"].status is OK

    def test_playbooks_that_judge_nothing_need_no_right(self) -> None:
        checks = examined(shop(settings=Settings(gate=PlaybookPolicy(enabled=False))))
        assert "right: update flows" in checks
        assert "right: update playbooks" not in checks
        assert checks["playbooks"].status is OK


class TestFlows:
    def test_one_that_is_not_there_fails_alone(self) -> None:
        checks = examined(shop(files=(desired(ORDER), desired("other", flow="Order"))))
        assert checks["flow: Order"].status is FAILED
        assert f"Did you mean '{FLOW}'?" in checks["flow: Order"].hint
        assert checks[f"flow: {FLOW}"].status is OK

    def test_two_of_one_name_fail(self) -> None:
        checks = examined(shop(flows=({"name": FLOW},)))
        assert "2 flows of the project" in checks[f"flow: {FLOW}"].detail

    def test_one_that_only_the_settings_name_is_looked_for(self) -> None:
        checks = examined(shop(files=(), settings=Settings(flow=OTHER_FLOW)))
        assert checks[f"flow: {OTHER_FLOW}"].status is FAILED

    def test_without_files_they_are_counted(self) -> None:
        checks = examined(shop(files=(), settings=Settings()))
        assert checks["flows"].detail == "The files name none; the project has 1."
        assert checks["playbooks"].detail == "The files name none; the project has 1."

    def test_a_list_that_fails_is_told_once(self) -> None:
        bot = shop(files=(desired(ORDER), desired("other", flow=OTHER_FLOW)))
        bot.inject("GET", "/flows", answered(403, {"detail": "No."}), times=ALWAYS)
        checks = examined(bot)
        assert checks["flows"].status is FAILED
        assert not [name for name in checks if name.startswith("flow: ")]
        assert checks["locales"].status is OK


class TestLocales:
    def test_without_a_primary_one_it_fails(self) -> None:
        bot = shop()
        items = [{"_id": "1", "name": "English"}, {"_id": "2", "name": "Deutsch"}]
        bot.inject("GET", "/locales", answered(200, {"items": items, "total": 2}))
        check = examined(bot)["locales"]
        assert (check.status, "0 of the project's 2" in check.detail) == (FAILED, True)

    def test_one_that_a_gate_names_is_looked_for(self) -> None:
        gate = PlaybookPolicy(playbooks=(PLAYBOOK,), locales=("English", "Klingon"))
        checks = examined(shop(settings=Settings(flow=FLOW, gate=gate)))
        assert checks["locale: Klingon"].status is FAILED
        assert checks["locale: Klingon"].detail.startswith("There is no locale 'Klingon'")
        assert "locale: English" not in checks


class TestPlaybooks:
    def test_one_that_is_not_there_fails(self) -> None:
        gate = PlaybookPolicy(playbooks=("Chek",))
        checks = examined(shop(settings=Settings(flow=FLOW, gate=gate)))
        assert checks["playbook: Chek"].status is FAILED
        assert "Did you mean 'Check'?" in checks["playbook: Chek"].detail

    def test_one_without_asserts_fails(self) -> None:
        checks = examined(shop(steps=(step("Hello"),)))
        check = checks[f"playbook: {PLAYBOOK}"]
        assert (check.status, "without asserts" in check.detail) == (FAILED, True)

    def test_those_of_a_gate_that_is_off_are_not_looked_for(self) -> None:
        gate = PlaybookPolicy(enabled=False, playbooks=("Chek",))
        checks = examined(shop(settings=Settings(flow=FLOW, gate=gate)))
        assert "playbook: Chek" not in checks
        assert checks["playbooks"].status is OK

    @pytest.mark.parametrize("gate", [PlaybookPolicy(), GatePolicy()])
    def test_a_slot_that_none_judges_is_a_warning(self, gate: GatePolicy) -> None:
        checks = examined(shop(settings=Settings(flow=FLOW, gate=gate)))
        assert checks["playbooks"].status is WARNING
        assert checks["playbooks"].detail.startswith(f"No playbook judges {ORDER}, ")

    @pytest.mark.parametrize(
        ("gate", "names"),
        [
            (PlaybookOverride(playbooks=("Mine",)), [f"playbook: {PLAYBOOK}", "playbook: Mine"]),
            (GateOverride(enabled=False), [f"playbook: {PLAYBOOK}"]),
        ],
    )
    def test_those_of_a_slot_count_unless_its_gate_is_off(
        self, gate: GateOverride, names: list[str]
    ) -> None:
        checks = examined(shop(files=(replace(desired(ORDER), gate=gate),)))
        assert sorted(n for n in checks if n.startswith("playbook: ")) == sorted(names)


class TestEndpoints:
    BOT = {"endpoints": [{"name": "Webchat", "channel": "webchat3", "flow": FLOW}]}  # noqa: RUF012

    def test_one_that_serves_the_project_is_live(self) -> None:
        checks = examined(shop(bot=self.BOT))
        assert "endpoints" not in checks
        check = checks["endpoint: Webchat"]
        assert (check.status, "live at once" in check.detail) == (OK, True)

    def test_one_that_serves_a_snapshot_is_a_warning(self) -> None:
        check = examined(shop(bot=self.BOT, endpoint_serves="snapshot"))["endpoint: Webchat"]
        assert check.status is WARNING
        assert "goes live only with the next one" in check.detail
        assert "create a snapshot" in check.hint

    def test_a_list_that_is_refused_is_a_warning(self) -> None:
        bot = shop()
        bot.inject("GET", "/endpoints", answered(403, {"detail": "No."}))
        assert examined(bot)["endpoints"].status is WARNING


class TestOpenApi:
    def test_a_document_is_named_with_its_version(self) -> None:
        checks = examined(shop(version="2026.10.1"))
        assert "(version 2026.10.1)" in checks["openapi: routes"].detail
        assert checks["openapi: fields"].status is OK
        assert "none for POST /flows/{}/intents/train, " in checks["openapi: fields"].detail

    def test_a_route_that_it_lacks_fails(self) -> None:
        lacks = frozenset({"/v2.0/flows/{flowId}/intents/train"})
        check = examined(shop(openapi_lacks=lacks))["openapi: routes"]
        assert check.status is FAILED
        assert "lacks POST /flows/{}/intents/train, which we use." in check.detail

    def test_a_field_that_it_lacks_fails(self) -> None:
        checks = examined(shop(openapi_lacks=frozenset({"contextKey"})))
        assert checks["openapi: routes"].status is OK
        check = checks["openapi: fields"]
        assert check.status is FAILED
        assert "contextKey (POST /flows/{}/slotfillers)" in check.detail
        assert "contextKey (PATCH /flows/{}/slotfillers/{})" in check.detail

    def test_a_field_of_an_answer_that_it_lacks_fails(self) -> None:
        checks = examined(shop(openapi_lacks=frozenset({"stepResults"})))
        assert checks["openapi: fields"].status is OK
        check = checks["openapi: answers"]
        assert check.status is FAILED
        assert "stepResults (GET /playbooks/{}/runs/{})" in check.detail

    def test_the_routes_of_snapshots_count_only_if_an_apply_takes_one(self) -> None:
        bot = shop(openapi_lacks=frozenset({"/v2.0/snapshots"}))
        assert examined(bot)["openapi: routes"].status is OK
        bot.settings = TAKES_SNAPSHOTS
        check = examined(bot)["openapi: routes"]
        assert (check.status, "POST /snapshots" in check.detail) == (FAILED, True)

    def test_no_document_is_a_warning(self) -> None:
        check = examined(shop(openapi_served=False))["openapi"]
        assert (check.status, "404" in check.detail) == (WARNING, True)

    @pytest.mark.parametrize("body", [[], {}, {"paths": {}}, {"paths": [1]}, {"paths": {"/a": 1}}])
    def test_a_document_of_another_kind_is_a_warning(self, body: Any) -> None:
        bot = shop()
        bot.inject("GET", "/openapi-viewer.json", answered(200, body))
        check = examined(bot)["openapi"]
        assert (check.status, "describes no routes" in check.detail) == (WARNING, True)
