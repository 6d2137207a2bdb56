"""What the files of a project for version 2 may contain, and how a project chooses its API."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from reconciler.adapters.cognigy.apis import APIS
from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.adapters.manifests.documents import DEFAULT, DOCUMENTS
from reconciler.adapters.manifests.existing import read_existing
from reconciler.adapters.manifests.folder import read_api_name
from reconciler.errors import ManifestError
from reconciler.model.content import FillerContent
from reconciler.model.gate import PlaybookOverride, PlaybookPolicy
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings, Snapshot, Training, Watch
from reconciler.model.slot import DesiredSlot, FillerAddress, MatchExample

SETTINGS = "api: cognigy-v2\nflow: Order intake\n"
BASE = "slot_id: order\ntype: regex\nregex: /a/\n"
"""Three lines of a valid slot; tests add text from line 4 on."""

FULL = r"""
slot_id: order
flow: Returns
name: order_number
reference_id: 3f2c1a52-8a1e-4f9e-9d7b-2a6b7c1d0e4f
type: regex
regex: /\b(?:[A-Z]{2}-\d{4,6}|ORD-\d{5})\b/
context_key: orderNumber
profile_key: ""
result_location: input.text
additional_validation: "true"
store_result_in_context: true
store_in_contact_profile: false
store_detailed_results: true
skip_if_result_in_context: true
use_positive_only: false
dependencies: [customer_id]
description: What the order system calls an order
state: present
protect: true
gate:
  playbooks: [Order slots]
  min_pass_rate: 0.5
  max_drop: 0
  enabled: true
  timeout_seconds: 60
  poll_interval_seconds: 2
  locales: [English]
examples:
  match: [AB-1234, {text: my ORD-12345, value: ORD-12345}]
  reject: [ORD-1]
