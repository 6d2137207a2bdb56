"""A pull of slot fillers: a plan directly afterwards is empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.adapters.manifests import read_manifests
from reconciler.errors import ManifestError
from reconciler.model.endpoint import Endpoint
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.operations.project import read_project
from reconciler.operations.pull import PullListener, PullReport, PullSlotsRequest, pull
from reconciler.planning.planner import make_plan
from reconciler.ports import UNSHARED, Connection, Lease, Permission
from tests.support.shop import CUSTOMER, FLOW, ORDER, ORIGIN, OTHER_FLOW, Shop, filler

ENDPOINT = Endpoint(origin=ORIGIN, bot_id="p")


@pytest.fixture
def shop() -> Shop:
    return Shop(
        filler(ORDER, skipIfResultInContext=True, profileKey=""),
        filler(CUSTOMER, regex=r"/a: [b]#/g", storeResultInContext=False),
        filler("Größe!", type="number", regex="/stale/", contextKey=""),
        filler("colour", type="slot", regex="", slot="colours", usePositiveOnly=True),
        flows=({"name": OTHER_FLOW, "slotfillers": [filler(ORDER, additionalValidation="x")]},),
    )


@pytest.fixture
def slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = Path("slots")
    folder.mkdir()
    configure(folder, flow=FLOW)
    return folder


def configure(folder: Path, *, flow: str) -> None:
    (folder / "reconciler.yaml").write_text(f"api: cognigy-v2\nflow: {flow}\n", encoding="utf-8")


def pulled(shop: Shop, slots: Path, *, out: Path | None = None, force: bool = False) -> PullReport:
    @contextmanager
    def connect(
        project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        assert permission is Permission.READ
        with shop.tenant(project=project) as tenant:
            yield Connection(tenant=tenant, endpoint=ENDPOINT)

    request = PullSlotsRequest(slots, out=out, force=force, everything=True)
    return pull(request, connect, listener=PullListener())


def planned(shop: Shop, slots: Path) -> Plan:
    project = read_project(slots)
    with shop.tenant(project=project) as tenant:
        live = tenant.list_slots()
    return make_plan(
        project.desired,
        live,
        api=project.api,
        settings=project.settings,
        endpoint=ENDPOINT,
        tool_version="1",
        selection=Selection(),
    )


def test_a_plan_directly_after_a_pull_is_empty(shop: Shop, slots: Path) -> None:
    report = pulled(shop, slots)
    assert report.complete
    plan = planned(shop, slots)
    assert (plan.changes, plan.unmanaged) == ((), ())
    assert len(read_manifests(slots).desired) == 4
    again = pulled(shop, slots)
    assert {each.result.value for each in again.written} == {"unchanged"}


def test_a_flow_can_be_named_by_its_reference_id(shop: Shop, slots: Path) -> None:
    (flow,) = (each for each in shop.flows if each["name"] == FLOW)
    configure(slots, flow=flow["referenceId"])
    pulled(shop, slots)
    assert planned(shop, slots).changes == ()
    texts = [path.read_text(encoding="utf-8") for path in slots.glob("*.yaml")]
    assert sum("flow:" in text for text in texts) == 1  # in reconciler.yaml


def test_the_slots_of_a_flow_that_a_file_names_are_pulled_too(shop: Shop, slots: Path) -> None:
    text = f"slot_id: talk\nflow: {OTHER_FLOW}\nname: {ORDER}\ntype: regex\n"
    (slots / "talk.yaml").write_text(text + "regex: /[A-Z]{2}-\\d{4}/\n")
    pulled(shop, slots)
    assert planned(shop, slots).changes == ()
    desired = read_manifests(slots).desired
    assert desired["talk"].address is not None
    assert desired["talk"].address.flow == OTHER_FLOW
    assert ORDER in desired


def test_a_change_in_the_console_is_pulled_into_the_file(shop: Shop, slots: Path) -> None:
    pulled(shop, slots)
    path = slots / f"{ORDER}.yaml"
    before = path.read_text(encoding="utf-8")
    stored = shop.filler(ORDER)
    shop.ask(
        "PATCH",
        f"/flows/{shop.flows[0]['_id']}/slotfillers/{stored['_id']}",
        {"type": "regex", "regex": "/new/", "profileKey": "unmanaged"},
    )
    assert not pulled(shop, slots).complete
    assert pulled(shop, slots, force=True).complete
    assert path.read_text(encoding="utf-8") == before.replace(stored["regex"], "/new/")
    assert planned(shop, slots).changes == ()


def test_fields_that_no_file_can_express_are_named_and_stay(shop: Shop, slots: Path) -> None:
    shop.sandbox.console.edit(FLOW, ORDER, removeNegated=True)
    report = pulled(shop, slots)
    assert report.unmodelled == {"removeNegated": (ORDER,)}
    assert planned(shop, slots).changes == ()
    assert shop.filler(ORDER)["removeNegated"] is True
    shop.sandbox.console.edit(FLOW, ORDER, removeNegated=None)
    assert pulled(shop, slots).unmodelled == {}


def test_a_folder_within_the_project_has_its_flow(shop: Shop, slots: Path) -> None:
    report = pulled(shop, slots, out=slots / "team")
    assert not {each.rule for each in report.problems} & {"other-api", "missing-key"}
    assert {path.name for path in (slots / "team").glob(f"{ORDER}*")} == {f"{ORDER}.yaml"}
    assert planned(shop, slots).changes == ()


def test_a_folder_elsewhere_has_to_be_for_the_same_api(shop: Shop, slots: Path) -> None:
    with pytest.raises(ManifestError, match="elsewhere is for cognigy-v1, but") as caught:
        pulled(shop, slots, out=Path("elsewhere"))
    assert "`api: cognigy-v2`" in caught.value.hint
    elsewhere = Path("elsewhere")
    elsewhere.mkdir()
    configure(elsewhere, flow=OTHER_FLOW)
    assert pulled(shop, slots, out=elsewhere).complete
    assert f"flow: {FLOW}\n" in (elsewhere / f"{ORDER}.yaml").read_text(encoding="utf-8")


def test_without_a_flow_there_is_nothing_to_pull(shop: Shop, slots: Path) -> None:
    configure(slots, flow="")
    with pytest.raises(ManifestError, match="names no flow") as caught:
        pulled(shop, slots)
    assert "`flow: NAME`" in caught.value.hint
    assert not shop.sandbox.requests
