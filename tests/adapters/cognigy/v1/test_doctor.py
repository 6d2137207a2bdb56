"""The examination of a tenant of version 1: each check, and what makes it fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.cognigy.v1.doctor import connect
from reconciler.model.access import TenantAccess
from reconciler.model.check import Check, CheckStatus
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits
from reconciler.sandbox.v1.settings import READ_BOTS, RETRAIN, WRITE_SLOTS
from tests.support.faults import answered, answered_text, lost_before
from tests.support.world import BOT, COLOUR, FRUIT, ORIGIN, SIZE, World, desired_slot, document

OK, WARNING, FAILED = CheckStatus
TOKEN, SLOTS, METRICS = "/oauth/token", "/api/v1/slots", "/extraction"
ALWAYS = 10**9


def examined(
    world: World, *files: Any, bot_id: str | None = BOT, with_secret: bool = True
) -> dict[str, Check]:
    """Every check by its name; no two share one."""
    access = TenantAccess(
        endpoint=Endpoint(origin=ORIGIN, bot_id=bot_id),
        client_id="sandbox",
        client_secret=Secret("sandbox-secret" if with_secret else "wrong"),
    )
    with connect(
        access,
        project=world.project(*files),
        clock=world.clock,
        observer=world.observer,
        user_agent="tests",
        transport=world.transport,
    ) as examiner:
        assert examiner.endpoint == access.endpoint
        checks = list(examiner.examine())
    by_name = {each.name: each for each in checks}
    assert len(by_name) == len(checks)
    return by_name


def world(folder: Path, *live: str, **details: Any) -> World:
    """A tenant with these slots, or three, and some traffic."""
    made = World(folder, live=[document(each) for each in live or (FRUIT, COLOUR, SIZE)], **details)
    made.clock.advance(20.0)
    return made


def test_all_is_well_with_a_client_that_may_apply(tmp_path: Path) -> None:
    checks = examined(world(tmp_path), desired_slot(FRUIT))
    assert [each.name for each in checks.values() if each.status is not OK] == ["clock"]
    assert checks["address"].detail == f"{ORIGIN} answers as cognigy-v1."
    assert checks["listing"].detail == "Live slots: 3."
    assert checks["bot"].detail == f"{BOT} has metrics, for example of {FRUIT}."


def test_it_only_reads(tmp_path: Path) -> None:
    made = world(tmp_path)
    examined(made)
    sent = {(each.method, each.path) for each in made.sandbox.requests}
    assert {path for method, path in sent if method != "GET"} == {TOKEN}


def test_all_requests_share_one_limit(tmp_path: Path) -> None:
    made = world(tmp_path, limits=Limits(requests_per_minute=2))
    examined(made)
    times = [each.at for each in made.sandbox.requests]
    assert all(later - earlier >= 60.0 for earlier, later in zip(times, times[2:], strict=False))


class TestAddress:
    def test_a_host_that_does_not_answer_fails_and_hides_everything_else(
        self, tmp_path: Path
    ) -> None:
        made = world(tmp_path)
        made.inject("POST", TOKEN, lost_before, times=ALWAYS)
        checks = examined(made)
        assert list(checks) == ["address", "credentials", "scopes", "listing", "single GET", "bot"]
        assert checks["address"].status is FAILED
        assert {each.status for name, each in checks.items() if name != "address"} == {WARNING}

    @pytest.mark.parametrize("status", [200, 401, 404])
    def test_a_login_page_is_named(self, tmp_path: Path, status: int) -> None:
        made = world(tmp_path)
        page = "<html><title>Log in</title></html>"
        made.inject("POST", TOKEN, answered_text(page, status), times=ALWAYS)
        check = examined(made)["address"]
        assert check.status is FAILED
        assert check.detail.endswith(
            f"answered {status} with a login page, 'Log in', not with JSON."
        )

    def test_a_page_that_echoes_the_secret_is_redacted(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        page = "<html><title>No entry for sandbox-secret</title></html>"
        made.inject("POST", TOKEN, answered_text(page, 403), times=ALWAYS)
        assert "'No entry for [redacted]'" in examined(made)["address"].detail

    def test_json_without_a_token_is_another_api(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("POST", TOKEN, answered(200, {"hello": "world"}))
        assert examined(made)["address"].status is FAILED

    def test_a_tenant_without_the_route_is_another_api(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("POST", TOKEN, answered(404, {"detail": "no such route"}))
        check = examined(made)["address"]
        assert check.detail.endswith("answered 404, so it does not speak cognigy-v1.")


class TestCredentials:
    def test_a_wrong_secret_fails_and_the_address_does_not(self, tmp_path: Path) -> None:
        checks = examined(world(tmp_path), with_secret=False)
        assert checks["address"].status is OK
        assert checks["credentials"].status is FAILED
        assert "COGNIGY_CLIENT_SECRET" in checks["credentials"].hint
        assert checks["bot"].detail == "Not checked, because the credentials do not work."
        assert "rate" in checks


class TestScopes:
    def test_a_planning_client_lacks_what_only_an_apply_needs(self, tmp_path: Path) -> None:
        checks = examined(world(tmp_path, scopes=frozenset({READ_BOTS, WRITE_SLOTS})))
        assert checks[f"scope: {READ_BOTS}"].status is OK
        assert checks[f"scope: {WRITE_SLOTS}"].status is OK
        check = checks[f"scope: {RETRAIN}"]
        assert check.status is WARNING
        assert check.detail.startswith("Not granted, but `apply` needs it for retraining the bot.")

    def test_a_scope_that_is_left_out_of_the_token_is_not_granted(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        token = {"access_token": "t" * 30, "expires_in": 60, "scope": READ_BOTS}
        made.inject("POST", TOKEN, answered(200, token), times=ALWAYS)
        made.inject("GET", SLOTS, answered(200, {"data": []}), times=ALWAYS)
        checks = examined(made)
        assert checks[f"scope: {READ_BOTS}"].status is OK
        assert checks[f"scope: {WRITE_SLOTS}"].status is WARNING
        assert f"did not grant the scope {WRITE_SLOTS}" in checks[f"scope: {WRITE_SLOTS}"].detail

    def test_what_a_plan_needs_fails_and_the_credentials_do_not(self, tmp_path: Path) -> None:
        checks = examined(world(tmp_path, scopes=frozenset({WRITE_SLOTS})))
        assert checks["credentials"].status is OK
        assert checks[f"scope: {READ_BOTS}"].status is FAILED
        assert checks[f"scope: {WRITE_SLOTS}"].status is OK
        assert checks["listing"].detail == "Not checked, because there is no token for it."

    def test_an_answer_that_is_lost_is_not_a_refusal(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("POST", TOKEN, lambda request, answer: answer(request))  # for reading
        made.inject("POST", TOKEN, lost_before, times=2)
        check = examined(made)[f"scope: {WRITE_SLOTS}"]
        assert check.status is WARNING
        assert "Not granted" not in check.detail


class TestSlots:
    def test_a_listing_that_fails_hides_what_needs_a_slot(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("GET", SLOTS, answered(403, {"error": "no"}))
        checks = examined(made)
        assert checks["listing"].status is FAILED
        assert checks["bot"].detail == "Not checked, because the slots cannot be listed."

    @pytest.mark.parametrize(
        ("strangers", "detail"),
        [
            ([{"slotId": "odd", "patterns": 7}], "4. Those that cannot be read: odd."),
            ([{"name": "x"}], "4. Those that cannot be read: one without an id."),
            (
                [{"slotId": "odd", "patterns": 7}, {"name": "x"}],
                "5. Those that cannot be read: odd, one without an id.",
            ),
        ],
    )
    def test_slots_that_cannot_be_read_are_named(
        self, tmp_path: Path, strangers: list[Any], detail: str
    ) -> None:
        check = examined(world(tmp_path, strangers=tuple(strangers)))["listing"]
        assert check.status is WARNING
        assert check.detail == f"Live slots: {detail}"

    def test_without_slots_the_rest_is_not_checked(self, tmp_path: Path) -> None:
        made = World(tmp_path)
        checks = examined(made)
        assert checks["single GET"].detail == "Not checked, because no slot is live."
        assert checks["bot"].status is WARNING

    @pytest.mark.parametrize("details", [{"etag": False}, {"single_get": False}])
    def test_a_write_that_nothing_guards_is_a_warning(
        self, tmp_path: Path, details: dict[str, Any]
    ) -> None:
        check = examined(world(tmp_path, **details))["single GET"]
        assert (check.status, "overwritten" in check.hint) == (WARNING, True)

    def test_a_single_get_that_is_refused_fails(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("GET", f"{SLOTS}/{FRUIT}", answered(403, {"error": "no"}))
        assert examined(made, desired_slot(FRUIT))["single GET"].status is FAILED


class TestBot:
    def test_one_slot_without_metrics_is_fine(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("GET", METRICS, answered(404, {"error": "no metrics yet"}))
        check = examined(made)["bot"]
        assert check.status is OK

    def test_none_with_metrics_is_a_warning(self, tmp_path: Path) -> None:
        made = world(tmp_path, FRUIT, COLOUR, SIZE, "slot_fourth")
        check = examined(made, bot_id="bot_2")["bot"]
        asked = [each for each in made.sandbox.requests if each.path.endswith(METRICS)]
        assert len(asked) == 3
        assert check.status is WARNING
        assert check.detail.startswith("bot_2 has no metrics of slot_")
        assert check.hint == "Check COGNIGY_BOT_ID."

    def test_no_bot_is_a_warning(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        check = examined(made, bot_id=None)["bot"]
        assert (check.status, "--no-gate" in check.hint) == (WARNING, True)
        assert not [each for each in made.sandbox.requests if each.path.endswith(METRICS)]

    def test_an_answer_that_is_lost_at_the_end_leaves_the_rate_known(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("GET", METRICS, lost_before, times=2)
        checks = examined(made)
        assert checks["bot"].status is FAILED
        assert checks["rate"].status is OK

    def test_metrics_that_are_refused_fail(self, tmp_path: Path) -> None:
        made = world(tmp_path)
        made.inject("GET", METRICS, answered(403, {"error": "no"}))
        assert examined(made)["bot"].status is FAILED


def test_the_documented_limit_is_100(tmp_path: Path) -> None:
    check = examined(world(tmp_path, limits=Limits(requests_per_minute=101)))["rate"]
    assert check.detail.endswith("The vendor documents a limit of 100.")