x-owner: {team: [orders, 7]}
"""


def read(
    folder: Path, *texts: str, settings: str | None = SETTINGS, file: str = "slot.yaml"
) -> Manifests:
    """The folder with these settings and one file of these documents."""
    if settings is not None:
        (folder / "reconciler.yaml").write_text(settings, encoding="utf-8")
    if texts:
        (folder / file).write_text("---\n".join(texts), encoding="utf-8")
    return read_manifests(folder)


def slot_of(folder: Path, text: str, *, settings: str = SETTINGS) -> DesiredSlot:
    manifests = read(folder, text, settings=settings)
    assert manifests.problems == ()
    (slot,) = manifests.desired.values()
    return slot


def place(problem: Problem) -> str:
    return f"{problem.source.line}:{problem.source.column}"


def reported(manifests: Manifests) -> list[tuple[str, str, str]]:
    """The file, position and rule of every problem."""
    return [(Path(each.source.file).name, place(each), each.rule) for each in manifests.problems]


# The choice of the API


def test_a_project_is_for_version_1_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path, settings="owns: []\n").api == "cognigy-v1"
    assert read(tmp_path, settings="api:\n").api == "cognigy-v1"
    assert read(tmp_path, settings="api: cognigy-v1\n").api == "cognigy-v1"
    assert read(tmp_path, settings="api: cognigy-v2\n").api == "cognigy-v2"


def test_each_api_that_a_file_can_name_has_documents_and_capabilities() -> None:
    assert DOCUMENTS.keys() == APIS.keys() == {"cognigy-v1", "cognigy-v2"}
    assert all(APIS[name].name == each.api == name for name, each in DOCUMENTS.items())
    for name, each in DOCUMENTS.items():
        assert each.settings.model_fields["api"].default == name


def test_the_settings_decide_about_files_that_are_listed_before_them(tmp_path: Path) -> None:
    manifests = read(tmp_path, BASE, file="a.yaml")
    assert manifests.problems == ()
    assert isinstance(manifests.desired["order"].content, FillerContent)


def test_an_unknown_api_is_the_only_problem(tmp_path: Path) -> None:
    manifests = read(tmp_path, BASE, settings="api: cognigy-v3\nflow: 7\nown: []\n")
    (problem,) = manifests.problems
    assert (problem.rule, place(problem)) == ("bad-value", "1:6")
    assert problem.message == ("`api` is 'cognigy-v3', but should be 'cognigy-v1' or 'cognigy-v2'")
    assert dict(manifests.drafts) == {}


def test_an_api_that_is_not_text_is_the_only_problem(tmp_path: Path) -> None:
    assert reported(read(tmp_path, BASE, settings="api: 2\n")) == [
        ("reconciler.yaml", "1:6", "bad-value")
    ]


@pytest.mark.parametrize("settings", ["api: cognigy-v2\nflow: [\n", "api: cognigy-v2\n\x00"])
def test_while_the_settings_cannot_be_read_slot_files_are_checked_only_as_yaml(
    tmp_path: Path, settings: str
) -> None:
    manifests = read(tmp_path, BASE, "slot_id: [\n", settings=settings)
    rules = {file: rule for file, _, rule in reported(manifests)}
    assert rules["slot.yaml"] == "yaml-syntax"
    assert rules["reconciler.yaml"].startswith("yaml-")
    assert len(manifests.problems) == 2


def test_settings_that_are_not_text_leave_the_api_open(tmp_path: Path) -> None:
    (tmp_path / "reconciler.yaml").write_bytes(b"api: cognigy-v2 \xff")
    assert reported(read(tmp_path, BASE, settings=None)) == [
        ("reconciler.yaml", "1:17", "not-utf8")
    ]


def test_the_first_of_several_settings_documents_names_the_api(tmp_path: Path) -> None:
    manifests = read(tmp_path, BASE + "flow: F\n", settings="api: cognigy-v2\n---\nowns: []\n")
    assert reported(manifests) == [("reconciler.yaml", "3:1", "bad-value")]
    assert list(manifests.desired) == ["order"]


# Valid files


def test_every_key_is_read(tmp_path: Path) -> None:
    slot = slot_of(tmp_path, FULL)
    assert slot == DesiredSlot(
        slot_id="order",
        content=FillerContent(
            flow="Returns",
            name="order_number",
            type="regex",
            regex=r"/\b(?:[A-Z]{2}-\d{4,6}|ORD-\d{5})\b/",
            context_key="orderNumber",
            profile_key="",
            result_location="input.text",
            additional_validation="true",
            store_result_in_context=True,
            store_in_contact_profile=False,
            store_detailed_results=True,
            skip_if_result_in_context=True,
            use_positive_only=False,
            dependencies=("customer_id",),
        ),
        protect=True,
        description="What the order system calls an order",
        gate=PlaybookOverride(
            playbooks=("Order slots",),
            min_success_rate=0.5,
            max_drop=0,
            enabled=True,
            timeout_seconds=60,
            poll_interval_seconds=2,
            locales=("English",),
        ),
        examples=slot.examples,
        address=FillerAddress(
            flow="Returns",
            name="order_number",
            reference_id="3f2c1a52-8a1e-4f9e-9d7b-2a6b7c1d0e4f",
        ),
    )
    assert slot.examples.match == (
        MatchExample(text="AB-1234"),
        MatchExample(text="my ORD-12345", value="ORD-12345"),
    )
    assert slot.examples.reject == ("ORD-1",)


def test_a_field_that_a_file_does_not_name_is_not_managed(tmp_path: Path) -> None:
    content = slot_of(tmp_path, BASE + "context_key:\nuse_positive_only: null\n").content
    assert content == FillerContent(flow="Order intake", name="order", type="regex", regex="/a/")
    assert content is not None
    assert content.context_key is None
    assert content.store_result_in_context is None


def test_name_and_flow_have_defaults(tmp_path: Path) -> None:
    slot = slot_of(tmp_path, BASE)
    assert slot.address == FillerAddress(flow="Order intake", name="order", reference_id=None)
    other = slot_of(tmp_path, BASE + "flow: Returns\nname: number\n")
    assert other.address == FillerAddress(flow="Returns", name="number")
    assert other.content is not None
    assert (other.content.trained_with, other.content.name) == ("Returns", "number")
    assert slot.gate == PlaybookOverride()


@pytest.mark.parametrize("more", ["", "type: regex\n", "regex: /a/\n", "type: slot\nregex: /a/\n"])
def test_an_absent_slot_needs_only_its_id_and_is_found_by_its_address(
    tmp_path: Path, more: str
) -> None:
    slot = slot_of(tmp_path, f"slot_id: order\nstate: absent\nreference_id: r\n{more}")
    assert slot.is_absent
    assert slot.content is None
    assert slot.address == FillerAddress(flow="Order intake", name="order", reference_id="r")


def test_a_slot_filler_of_type_slot_names_the_slot(tmp_path: Path) -> None:
    content = slot_of(tmp_path, "slot_id: colour\ntype: slot\nslot: colours\n").content
    assert isinstance(content, FillerContent)
    assert (content.slot, content.regex, content.patterns) == ("colours", None, ())


# Settings


def test_every_setting_is_read(tmp_path: Path) -> None:
    manifests = read(
        tmp_path,
        settings=(
            "api: cognigy-v2\nflow: F\nowns: ['order_*']\nprotect: [order]\n"
            "gate: {playbooks: [P], min_pass_rate: 0.9, max_drop: 0.1, enabled: true, "
            "timeout_seconds: 60, poll_interval_seconds: 2, locales: [English]}\n"
            "rollout: {batch: wave}\nlimits: {max_changes: 3}\nwatch: {apply: true}\n"
            "train: {timeout_seconds: 30, poll_interval_seconds: 1}\n"
            "snapshot: {before_apply: true, timeout_seconds: 40, max_snapshots: 5}\n"
        ),
    )
    assert manifests.problems == ()
    assert manifests.settings == Settings(
        flow="F",
        owns=("order_*",),
        protect=("order",),
        gate=PlaybookPolicy(
            playbooks=("P",),
            min_success_rate=0.9,
            max_drop=0.1,
            timeout_seconds=60,
            poll_interval_seconds=2,
            locales=("English",),
        ),
        rollout=manifests.settings.rollout,
        limits=manifests.settings.limits,
        train=Training(timeout_seconds=30, poll_interval_seconds=1),
        snapshot=Snapshot(before_apply=True, timeout_seconds=40, max_snapshots=5),
        watch=Watch(apply=True),
    )
    assert manifests.settings.rollout.batch == "wave"
    assert manifests.settings.limits.max_changes == 3


def test_settings_that_are_left_out_have_the_defaults_of_playbooks(tmp_path: Path) -> None:
    settings = read(tmp_path, settings="api: cognigy-v2\ngate: {playbooks: [P]}\n").settings
    assert settings.gate == PlaybookPolicy(playbooks=("P",))
    assert (settings.gate.min_success_rate, settings.gate.max_drop) == (1, 0)
    assert (settings.flow, settings.train) == (None, Training())


def test_settings_with_a_problem_still_name_the_flow(tmp_path: Path) -> None:
    manifests = read(tmp_path, BASE, settings=SETTINGS + "own: []\n")
    assert reported(manifests) == [("reconciler.yaml", "3:1", "unknown-key")]


# Keys of the other API


def test_a_key_of_version_1_is_reported_with_its_api(tmp_path: Path) -> None:
    manifests = read(tmp_path, BASE + "patterns: [a]\nfill_strategy: strict\n")
    assert [each.message for each in manifests.problems] == [
        "`patterns` belongs to cognigy-v1, but this project's `api` is cognigy-v2",
        "`fill_strategy` belongs to cognigy-v1, but this project's `api` is cognigy-v2",
    ]
    assert {each.rule for each in manifests.problems} == {"other-api"}
    assert place(manifests.problems[0]) == "4:1"
    assert "`api: cognigy-v1`" in manifests.problems[0].hint


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("gate: {min_success_rate: 0.9}", "gate.min_success_rate"),
        ("gate: {settle_seconds: 1}", "gate.settle_seconds"),
        ("gate: {when_inconclusive: fail}", "gate.when_inconclusive"),
        ("gate: {bake_hours: 24}", "gate.bake_hours"),
    ],
)
def test_a_setting_of_version_1_is_reported_with_its_api(
    tmp_path: Path, settings: str, key: str
) -> None:
    (problem,) = read(tmp_path, settings=SETTINGS + settings).problems
    assert (problem.rule, place(problem)) == ("other-api", "3:8")
    assert problem.message.startswith(f"`{key}` belongs to cognigy-v1, ")


@pytest.mark.parametrize("settings", [None, "owns: [a]", "flow: F"])
def test_files_of_version_2_whose_api_is_forgotten_have_one_problem(
    tmp_path: Path, settings: str | None
) -> None:
    texts = [f"slot_id: {each}\ntype: regex\nregex: /a/\ncontext_key: a\n" for each in "abc"]
    manifests = read(tmp_path, *texts, settings=settings)
    (problem,) = manifests.problems
    assert (problem.rule, list(manifests.drafts)) == ("other-api", [])
    assert "the files are for cognigy-v2" in problem.message
    assert problem.hint == "Write `api: cognigy-v2` in reconciler.yaml."


def test_a_playbook_that_a_gate_lists_twice_is_refused(tmp_path: Path) -> None:
    repeated = "gate: {playbooks: [P, Q, P]}\n"
    (of_the_file,) = read(tmp_path, f"slot_id: a\nflow: F\ntype: age\n{repeated}").problems
    said = "`gate.playbooks`: the playbook 'P' is listed twice; list it once"
    assert of_the_file.message == said
    (tmp_path / "slot.yaml").unlink()
    (of_all,) = read(tmp_path, settings=f"api: cognigy-v2\n{repeated}").problems
    assert of_all.message == said


@pytest.mark.parametrize(
    ("settings", "slot", "key"),
    [
        ("flow: F", "", "flow"),
        ("train: {}", "", "train"),
        ("snapshot: {before_apply: true}", "", "snapshot"),
        ("gate: {playbooks: [P]}", "", "gate.playbooks"),
        ("", "regex: /a/", "regex"),
        ("", "gate: {min_pass_rate: 1}", "gate.min_pass_rate"),
    ],
)
def test_a_key_of_version_2_is_reported_in_a_project_for_version_1(
    tmp_path: Path, settings: str, slot: str, key: str
) -> None:
    text = f"slot_id: a\nname: a\ntype: regex\npatterns: [a]\nfill_strategy: strict\n{slot}\n"
    (problem,) = read(tmp_path, text, settings=settings).problems
    assert problem.rule == "other-api"
    assert problem.message == (
        f"`{key}` belongs to cognigy-v2, but this project's `api` is cognigy-v1"
    )


def test_a_key_of_neither_api_is_unknown(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, BASE + "contextkey: a\n").problems
    assert (problem.rule, problem.hint) == ("unknown-key", "Did you mean `context_key`?")


# Problems


def test_a_slot_without_a_flow_is_a_problem_if_the_settings_name_none(tmp_path: Path) -> None:
    for text in (BASE, "slot_id: order\nstate: absent\n"):
        (problem,) = read(tmp_path, text, settings="api: cognigy-v2\n").problems
        assert (problem.rule, place(problem)) == ("missing-key", "1:1")
        assert problem.slot_id == "order"
        assert "reconciler.yaml names none either" in problem.message


@pytest.mark.parametrize(
    ("text", "where", "rule", "message"),
    [
        ("type: regex\n", "1:1", "missing-key", "`regex` is missing: a slot of type regex needs"),
        ("type: slot\n", "1:1", "missing-key", "`slot` is missing: a slot of type slot needs it"),
        ("type: slot\nslot: ''\n", "3:7", "bad-value", "`slot` is empty"),
        ("type: email\nregex: /a/\n", "3:8", "bad-value", "`regex` is only for slots of type rege"),
        ("type: email\nslot: s\n", "3:7", "bad-value", "`slot` is only for slots of type slot, bu"),
        ("regex: /a/\n", "1:1", "missing-key", "`type` is missing"),
        ("type: list\n", "2:7", "bad-value", "`type` is 'list', but should be 'age', 'date'"),
        ("type: date\nname: '@a'\n", "3:7", "bad-value", "`name` is '@a', which has an invalid"),
        ("type: date\nname: =a\n", "3:7", "bad-value", "`name` is '=a'"),
        ("type: date\nname: -a\n", "3:7", "bad-value", "`name` is '-a'"),
        ("type: date\nname: +a\n", "3:7", "bad-value", "`name` is '+a'"),
        ("type: date\nflow: ''\n", "3:7", "bad-value", "`flow` is empty"),
        ("type: date\ntrigger_retrain: true\n", "3:1", "other-api", "`trigger_retrain` belongs"),
        ("type: date\ngate: {watch: [a]}\n", "3:8", "other-api", "`gate.watch` belongs"),
        ("type: date\ngate: {playbooks: P}\n", "3:19", "wrong-type", "must be a list, not text"),
        ("type: date\ngate: {min_pass_rate: 90}\n", "3:23", "bad-value", "`gate.min_pass_rate` is"),
    ],
)
def test_a_problem_is_reported_at_its_position(
    tmp_path: Path, text: str, where: str, rule: str, message: str
) -> None:
    (problem,) = read(tmp_path, f"slot_id: order\n{text}").problems
    assert (place(problem), problem.rule) == (where, rule)
    assert message in problem.message


def test_all_problems_of_a_document_are_reported_at_once(tmp_path: Path) -> None:
    manifests = read(
        tmp_path,
        "slot_id: order\ntype: regex\nprotect: 1\ncolour: red\n",
        settings="api: cognigy-v2",
    )
    assert sorted(each.rule for each in manifests.problems) == [
        "missing-key",
        "missing-key",
        "unknown-key",
        "wrong-type",
    ]


def test_the_valid_part_of_a_slot_is_kept_as_a_draft(tmp_path: Path) -> None:
    manifests = read(tmp_path, BASE + "name: '@a'\nregexp: /b/\nexamples: {match: [a]}\n")
    assert dict(manifests.desired) == {}
    draft = manifests.drafts["order"]
    assert draft.content is not None
    assert (draft.content.name, draft.content.patterns) == ("(order)", ("/a/",))
    assert draft.examples.match


def test_a_draft_without_its_regex_requires_nothing_of_its_patterns(tmp_path: Path) -> None:
    manifests = read(tmp_path, "slot_id: order\ntype: regex\nexamples: {match: [a]}\n")
    draft = manifests.drafts["order"]
    assert draft.content is not None
    assert (draft.content.type, draft.examples.match) == ("date", ())


def test_the_places_of_a_slot_are_found_by_the_names_of_its_fields(tmp_path: Path) -> None:
    desired = pickle.loads(pickle.dumps(read(tmp_path, BASE).desired))  # noqa: S301 - ours
    assert desired.where("order", "patterns", 0).line == 3
    assert desired.where("order", "type").line == 2
    unnamed = read(tmp_path, "type: regex\nregex: /a/\nslot_id: order\n").desired
    assert unnamed.where("order", "name").line == 3
    named = read(tmp_path, BASE + "name: number\n").desired
    assert named.where("order", "name").line == 4


def test_the_default_documents_are_those_of_version_1() -> None:
    assert DEFAULT is DOCUMENTS["cognigy-v1"]


def test_a_folder_within_a_project_has_its_api_and_settings(tmp_path: Path) -> None:
    project = read(tmp_path)
    part = tmp_path / "team"
    empty = read_existing(part, within=project)
    assert (empty.api, empty.settings.flow) == ("cognigy-v2", "Order intake")
    part.mkdir()
    (part / "order.yaml").write_text(BASE)
    assert list(read_existing(part, within=project).desired) == ["order"]
    with pytest.raises(ManifestError):
        read_existing(part)


def test_the_api_of_a_folder_is_found_without_its_slots(tmp_path: Path) -> None:
    assert read_api_name(tmp_path / "nowhere") == "cognigy-v1"
    (tmp_path / "a.yaml").write_text("- [")
    assert read_api_name(tmp_path) == "cognigy-v1"
    (tmp_path / "reconciler.yaml").write_text("api: cognigy-v2\nown: []\n")
    assert read_api_name(tmp_path) == "cognigy-v2"
    (tmp_path / "reconciler.yaml").write_text("api: v2\n")
    with pytest.raises(ManifestError, match="which API") as caught:
        read_api_name(tmp_path)
    assert [each.rule for each in caught.value.problems] == ["bad-value"]
