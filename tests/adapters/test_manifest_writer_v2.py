"""Live slot fillers are written as files of version 2, and a plan directly afterwards is empty."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.manifests import read_manifests
from reconciler.adapters.manifests.documents import DOCUMENTS
from reconciler.adapters.manifests.existing import read_existing
from reconciler.adapters.manifests.schema import SCHEMA_FILE, schema_text
from reconciler.adapters.manifests.writer import FIRST_LINE, SlotForm, SlotWriter
from reconciler.model.content import FILLER_SWITCHES, FillerContent
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import LiveState
from reconciler.model.written import Written

SETTINGS = "api: cognigy-v2\nflow: Order intake\n"
REGEX = r"/\b(?:[A-Z]{2}-\d{4,6}|ORD-\d{5})\b/"


def live(slot_id: str = "order", **fields: Any) -> LiveSlot:
    given: dict[str, Any] = {"flow": "Order intake", "name": slot_id, "type": "regex", **fields}
    if given["type"] == "regex":
        given.setdefault("regex", "/a/")
    return LiveSlot(slot_id=slot_id, content=FillerContent(**given))


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    (tmp_path / "reconciler.yaml").write_text(SETTINGS)
    return tmp_path


def pull(folder: Path, slots: Iterable[LiveSlot], *, overwrite: bool = False) -> list[Written]:
    state = LiveState(slots)
    writer = SlotWriter(folder, live=state, existing=read_existing(folder), overwrite=overwrite)
    return [writer.write(slot_id) for slot_id in state]


def results(written: Iterable[Written]) -> list[str]:
    return [each.result.value for each in written]


def described(folder: Path, slot_id: str = "order") -> DesiredSlot:
    manifests = read_manifests(folder)
    assert manifests.problems == ()
    return manifests.desired[slot_id]


def text_of(folder: Path, slot: LiveSlot) -> str:
    """A new file, without the line for editors."""
    form = SlotForm(read_existing(folder))
    text = form.text(slot)
    assert form.why_unreadable(text, slot) == ""
    return text


def refreshed(folder: Path, before: str, slot: LiveSlot) -> str:
    path = folder / "file.yaml"
    path.write_bytes(before.encode())
    assert results(pull(folder, [slot], overwrite=True)) == ["refreshed"]
    assert described(folder, slot.slot_id).completed_by(slot).canonical == slot.canonical
    return path.read_bytes().decode()


# New files


def test_a_new_file_has_the_fields_that_are_set(slots: Path) -> None:
    slot = live(
        name="order number",
        flow="Returns",
        regex=REGEX,
        context_key="order",
        profile_key="",
        store_result_in_context=True,
        store_detailed_results=False,
        skip_if_result_in_context=True,
    )
    (written,) = pull(slots, [slot])
    assert written.path == str(slots / "order_number.yaml")
    assert Path(written.path).read_text(encoding="utf-8") == (
        f"{FIRST_LINE}slot_id: order\nflow: Returns\nname: order number\ntype: regex\n"
        f"regex: {REGEX}\ncontext_key: order\nstore_result_in_context: true\n"
        "skip_if_result_in_context: true\n"
    )


def test_flow_and_name_are_left_out_if_they_are_the_defaults(slots: Path) -> None:
    assert text_of(slots, live()) == "slot_id: order\ntype: regex\nregex: /a/\n"
    (slots / "reconciler.yaml").write_text("api: cognigy-v2\n")
    assert text_of(slots, live()) == (
        "slot_id: order\nflow: Order intake\ntype: regex\nregex: /a/\n"
    )


def test_a_result_that_is_not_stored_although_it_has_a_key_stays_so_in_a_new_slot(
    slots: Path,
) -> None:
    assert text_of(slots, live(type="date", context_key="day")) == (
        "slot_id: order\ntype: date\ncontext_key: day\nstore_result_in_context: false\n"
    )


def test_a_filler_of_type_slot_is_written_with_its_slot(slots: Path) -> None:
    assert text_of(slots, live(type="slot", slot="colours", use_positive_only=True)) == (
        "slot_id: order\ntype: slot\nslot: colours\nuse_positive_only: true\n"
    )


def test_what_a_type_does_not_look_for_is_left_out(slots: Path) -> None:
    slot = live(type="email", regex="/a/", slot="s")
    assert text_of(slots, slot) == "slot_id: order\ntype: email\n"


@pytest.mark.parametrize(
    ("regex", "written"),
    [(r"/^ORD-\d{5}$/", r"/^ORD-\d{5}$/"), ("/a: b/", "'/a: b/'"), ("/it's #1/", "'/it''s #1/'")],
)
def test_a_regex_is_written_plain_where_yaml_allows_it(
    slots: Path, regex: str, written: str
) -> None:
    assert f"\nregex: {written}\n" in text_of(slots, live(regex=regex))


@pytest.mark.parametrize(
    ("slot", "reason"),
    [
        (live(name="@order"), "`name` is '@order'"),
        (live(type="other"), "`type` is 'other'"),
        (live(regex=""), "`regex` is missing"),
        (live(slot_id="an order"), "slot_id"),
    ],
)
def test_a_slot_that_no_slot_file_can_express_is_left_out(
    slots: Path, slot: LiveSlot, reason: str
) -> None:
    (written,) = pull(slots, [slot])
    assert written.result.value == "left out"
    assert reason in written.reason


def test_slots_of_one_name_in_two_flows_get_files_of_their_own(slots: Path) -> None:
    pull(slots, [live("a", name="order"), live("b", name="order", flow="Returns")])
    assert {path.name for path in slots.glob("order*")} == {"order-a.yaml", "order-b.yaml"}
    assert read_manifests(slots).problems == ()


texts = st.sampled_from(
    ["", "a", "/a/", "no", "a: b", "# a", "'", " a", "🍎", "{{ input.a }}", "\n"]
)
switches = st.sampled_from([None, True, False])


@st.composite
def fillers(draw: st.DrawFn, slot_id: str = "order") -> LiveSlot:
    kind = draw(st.sampled_from(["regex", "slot", "date", "email"]))
    fields: dict[str, Any] = {name: draw(switches) for name in FILLER_SWITCHES}
    for name in ("context_key", "profile_key", "result_location", "additional_validation"):
        fields[name] = draw(texts | st.none())
    if kind in ("regex", "slot"):
        fields[kind] = draw(texts.filter(bool))
    return LiveSlot(
        slot_id=slot_id,
        content=FillerContent(
            flow=draw(st.sampled_from(["Order intake", "Returns", "a: b"])),
            name=draw(texts.filter(bool) | st.just(slot_id)),
            type=kind,
            **fields,
        ),
    )


@given(fillers())
def test_what_is_pulled_asks_for_what_is_live_there_and_in_an_empty_flow(slot: LiveSlot) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "reconciler.yaml").write_text(SETTINGS)
        assert results(pull(folder, [slot])) == ["created"]
        desired = described(folder)
        assert desired.completed_by(slot).canonical == slot.canonical
        assert desired.completed_by(None).canonical == slot.canonical
        assert results(pull(folder, [slot])) == ["unchanged"]


# Refreshed files

COMMENTED = """\
# what orders are called
slot_id: order   # ours
type: regex
regex:   '/a/'   # short
context_key: order
skip_if_result_in_context: yes
store_detailed_results: false   # never
dependencies: [customer]
x-owner: {team: [orders, 7]}
gate: {playbooks: [P]}
# the end
"""


def commented(**fields: Any) -> LiveSlot:
    given = {"context_key": "order", "skip_if_result_in_context": True, **fields}
    return live(**given)


@pytest.mark.parametrize(
    ("fields", "old", "new"),
    [
        ({"regex": REGEX}, "'/a/'", f"'{REGEX}'"),
        ({"context_key": "number"}, "context_key: order", "context_key: number"),
        ({"context_key": None}, "context_key: order", "context_key: ''"),
        ({"skip_if_result_in_context": None}, "_context: yes", "_context: false"),
        ({"store_detailed_results": True}, "results: false", "results: true"),
        ({"name": "number"}, "type: regex", "name: number\ntype: regex"),
        ({"type": "email", "regex": None}, "regex\nregex:   '/a/' ", "email\nregex:   null "),
    ],
)
def test_a_refresh_changes_only_the_fields_that_differ(
    slots: Path, fields: dict[str, Any], old: str, new: str
) -> None:
    assert COMMENTED.count(old) == 1
    text = refreshed(slots, COMMENTED, commented(**fields))
    expected = COMMENTED.replace(old, new)
    if "name" in fields:  # it is inserted after the last key that precedes it
        expected = COMMENTED.replace("# ours\n", "# ours\nname: number\n")
    assert text == expected


def test_a_field_that_a_file_does_not_name_is_not_written_into_it(slots: Path) -> None:
    path = slots / "file.yaml"
    path.write_text(COMMENTED)
    slot = commented(profile_key="order", use_positive_only=True)
    assert results(pull(slots, [slot], overwrite=True)) == ["unchanged"]
    assert path.read_text() == COMMENTED


def test_a_field_that_differs_is_named_if_the_file_is_kept(slots: Path) -> None:
    (slots / "file.yaml").write_text(COMMENTED)
    (written,) = pull(slots, [commented(regex="/b/", profile_key="p", context_key=None)])
    assert written.result.value == "kept"
    assert written.reason == "it differs in regex, context_key"


def test_an_absent_slot_that_is_live_becomes_present_with_what_is_live(slots: Path) -> None:
    before = (
        "slot_id: order\nstate: absent  # really\nname: order\ncontext_key: a\n"
        "use_positive_only: true\nprofile_key: x\ndescription: text\n"
    )
    slot = live(regex=REGEX, profile_key="p", store_in_contact_profile=True)
    text = refreshed(slots, before, slot)
    assert "state: present  # really\n" in text
    assert "context_key: ''\n" in text
    assert "use_positive_only: false\n" in text
    assert "profile_key: p\n" in text
    assert "store_in_contact_profile: true" in text
    assert f"regex: {REGEX}\n" in text
    assert described(slots).completed_by(None).canonical == slot.canonical


def test_json_stays_json(slots: Path) -> None:
    before = '{"slot_id": "order", "type": "regex", "regex": "/a/", "use_positive_only": true}'
    slot = live(name="number", regex=r"/\d/")
    assert refreshed(slots, before, slot) == (
        '{"slot_id": "order", "name": "number", "type": "regex", "regex": "/\\\\d/", '
        '"use_positive_only": false}'
    )


@settings(max_examples=200)
@given(fillers(), fillers())
def test_any_filler_can_be_refreshed_to_any_other(before: LiveSlot, after: LiveSlot) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "reconciler.yaml").write_text(SETTINGS)
        pull(folder, [before])
        assert set(results(pull(folder, [after], overwrite=True))) <= {"refreshed", "unchanged"}
        assert described(folder).completed_by(after).canonical == after.canonical


def test_the_schema_next_to_the_slots_is_that_of_the_api(slots: Path) -> None:
    writer = SlotWriter(slots, live=LiveState(), existing=read_existing(slots), overwrite=False)
    assert writer.write_schema().result.value == "created"
    text = (slots / SCHEMA_FILE).read_text(encoding="utf-8")
    assert text == schema_text(DOCUMENTS["cognigy-v2"]) != schema_text(DOCUMENTS["cognigy-v1"])


def test_the_schema_of_the_other_api_is_replaced(slots: Path) -> None:
    (slots / SCHEMA_FILE).write_text(schema_text(DOCUMENTS["cognigy-v1"]), encoding="utf-8")
    writer = SlotWriter(slots, live=LiveState(), existing=read_existing(slots), overwrite=False)
    assert writer.write_schema().result.value == "refreshed"
