"""Version 2 of the API, against the sandbox and against a faulty tenant."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.adapters.cognigy.v2.tenant import connect
from reconciler.errors import (
    AmbiguousTenantError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    InconsistentReadError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    Refusal,
    RequestRejectedError,
    TenantError,
    UnavailableError,
    UnsupportedError,
)
from reconciler.model.access import ProjectAccess
from reconciler.model.content import FillerContent, PatternContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits, Settings
from reconciler.model.slot import LiveSlot
from reconciler.ports import SILENT, Permission, Tenant
from reconciler.sandbox.v2.settings import COLLEAGUE, READER
from tests.support.faults import answered, lost_after, lost_before, meanwhile, stored_then
from tests.support.shop import (
    CUSTOMER,
    FLOW,
    ORDER,
    ORIGIN,
    OTHER_FLOW,
    Shop,
    content,
    desired,
    filler,
)

LIST, TRAIN = "/slotfillers", "/intents/train"
BROKEN = {"detail": "It broke.", "traceId": "t-1"}


def shop(*names: str, **details: Any) -> Shop:
    """A flow with these fillers, each of which has a file."""
    return Shop(*map(filler, names), **{"files": tuple(map(desired, names)), **details})


def read(tenant: Tenant, slot_id: str) -> LiveSlot:
    found = tenant.read_slot(slot_id)
    assert found is not None
    return found


def change(tenant: Tenant, slot_id: str, **fields: Any) -> LiveSlot | None:
    """Store the slot with other fields than it has."""
    live = read(tenant, slot_id)
    assert isinstance(live.content, FillerContent)
    before = {name: getattr(live.content, name) for name in FillerContent.FIELDS}
    after = FillerContent(**{**before, **fields})
    return tenant.store(slot_id, after, train=False, replaces=live)


class TestProtocol:
    def test_every_request_has_the_key_and_asks_for_json(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            tenant.list_slots()
            change(tenant, ORDER, context_key="number")
        assert bot.transport.sent
        for request in bot.transport.sent:
            assert request.headers["X-API-Key"] == bot.user.api_key
            assert request.headers["Accept"] == "application/json"
            assert request.headers["User-Agent"] == "tests"
            assert request.url.path.startswith("/new/v2.0/")
            assert bot.user.api_key not in str(request.url)

    def test_a_get_has_no_body(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            tenant.list_slots()
        for request in bot.transport.sent:
            assert request.content == b""
            assert "Content-Length" not in request.headers
            assert "Content-Type" not in request.headers

    def test_nothing_is_sent_before_the_first_call(self) -> None:
        bot = shop(ORDER)
        with bot.tenant():
            pass
        assert bot.transport.sent == []

    def test_a_project_is_needed(self) -> None:
        access = ProjectAccess(
            endpoint=Endpoint(origin=ORIGIN, kind="project"), api_key=Secret("key")
        )
        with (
            pytest.raises(ConfigurationError, match="COGNIGY_PROJECT_ID"),
            connect(
                access,
                project=shop().project,
                permission=Permission.READ,
                limits=Limits(),
                clock=shop().clock,
                observer=SILENT,
                user_agent="tests",
            ),
        ):
            pass

    def test_an_error_shows_its_detail_and_its_trace(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", LIST, answered(400, {"detail": "So not.", "traceId": "t-1"}))
        with bot.tenant() as tenant, pytest.raises(RequestRejectedError) as raised:
            tenant.list_slots()
        assert raised.value.message == (
            "Listing the slot fillers of the flow Orders: the tenant answered 400: So not "
            "(traceId t-1)."
        )

    def test_an_error_without_a_detail_shows_its_title(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", LIST, answered(400, {"title": "Bad Request", "detail": None}))
        with bot.tenant() as tenant, pytest.raises(RequestRejectedError, match="400: Bad Request"):
            tenant.list_slots()

    def test_only_lists_of_the_project_name_it(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            tenant.list_slots()
            tenant.people(["someone"])
        assert [each.query.get("projectId") for each in bot.sandbox.requests] == [
            bot.sandbox.project_id,  # the flows
            None,  # the fillers of one
            None,  # one of them
            None,  # the members, with the project in the path
        ]

    def test_a_long_detail_leaves_the_trace_whole(self) -> None:
        bot = shop(ORDER)
        trace = "a" * 32
        bot.inject("GET", LIST, answered(400, {"detail": "x" * 999, "traceId": trace}))
        with bot.tenant() as tenant, pytest.raises(RequestRejectedError, match=f"{trace}\\)\\.$"):
            tenant.list_slots()

    @pytest.mark.parametrize("body", ["text", [1], {}, {"detail": ""}])
    def test_an_error_without_a_detail_shows_its_status(self, body: object) -> None:
        bot = shop(ORDER)
        bot.inject("GET", LIST, answered(400, body))
        with bot.tenant() as tenant, pytest.raises(RequestRejectedError, match=r"answered 400\.$"):
            tenant.list_slots()

    def test_a_wrong_key_says_so(self) -> None:
        bot = shop(ORDER, user=COLLEAGUE)
        bot.inject("GET", "/flows", answered(401, {"detail": "The key is wrong."}))
        with bot.tenant() as tenant, pytest.raises(AuthenticationError) as raised:
            tenant.list_slots()
        assert "COGNIGY_API_KEY" in raised.value.hint
        assert len(bot.transport.sent) == 1

    def test_a_wrong_project_says_so(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", "/flows", answered(400, {"detail": "No such project."}))
        bot.inject("GET", "/flows", answered(404, {"detail": "No such project."}))
        with bot.tenant() as tenant:
            for kind in (RequestRejectedError, NotFoundError):
                with pytest.raises(kind) as raised:
                    tenant.list_slots()
                assert "COGNIGY_PROJECT_ID" in raised.value.hint

    def test_a_missing_right_is_named(self) -> None:
        bot = shop(ORDER, user=READER)
        with bot.tenant() as tenant, pytest.raises(PermissionDeniedError) as raised:
            change(tenant, ORDER, context_key="number")
        assert "allowed to update flows (role flowEditor) in this project" in raised.value.hint

    def test_the_key_is_redacted(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", LIST, answered(400, {"detail": f"key {bot.user.api_key}"}))
        with bot.tenant() as tenant, pytest.raises(TenantError) as raised:
            tenant.list_slots()
        assert "[redacted]" in raised.value.message
        assert bot.user.api_key not in raised.value.message

    def test_an_answer_that_echoes_the_key_is_not_used(self) -> None:
        bot = shop(ORDER, user=READER)
        body = {"items": [{"_id": "1", "name": READER.api_key}], "total": 1}
        bot.inject("GET", LIST, answered(200, body))
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match="redacted"):
            tenant.list_slots()

    def test_a_redirect_is_not_followed(self) -> None:
        bot = shop(ORDER)
        away = answered(302, headers={"Location": "https://elsewhere.example/"})
        bot.inject("GET", "/flows", away)
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError) as raised:
            tenant.list_slots()
        assert "Check COGNIGY_BASE_URL." in raised.value.hint
        assert {request.url.host for request in bot.transport.sent} == {"api-acme.cognigy.cloud"}

    def test_a_429_is_waited_for(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", "/flows", answered(429, headers={"Retry-After": "40"}))
        begun = bot.clock.monotonic()
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == [ORDER]
        assert bot.clock.monotonic() - begun >= 40.0

    def test_a_lost_answer_to_a_read_is_asked_for_again(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", "/flows", lost_before)
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == [ORDER]

    def test_requests_keep_the_pace(self) -> None:
        bot = shop(*(f"filler{number}" for number in range(8)))
        begun = bot.clock.monotonic()
        with bot.tenant(limits=Limits(requests_per_minute=5)) as tenant:
            assert len(tenant.list_slots()) == 8
        assert bot.clock.monotonic() - begun >= 60.0

    @pytest.mark.parametrize(
        "body", [[], {"_embedded": {"flows": []}}, {"items": {}}, {"items": ["x"], "total": 1}]
    )
    def test_a_list_of_another_shape_is_never_an_empty_one(self, body: object) -> None:
        bot = shop(ORDER)
        bot.inject("GET", "/flows", answered(200, body))
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError):
            tenant.list_slots()

    def test_another_tool_s_slot_cannot_be_stored(self) -> None:
        bot = shop(ORDER)
        foreign = PatternContent(
            name="x", type="regex", patterns=(), fill_strategy=None, dependencies=()
        )
        with bot.tenant() as tenant:
            with pytest.raises(UnsupportedError):
                tenant.store("x", foreign, train=False, replaces=None)
            with pytest.raises(UnsupportedError):
                tenant.train(LiveSlot(slot_id="x", content=foreign))
        assert bot.sent("POST") == []


class TestListing:
    def test_a_slot_has_the_fields_of_its_filler(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            (live,) = tenant.list_slots().values()
        stored = bot.filler(ORDER)
        assert live.slot_id == ORDER
        assert live.content == content(ORDER)
        assert live.raw == {**stored, "reconciler:flow": FLOW, "reconciler:slot": ORDER}
        assert live.unmodelled == ()
        assert live.changed_by == stored["lastChangedBy"]
        assert live.changed_at is not None
        assert live.changed_at.timestamp() == stored["lastChanged"]

    def test_every_filler_of_a_flow_is_listed_with_or_without_a_file(self) -> None:
        bot = Shop(filler("Größe, in cm"), filler(ORDER), files=(desired(ORDER),))
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == [ORDER, "Gro_e_in_cm"]

    def test_only_flows_that_the_files_name_are_listed(self) -> None:
        other = {"name": OTHER_FLOW, "slotfillers": [filler("age")]}
        bot = shop(ORDER, flows=(other,))
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == [ORDER]

    def test_the_flow_of_the_settings_is_listed_without_any_file(self) -> None:
        other = {"name": OTHER_FLOW, "slotfillers": [filler("age")]}
        bot = Shop(filler(ORDER), flows=(other,), settings=Settings(flow=OTHER_FLOW))
        with bot.tenant() as tenant:
            (live,) = tenant.list_slots().values()
        assert (live.slot_id, live.content.trained_with) == ("age", OTHER_FLOW)

    def test_without_any_flow_nothing_is_listed(self) -> None:
        bot = Shop(filler(ORDER), settings=Settings())
        with bot.tenant() as tenant:
            assert dict(tenant.list_slots()) == {}

    def test_a_file_may_call_a_slot_otherwise_than_its_filler(self) -> None:
        bot = Shop(filler(ORDER), files=(desired("order_number", name=ORDER),))
        with bot.tenant() as tenant:
            (live,) = tenant.list_slots().values()
        assert live.slot_id == "order_number"
        assert live.content.name == ORDER

    @pytest.mark.parametrize("page", [1, 3, 100])
    def test_all_pages_are_read(self, page: int) -> None:
        names = [f"filler{number}" for number in range(7)]
        bot = shop(*names, page_cap=page)
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == names

    @pytest.mark.parametrize("defect", [{"totals": False}, {"total_surplus": 1}])
    def test_a_list_that_does_not_add_up_is_an_error(self, defect: dict[str, Any]) -> None:
        bot = shop(ORDER, **defect)
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match="total"):
            tenant.list_slots()

    def test_a_filler_that_is_deleted_meanwhile_is_not_listed(self) -> None:
        bot = shop(ORDER, CUSTOMER)
        gone = bot.filler(CUSTOMER)["_id"]
        removal = meanwhile(lambda: bot.sandbox.console.remove(FLOW, CUSTOMER))
        bot.inject("GET", gone, removal)
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == [ORDER]
        assert len(bot.sent("GET", bot.filler(ORDER)["_id"])) == 1  # it need not be read again

    def test_a_filler_that_is_renamed_meanwhile_is_listed_by_its_new_name(self) -> None:
        bot = shop(ORDER)
        edit = meanwhile(lambda: bot.rename(ORDER, to="other"))
        bot.inject("GET", bot.filler(ORDER)["_id"], edit)
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == ["other"]

    def test_a_filler_that_is_in_the_list_but_not_found_is_an_inconsistency(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", bot.filler(ORDER)["_id"], answered(404), times=99)
        with bot.tenant() as tenant:
            with pytest.raises(InconsistentReadError):
                tenant.list_slots()
            with pytest.raises(InconsistentReadError):
                tenant.read_slot(ORDER)

    @pytest.mark.parametrize("field", ["type", "regex", "contextKey", "storeResultInContext"])
    def test_a_filler_of_unknown_shape_is_unreadable(self, field: str) -> None:
        bot = shop(ORDER)
        bot.sandbox.console.edit(FLOW, ORDER, **{field: 5})
        with bot.tenant() as tenant:
            live = tenant.list_slots()
            with pytest.raises(MalformedResponseError, match=field):
                tenant.read_slot(ORDER)
        assert live.unreadable[ORDER].fields == (field,)

    def test_a_filler_that_is_nested_too_deeply_is_unreadable(self) -> None:
        bot = shop(ORDER)
        deep: list[Any] = []
        for _ in range(300):
            deep = [deep]
        bot.sandbox.console.edit(FLOW, ORDER, extra=deep)
        with bot.tenant() as tenant:
            assert tenant.list_slots().unreadable[ORDER].fields == ("extra",)

    def test_half_a_character_is_unreadable_because_it_cannot_be_sent_again(self) -> None:
        bot = shop(ORDER)
        bot.sandbox.console.edit(FLOW, ORDER, contextKey="\ud800")
        with bot.tenant() as tenant:
            assert tenant.list_slots().unreadable[ORDER].fields == ("contextKey",)

    def test_another_filler_than_was_asked_for_is_malformed(self) -> None:
        bot = shop(ORDER, CUSTOMER)
        other = bot.filler(CUSTOMER)
        bot.inject("GET", bot.filler(ORDER)["_id"], answered(200, other), times=9)
        with bot.tenant() as tenant, pytest.raises(MalformedResponseError, match=other["_id"]):
            tenant.read_slot(ORDER)

    @pytest.mark.parametrize("moment", [None, "yesterday", True, 1e300])
    def test_an_odd_time_of_change_is_unknown(self, moment: object) -> None:
        bot = shop(ORDER)
        odd = {**bot.filler(ORDER), "lastChanged": moment}
        bot.inject("GET", odd["_id"], answered(200, odd))
        with bot.tenant() as tenant:
            assert read(tenant, ORDER).changed_at is None


class TestIdentity:
    def test_a_flow_is_found_by_its_reference_id_and_called_as_in_the_files(self) -> None:
        bot = Shop(filler(ORDER))
        reference = bot.flows[0]["referenceId"]
        bot.files = (desired(ORDER, flow=reference),)
        bot.settings = Settings()
        with bot.tenant() as tenant:
            (live,) = tenant.list_slots().values()
        assert isinstance(live.content, FillerContent)
        assert live.content.flow == reference

    def test_two_spellings_of_one_flow_are_one_flow(self) -> None:
        bot = Shop(filler(ORDER), filler(CUSTOMER), filler("third"))
        bot.files = (desired(ORDER), desired(CUSTOMER, flow=bot.flows[0]["referenceId"]))
        with bot.tenant() as tenant:
            live = tenant.list_slots()
        assert {each.slot_id: each.content.trained_with for each in live.values()} == {
            ORDER: FLOW,
            CUSTOMER: bot.flows[0]["referenceId"],
            "third": FLOW,
        }
        assert len(bot.sent("GET", LIST)) == 1

    def test_an_unknown_flow_is_an_error_that_names_those_that_there_are(self) -> None:
        bot = shop(ORDER, files=(desired(ORDER, flow="orders "),), flows=({"name": OTHER_FLOW},))
        with bot.tenant() as tenant, pytest.raises(NotFoundError) as raised:
            tenant.list_slots()
        assert "no flow 'orders '" in raised.value.message
        assert raised.value.hint == (
            "Did you mean 'Orders'? The project has: 'Orders', 'Small talk'."
        )

    def test_of_many_flows_ten_are_named(self) -> None:
        flows = tuple({"name": f"Flow {number:02}"} for number in range(12))
        bot = shop(ORDER, files=(desired(ORDER, flow="?"),), flows=flows)
        with bot.tenant() as tenant, pytest.raises(NotFoundError) as raised:
            tenant.list_slots()
        assert raised.value.hint.endswith("'Flow 09' and 3 more.")

    def test_who_sees_no_flow_is_told_what_to_check(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", "/flows", answered(200, {"items": [], "total": 0}))
        with bot.tenant() as tenant, pytest.raises(NotFoundError) as raised:
            tenant.list_slots()
        assert "sees no flow" in raised.value.hint
        assert "COGNIGY_PROJECT_ID" in raised.value.hint

    def test_two_flows_of_one_name_are_refused_with_both_ids(self) -> None:
        bot = shop(ORDER, flows=({"name": FLOW},))
        with bot.tenant() as tenant, pytest.raises(AmbiguousTenantError) as raised:
            tenant.list_slots()
        for flow in bot.flows:
            assert flow["referenceId"] in raised.value.message
        assert "reference id" in raised.value.hint
        assert isinstance(raised.value, Refusal)
        assert raised.value.exit_code == 4

    def test_one_of_two_flows_of_one_name_is_chosen_by_its_reference_id(self) -> None:
        bot = shop(ORDER, flows=({"name": FLOW},), settings=Settings())
        bot.files = (desired(ORDER, flow=bot.flows[0]["referenceId"]),)
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == [ORDER]

    def test_two_fillers_of_a_name_that_a_file_uses_are_refused_with_both_ids(self) -> None:
        bot = shop(ORDER)
        bot.sandbox.console.add(FLOW, **filler(ORDER))
        with bot.tenant() as tenant:
            for act in (tenant.list_slots, lambda: tenant.read_slot(ORDER)):
                with pytest.raises(AmbiguousTenantError) as raised:
                    act()
                for each in bot.sandbox.console.slotfillers(FLOW):
                    assert each["referenceId"] in raised.value.message

    def test_two_fillers_of_a_name_that_no_file_uses_are_two_slots(self) -> None:
        bot = shop(CUSTOMER)
        for _ in range(2):
            bot.sandbox.console.add(FLOW, **filler("twin"))
        with bot.tenant() as tenant:
            first, *twins = tenant.list_slots()
            assert first == CUSTOMER
            assert len(set(twins)) == 2
            found = [read(tenant, each).raw["referenceId"] for each in twins]
        assert found == [each["referenceId"] for each in bot.sandbox.console.slotfillers(FLOW)[1:]]

    def test_one_of_two_fillers_of_one_name_can_be_deleted(self) -> None:
        bot = shop(CUSTOMER)
        for _ in range(2):
            bot.sandbox.console.add(FLOW, **filler("twin"))
        with bot.tenant() as tenant:
            _, first, second = tenant.list_slots()
            kept = read(tenant, second).raw["_id"]
            tenant.delete(first)
            assert tenant.read_slot(first) is None
            assert read(tenant, second).raw["_id"] == kept

    def test_a_filler_without_a_file_never_takes_the_id_of_a_file(self) -> None:
        bot = Shop(filler(ORDER), filler("a"), files=(desired("a", name=ORDER),))
        with bot.tenant() as tenant:
            live = tenant.list_slots()
        assert {slot_id: each.content.name for slot_id, each in live.items()} == {
            "a": ORDER,
            "Orders.a": "a",
        }

    def test_a_pinned_filler_is_found_under_any_name(self) -> None:
        bot = Shop(filler("former"))
        pin = bot.filler("former")["referenceId"]
        bot.files = (desired(ORDER, reference_id=pin),)
        with bot.tenant() as tenant:
            (live,) = tenant.list_slots().values()
            assert (live.slot_id, live.content.name) == (ORDER, "former")
            change(tenant, ORDER, name=ORDER)
        assert bot.names() == [ORDER]

    def test_a_pinned_filler_is_not_renamed_to_the_name_of_another(self) -> None:
        bot = shop("former", CUSTOMER)
        pin = bot.filler("former")["referenceId"]
        bot.files = (desired(ORDER, reference_id=pin),)
        with bot.tenant() as tenant, pytest.raises(RequestRejectedError, match="another"):
            change(tenant, ORDER, name=CUSTOMER)
        assert bot.names() == ["former", CUSTOMER]

    def test_a_pinned_filler_may_have_its_new_name_already(self) -> None:
        bot = Shop(filler("former"))
        bot.files = (desired(ORDER, reference_id=bot.filler("former")["referenceId"]),)
        with bot.tenant() as tenant:
            live = read(tenant, ORDER)
            bot.rename("former", to=ORDER)
            assert tenant.store(ORDER, content(ORDER), train=False, replaces=live) is not None
        assert bot.names() == [ORDER]

    def test_an_unknown_pin_is_an_error(self) -> None:
        bot = Shop(filler(ORDER), files=(desired(ORDER, reference_id="no-such"),))
        with bot.tenant() as tenant:
            with pytest.raises(NotFoundError, match="no-such"):
                tenant.list_slots()
            with pytest.raises(RequestRejectedError, match="no-such"):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
        assert bot.names() == [ORDER]

    def test_a_pinned_slot_that_is_to_be_absent_may_be_gone(self) -> None:
        bot = Shop(filler(ORDER))
        pin = bot.filler(ORDER)["referenceId"]
        bot.files = (desired(ORDER, reference_id=pin, absent=True),)
        with bot.tenant() as tenant:
            assert list(tenant.list_slots()) == [ORDER]
            tenant.delete(ORDER)
            assert dict(tenant.list_slots()) == {}
            assert tenant.read_slot(ORDER) is None

    def test_two_files_for_one_filler_are_refused(self) -> None:
        bot = shop(ORDER)
        pin = bot.filler(ORDER)["referenceId"]
        bot.files = (desired("a", name=ORDER), desired("b", reference_id=pin))
        with bot.tenant() as tenant, pytest.raises(AmbiguousTenantError, match="a and b"):
            tenant.list_slots()

    def test_an_introduced_slot_keeps_its_id_without_a_file(self) -> None:
        bot = Shop(filler(ORDER))
        with bot.tenant() as tenant:
            tenant.introduce("order_number", content(ORDER))
            assert list(tenant.list_slots()) == ["order_number"]
            assert read(tenant, "order_number").content == content(ORDER)

    def test_an_introduced_slot_of_another_flow_is_listed_alone(self) -> None:
        other = {"name": OTHER_FLOW, "slotfillers": [filler("age"), filler("mood")]}
        bot = shop(ORDER, flows=(other,))
        with bot.tenant() as tenant:
            tenant.introduce("user_age", content("age", flow=OTHER_FLOW))
            tenant.introduce("lost", content("lost", flow="No such flow"))
            assert list(tenant.list_slots()) == [ORDER, "user_age"]
            assert tenant.read_slot("lost") is None

    def test_an_introduced_slot_of_two_fillers_is_refused_only_where_it_is_asked_for(self) -> None:
        bot = shop(CUSTOMER, flows=({"name": OTHER_FLOW}, {"name": OTHER_FLOW}))
        for _ in range(2):
            bot.sandbox.console.add(FLOW, **filler("twin"))
        with bot.tenant() as tenant:
            tenant.introduce("twin", content("twin"))
            tenant.introduce("age", content("age", flow=OTHER_FLOW))
            listed = list(tenant.list_slots())
            assert listed[0] == CUSTOMER
            assert len(listed) == 3
            assert not {"twin", "age"} & set(listed)
            for slot_id in ("twin", "age"):
                with pytest.raises(AmbiguousTenantError):
                    tenant.read_slot(slot_id)

    def test_a_file_goes_before_what_is_introduced(self) -> None:
        bot = shop(ORDER, CUSTOMER)
        with bot.tenant() as tenant:
            tenant.introduce(ORDER, content(CUSTOMER))  # by its id
            tenant.introduce("former", content(ORDER))  # by its filler
            live = tenant.list_slots()
        assert {slot_id: each.content.name for slot_id, each in live.items()} == {
            ORDER: ORDER,
            CUSTOMER: CUSTOMER,
        }

    def test_a_slot_without_a_file_is_found_before_any_listing(self) -> None:
        bot = Shop(filler("Loose end"))
        with bot.tenant() as tenant:
            assert read(tenant, "Loose_end").content.name == "Loose end"
            assert tenant.read_slot("Loose") is None

    def test_a_filler_that_was_deleted_and_made_again_is_the_same_slot(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            before = read(tenant, ORDER)
            bot.sandbox.console.remove(FLOW, ORDER)
            assert tenant.read_slot(ORDER) is None
            bot.sandbox.console.add(FLOW, **filler(ORDER))
            after = read(tenant, ORDER)
        assert after.canonical == before.canonical
        assert after.raw["_id"] != before.raw["_id"]


class TestReadingAhead:
    def test_one_request_shows_the_first_slot_alone(self) -> None:
        bot = shop(ORDER, CUSTOMER)
        with bot.tenant() as tenant:
            tenant.list_slots()
            sent = len(bot.transport.sent)
            sighting = tenant.read_ahead([ORDER, CUSTOMER], expected_absent=())
        assert list(sighting.slots) == [ORDER]
        assert sighting.slots[ORDER] is not None
        assert len(bot.transport.sent) == sent + 1

    def test_absence_shows_in_one_list(self) -> None:
        bot = shop(CUSTOMER, files=(desired(ORDER),))
        with bot.tenant() as tenant:
            tenant.list_slots()
            sent = len(bot.transport.sent)
            sighting = tenant.read_ahead([ORDER], expected_absent=[ORDER])
        assert sighting.slots == {ORDER: None}
        assert len(bot.transport.sent) == sent + 1

    def test_the_write_that_follows_need_not_wait(self) -> None:
        bot = shop(ORDER)
        with bot.tenant(limits=Limits(requests_per_minute=6)) as tenant:
            tenant.list_slots()
            sighting = tenant.read_ahead([ORDER], expected_absent=())
            tenant.await_turn()
            live = sighting.slots[ORDER]
            tenant.store(ORDER, content(ORDER, context_key="n"), train=False, replaces=live)
            assert bot.clock.monotonic() == sighting.at
        assert bot.clock.monotonic() - 1000.0 >= 60.0  # the look had to

    @pytest.mark.parametrize("slot_id", [ORDER, "new"])
    def test_a_write_has_all_its_turns_at_once(self, slot_id: str) -> None:
        bot = shop(ORDER)
        with bot.tenant(limits=Limits(requests_per_minute=4)) as tenant:
            live = tenant.list_slots().get(slot_id)
            tenant.await_turn()
            begun = bot.clock.monotonic()
            tenant.store(slot_id, content(slot_id, context_key="n"), train=False, replaces=live)
            assert bot.clock.monotonic() == begun


class TestCreating:
    def test_a_new_filler_has_what_the_file_names_and_every_switch(self) -> None:
        bot = shop(CUSTOMER, files=(desired(ORDER),))
        new = FillerContent(
            flow=FLOW, name=ORDER, type="regex", regex="/x/", context_key="o", profile_key=""
        )
        with bot.tenant() as tenant:
            live = tenant.store(ORDER, new, train=False, replaces=None)
        assert live is not None
        assert live.canonical == new.completed(None).canonical()
        (posted,) = bot.sent("POST", LIST)
        assert posted.body == {
            "name": ORDER,
            "type": "regex",
            "regex": "/x/",
            "contextKey": "o",
            "storeResultInContext": True,
            "storeInContactProfile": False,
            "storeDetailedResults": False,
            "skipIfResultInContext": False,
            "usePositiveOnly": False,
        }

    @pytest.mark.parametrize("status", [200, 201])
    def test_any_success_will_do(self, status: int) -> None:
        bot = Shop(files=(desired(ORDER),), created_status=status)
        with bot.tenant() as tenant:
            assert tenant.store(ORDER, content(ORDER), train=False, replaces=None) is not None

    def test_an_answer_without_a_body_will_do(self) -> None:
        bot = Shop(files=(desired(ORDER),))
        bot.inject("POST", LIST, stored_then(204))
        with bot.tenant() as tenant:
            live = tenant.store(ORDER, content(ORDER), train=False, replaces=None)
        assert live is not None
        assert live.raw["_id"] == bot.filler(ORDER)["_id"]

    def test_a_second_filler_of_one_name_is_never_created(self) -> None:
        bot = shop(ORDER, duplicate_names=True)
        with bot.tenant() as tenant, pytest.raises(ConflictError):
            tenant.store(ORDER, content(ORDER), train=False, replaces=None)
        assert bot.sent("POST") == []

    def test_a_409_is_a_conflict(self) -> None:
        bot = Shop(files=(desired(ORDER),))
        bot.inject("POST", LIST, answered(409, {"detail": "It exists."}))
        with bot.tenant() as tenant, pytest.raises(ConflictError, match="It exists"):
            tenant.store(ORDER, content(ORDER), train=False, replaces=None)

    @pytest.mark.parametrize("fault", [lost_after, stored_then(500), stored_then(502)])
    def test_after_a_lost_answer_the_filler_is_found_by_its_name(self, fault: Any) -> None:
        bot = Shop(files=(desired(ORDER),), duplicate_names=True)
        bot.inject("POST", LIST, fault)
        with bot.tenant() as tenant:
            assert tenant.read_slot(ORDER) is None
            with pytest.raises(OutcomeUnknownError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
            assert read(tenant, ORDER).content.name == ORDER
            with pytest.raises(ConflictError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
        assert bot.names() == [ORDER]

    def test_a_creation_whose_answer_was_lost_gets_its_time_before_it_is_sent_again(self) -> None:
        bot = Shop(files=(desired(ORDER),), duplicate_names=True)
        bot.inject("POST", LIST, lost_before)
        with bot.tenant() as tenant:
            with pytest.raises(OutcomeUnknownError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
            lost = bot.clock.monotonic()
            assert tenant.read_slot(ORDER) is None
            # The tenant carries it out at last.
            late = lambda: bot.sandbox.console.add(FLOW, **filler(ORDER))  # noqa: E731
            bot.inject("GET", LIST, answered(200, {"items": [], "total": 0}))
            bot.inject("GET", LIST, meanwhile(late))
            with pytest.raises(ConflictError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
            assert 0 < bot.clock.monotonic() - lost < 30.0
        assert bot.names() == [ORDER]

    def test_a_creation_that_does_not_show_at_once_is_not_sent_again(self) -> None:
        bot = Shop(files=(desired(ORDER),), duplicate_names=True)
        nothing = answered(200, {"items": [], "total": 0})
        with bot.tenant() as tenant:
            assert tenant.read_slot(ORDER) is None

            def unseen(request: httpx.Request, answer: Any) -> httpx.Response:
                """Reads lag behind this creation."""
                stored: httpx.Response = answer(request)
                bot.inject("GET", stored.json()["_id"], answered(404))
                bot.inject("GET", LIST, nothing, times=3)
                return stored

            bot.inject("POST", LIST, unseen)
            with pytest.raises(OutcomeUnknownError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
            assert tenant.read_slot(ORDER) is None
            with pytest.raises(ConflictError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
        assert bot.names() == [ORDER]

    def test_a_creation_that_never_arrived_is_sent_again_after_a_while(self) -> None:
        bot = Shop(files=(desired(ORDER),))
        bot.inject("POST", LIST, lost_before)
        with bot.tenant() as tenant:
            with pytest.raises(OutcomeUnknownError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=None)
            lost = bot.clock.monotonic()
            assert tenant.store(ORDER, content(ORDER), train=False, replaces=None) is not None
            assert bot.clock.monotonic() - lost >= 30.0
        assert bot.names() == [ORDER]

    def test_a_flow_that_is_not_there_is_an_error(self) -> None:
        bot = shop(ORDER)
        new = content("new", flow="Nowhere")
        with bot.tenant() as tenant, pytest.raises(NotFoundError, match="Nowhere"):
            tenant.store("new", new, train=False, replaces=None)


class TestChanging:
    def test_only_what_differs_is_sent_with_the_type_and_the_regex(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            live = change(tenant, ORDER, context_key="number")
        (patched,) = bot.sent("PATCH")
        assert patched.body == {
            "type": "regex",
            "regex": bot.filler(ORDER)["regex"],
            "contextKey": "number",
        }
        assert live is not None
        assert live.content == content(ORDER, context_key="number")
        assert live.changed_by == bot.sandbox.user_id(bot.user)

    def test_a_filler_for_a_lexicon_slot_sends_that(self) -> None:
        good = filler("good", type="slot", slot="good", regex="/stale/")
        bot = Shop(good, files=(desired("good"),))
        with bot.tenant() as tenant:
            change(tenant, "good", use_positive_only=True)
        (patched,) = bot.sent("PATCH")
        assert patched.body == {"type": "slot", "slot": "good", "usePositiveOnly": True}

    def test_a_text_is_cleared_by_an_empty_one_and_a_switch_turned_off(self) -> None:
        bot = Shop(filler(ORDER, profileKey="p"), files=(desired(ORDER),))
        with bot.tenant() as tenant:
            change(tenant, ORDER, profile_key=None, store_result_in_context=None)
        (patched,) = bot.sent("PATCH")
        assert isinstance(patched.body, dict)
        assert patched.body["profileKey"] == ""
        assert patched.body["storeResultInContext"] is False

    def test_absent_and_empty_are_the_same(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            change(tenant, ORDER, profile_key="", use_positive_only=False, context_key="n")
        (patched,) = bot.sent("PATCH")
        assert isinstance(patched.body, dict)
        assert patched.body.keys() == {"type", "regex", "contextKey"}

    def test_unknown_fields_are_left_alone(self) -> None:
        bot = Shop(filler(ORDER, removeNegated=True), files=(desired(ORDER),))
        with bot.tenant() as tenant:
            live = change(tenant, ORDER, context_key="n")
        (patched,) = bot.sent("PATCH")
        assert "removeNegated" not in str(patched.body)
        assert bot.filler(ORDER)["removeNegated"] is True
        assert live is not None
        assert live.raw["removeNegated"] is True

    @pytest.mark.parametrize(("status", "strict"), [(200, True), (204, True), (204, False)])
    def test_any_success_will_do(self, status: int, strict: bool) -> None:
        bot = shop(ORDER, patch_status=status, strict_patch=strict)
        with bot.tenant() as tenant:
            live = change(tenant, ORDER, regex="/y/")
        assert live is not None
        assert live.content.patterns == ("/y/",)

    def test_what_the_tenant_really_stored_is_returned(self) -> None:
        bot = Shop(filler(ORDER, profileKey="p"), files=(desired(ORDER),), empty_text="ignored")
        with bot.tenant() as tenant:
            live = change(tenant, ORDER, profile_key=None)
        assert live is not None
        assert isinstance(live.content, FillerContent)
        assert live.content.profile_key == "p"

    def test_a_rollback_names_what_a_lagging_read_does_not_show(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            before = read(tenant, ORDER)
            change(tenant, ORDER, context_key="bad", profile_key="bad")
            tenant.store(ORDER, before.content, train=False, replaces=before)
            assert read(tenant, ORDER).canonical == before.canonical
        assert bot.sent("PATCH")[1].body == {
            "type": "regex",
            "regex": bot.filler(ORDER)["regex"],
            "contextKey": ORDER,
            "profileKey": "",
        }

    def test_another_type_is_refused(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant, pytest.raises(RequestRejectedError, match="type"):
            change(tenant, ORDER, type="age")
        assert bot.sent("PATCH") == []

    def test_a_filler_that_is_gone_is_not_found(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            live = read(tenant, ORDER)
            bot.sandbox.console.remove(FLOW, ORDER)
            with pytest.raises(NotFoundError):
                tenant.store(ORDER, content(ORDER), train=False, replaces=live)
            assert tenant.read_slot(ORDER) is None
            with pytest.raises(NotFoundError, match="no such"):
                tenant.store(ORDER, content(ORDER), train=False, replaces=live)

    @pytest.mark.parametrize("fault", [lost_after, stored_then(500)])
    def test_a_lost_answer_leaves_it_open(self, fault: Any) -> None:
        bot = shop(ORDER)
        bot.inject("PATCH", bot.filler(ORDER)["_id"], fault)
        with bot.tenant() as tenant:
            with pytest.raises(OutcomeUnknownError):
                change(tenant, ORDER, context_key="n")
            assert read(tenant, ORDER).content == content(ORDER, context_key="n")

    def test_a_refusal_is_not_a_lost_answer(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant, pytest.raises(RequestRejectedError, match="regex"):
            change(tenant, ORDER, regex="/(/")

    @pytest.mark.parametrize("status", [404, 500, 403])
    def test_what_was_accepted_but_cannot_be_read_back_is_unknown(self, status: int) -> None:
        bot = shop(ORDER)
        one = bot.filler(ORDER)["_id"]
        with bot.tenant() as tenant:
            live = read(tenant, ORDER)
            bot.inject("GET", one, answered(status, BROKEN), times=99)
            with pytest.raises(OutcomeUnknownError, match="accepted"):
                tenant.store(ORDER, content(ORDER, context_key="n"), train=False, replaces=live)

    def test_what_is_gone_when_it_is_read_back_is_unknown(self) -> None:
        bot = shop(ORDER)
        one = bot.filler(ORDER)["_id"]
        with bot.tenant() as tenant:
            live = read(tenant, ORDER)
            bot.inject("GET", one, meanwhile(lambda: bot.sandbox.console.remove(FLOW, ORDER)))
            with pytest.raises(OutcomeUnknownError, match="not there"):
                tenant.store(ORDER, content(ORDER, context_key="n"), train=False, replaces=live)


class TestDeleting:
    def test_a_deleted_filler_is_gone(self) -> None:
        bot = shop(ORDER, CUSTOMER)
        with bot.tenant() as tenant:
            read(tenant, ORDER)
            tenant.delete(ORDER)
            assert tenant.read_slot(ORDER) is None
            assert list(tenant.list_slots()) == [CUSTOMER]
        assert bot.names() == [CUSTOMER]

    def test_one_that_is_not_there_is_not_found(self) -> None:
        bot = shop(CUSTOMER)
        with bot.tenant() as tenant:
            with pytest.raises(NotFoundError):
                tenant.delete(ORDER)
            tenant.list_slots()
            bot.sandbox.console.remove(FLOW, CUSTOMER)
            with pytest.raises(NotFoundError):
                tenant.delete(CUSTOMER)

    def test_one_that_was_created_since_it_was_read_as_gone_is_not_deleted(self) -> None:
        bot = shop(CUSTOMER, files=(desired(ORDER), desired(CUSTOMER)))
        with bot.tenant() as tenant:
            assert tenant.read_slot(ORDER) is None
            bot.sandbox.console.add(FLOW, **filler(ORDER))
            with pytest.raises(ConflictError, match="there is one by now"):
                tenant.delete(ORDER)
            tenant.list_slots()
            tenant.delete(ORDER)
        assert bot.names() == [CUSTOMER]

    def test_only_the_one_that_was_read_is_deleted(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            read(tenant, ORDER)
            bot.sandbox.console.remove(FLOW, ORDER)
            bot.sandbox.console.add(FLOW, **filler(ORDER))
            with pytest.raises(NotFoundError):
                tenant.delete(ORDER)
        assert bot.names() == [ORDER]

    def test_a_lost_answer_leaves_it_open(self) -> None:
        bot = shop(ORDER)
        bot.inject("DELETE", bot.filler(ORDER)["_id"], lost_after)
        with bot.tenant() as tenant:
            read(tenant, ORDER)
            with pytest.raises(OutcomeUnknownError):
                tenant.delete(ORDER)
            assert tenant.read_slot(ORDER) is None


class TestReviving:
    def test_a_slot_from_the_ledger_is_as_it_was(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            live = read(tenant, ORDER)
            assert tenant.revive(live.raw) == live

    @pytest.mark.parametrize(
        "odd", [{"reconciler:flow": None}, {"reconciler:slot": 5}, {"type": None}]
    )
    def test_what_this_api_never_sent_is_refused(self, odd: dict[str, Any]) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            raw = {**read(tenant, ORDER).raw, **odd}
            with pytest.raises(MalformedResponseError):
                tenant.revive(raw)
            with pytest.raises(MalformedResponseError):
                tenant.revive({"slotId": "slot_fruit", "name": "fruit"})


class TestPeople:
    def test_a_user_has_a_name(self) -> None:
        bot = shop(ORDER)
        colleague = bot.sandbox.user_id(COLLEAGUE)
        with bot.tenant() as tenant:
            assert tenant.people([colleague, "unknown"]) == {colleague: COLLEAGUE.name}

    def test_a_user_without_a_name_is_called_by_the_address(self) -> None:
        bot = shop(ORDER)
        members = [{"_id": "1", "id": "a@b.c", "name": ""}, {"_id": "2"}, {"_id": "3", "name": 5}]
        bot.inject("GET", "/members", answered(200, {"items": members, "total": 3}))
        with bot.tenant() as tenant:
            assert tenant.people(["1", "2", "3"]) == {"1": "a@b.c"}

    def test_nobody_is_asked_for_nobody(self) -> None:
        bot = shop(ORDER)
        with bot.tenant() as tenant:
            assert tenant.people(()) == {}
        assert bot.transport.sent == []

    @pytest.mark.parametrize("status", [403, 404, 405])
    def test_who_may_not_see_the_members_gets_no_names(self, status: int) -> None:
        bot = shop(ORDER)
        bot.inject("GET", "/members", answered(status))
        with bot.tenant() as tenant:
            assert tenant.people(["someone"]) == {}

    def test_a_broken_tenant_is_still_an_error(self) -> None:
        bot = shop(ORDER)
        bot.inject("GET", "/members", answered(500), times=99)
        with bot.tenant() as tenant, pytest.raises(UnavailableError):
            tenant.people(["someone"])
