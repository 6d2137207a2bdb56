"""Saved plans: whole or refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.planfile import read_plan_file, write_plan_file
from reconciler.errors import PlanFileError
from reconciler.model.endpoint import Endpoint
from reconciler.model.plan import Plan
from reconciler.reports.machine import plan_json
from tests.support.build import absent, live, plan, slot

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
MADE = plan(
    [slot("a", "b"), slot("b", patterns=("^b$",), trigger_retrain=False), absent("old")],
    [live("b", unmodelled=("hue",)), live("old"), live("theirs")],
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    texts: dict[str, Any] = {
        "name": draw(TEXT),
        "patterns": tuple(draw(st.lists(TEXT, max_size=3))),
    }
    return plan(
        [slot("a", "b", type="list", **texts), slot("b", name="-b-"), absent("old")],
        [
            live("b", name=draw(st.none() | TEXT), fill_strategy=draw(st.none() | TEXT)),
            live("old", "b", patterns=tuple(draw(st.lists(TEXT, max_size=3)))),
        ],
        endpoint=Endpoint(origin="https://acme.cognigy.com", bot_id=draw(st.none() | TEXT)),
    )


def saved(folder: Path, edit: Callable[[dict[str, Any]], object] = lambda _: None) -> Path:
    document = json.loads(plan_json(MADE))
    edit(document)
    path = folder / "plan.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(PlanFileError) as caught:
        read_plan_file(path)
    assert caught.value.exit_code == 1
    assert caught.value.hint
    return caught.value.message


@settings(deadline=None, max_examples=50)
@given(plans())
def test_a_plan_comes_back_as_it_was_with_its_digest(made: Plan) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        write_plan_file(path, plan_json(made))
        again = read_plan_file(path)
    assert again == made
    assert again.digest == made.digest


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything within a JSON value that is no object and no list."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [each for key, item in items for each in leaves(item, (*path, key))] or [path]


COVERED = ("target", "scope", "desired_digest", "changes")
LEAVES = [each for each in leaves(json.loads(plan_json(MADE))) if each[0] in COVERED]


@pytest.mark.parametrize("path", LEAVES, ids=lambda each: ".".join(map(str, each)))
def test_an_edited_value_is_refused(tmp_path: Path, path: tuple[Any, ...]) -> None:
    def edit(document: dict[str, Any]) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        place[path[-1]] = not value if isinstance(value, bool) else f"{value}x"

    assert "damaged" in refused(saved(tmp_path, edit))


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: document["changes"].reverse(),
        lambda document: document["changes"].pop(),
        lambda document: document["changes"].append(document["changes"][0]),
        lambda document: document["changes"][0]["after"]["patterns"].append("x"),
        lambda document: document["changes"][0].pop("trigger_retrain"),
        lambda document: document["changes"][0].update(wave=7),
        lambda document: document.update(digest="sha256:0"),
        lambda document: document.update(digest=None),
        lambda document: document.update(tool_version="2.0.0"),
    ],
)
def test_changes_cannot_be_moved_added_or_dropped(
    tmp_path: Path, edit: Callable[[dict[str, Any]], object]
) -> None:
    assert "damaged" in refused(saved(tmp_path, edit))


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_that_no_json_has_is_refused(tmp_path: Path, number: float) -> None:
    def edit(document: dict[str, Any]) -> None:
        changed = next(each for each in document["changes"] if each["fields"])
        changed["fields"][0]["after"] = number

    assert "damaged" in refused(saved(tmp_path, edit))


@pytest.mark.parametrize(
    "key", ["target", "tool_version", "desired_digest", "summary", "digest", "changes"]
)
def test_a_file_that_lacks_a_key_is_refused(tmp_path: Path, key: str) -> None:
    assert "damaged" in refused(saved(tmp_path, lambda document: document.pop(key)))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1", '{"a": 1}', "[]", "null", "\ufeff{}", "[" * 100_000, '{"format_version": 1}'],
    ids=range(9),
)
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    assert str(path) in refused(path)


@pytest.mark.parametrize("value", ["NaN", "1e999", '"\\ud800"', "123" * 2000, "{}"])
def test_values_that_no_plan_holds_are_refused(tmp_path: Path, value: str) -> None:
    path = saved(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"wave": 0', f'"wave": {value}', 1), encoding="utf-8")
    refused(path)


def test_what_is_not_utf8_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    assert "cannot be read" in refused(path)
    path.write_bytes(b'{"a": "\xff"}')
    assert "not JSON" in refused(path)
    assert "cannot be read" in refused(tmp_path)


def test_a_byte_order_mark_is_passed_over_and_utf_16_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(plan_json(MADE), encoding="utf-8-sig")
    assert read_plan_file(path) == MADE
    for encoding in ("utf-16", "utf-16-be", "utf-32"):
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        path.write_text(mark + plan_json(MADE), encoding=encoding)
        assert f"is {encoding[:6].upper()} text, not UTF-8" in refused(path)


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0", "", None, 1, ["1.0"]])
def test_an_unknown_major_is_refused(tmp_path: Path, version: object) -> None:
    def edit(document: dict[str, Any]) -> None:
        document["format_version"] = version

    assert "1.x" in refused(saved(tmp_path, edit))


def test_a_plan_whose_origin_an_older_version_spelled_otherwise_is_whole(tmp_path: Path) -> None:
    made = plan([slot("a")], [])
    spelled = Endpoint.model_construct(origin="HTTPS://Acme.cognigy.com:443", bot_id="bot_1")
    document = plan_json(made.model_copy(update={"endpoint": spelled}))
    (tmp_path / "plan.json").write_text(document, encoding="utf-8")
    assert "HTTPS://Acme" in document
    read = read_plan_file(tmp_path / "plan.json")
    assert read.endpoint == made.endpoint
    assert read.digest == made.digest


def test_a_newer_minor_may_have_keys_that_are_not_known(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        document["format_version"] = "1.7"
        for place in (document, document["summary"], document["changes"][0], document["target"]):
            place["new_in_1_7"] = {"a": [1]}
        document["changes"][0]["before"]["new_in_1_7"] = 1
        document["changes"][1]["fields"][0]["new_in_1_7"] = 1

    assert read_plan_file(saved(tmp_path, edit)) == MADE


def test_writing_replaces_the_file_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("an old plan that is much longer than the new one", encoding="utf-8")
    write_plan_file(path, "{}")
    assert path.read_text(encoding="utf-8") == "{}"
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError, match="cannot be written"):
        write_plan_file(tmp_path / "nowhere" / "plan.json", "{}")
    folder = tmp_path / "plan.json"
    folder.mkdir()
    with pytest.raises(PlanFileError, match="cannot be written"):
        write_plan_file(folder, "{}")
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_only_the_owner_may_read_a_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.touch(0o644)
    write_plan_file(path, "{}")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="devices and links")
def test_a_device_is_written_into_and_a_link_is_followed(tmp_path: Path) -> None:
    write_plan_file(Path(os.devnull), plan_json(MADE))
    assert Path(os.devnull).is_char_device()
    link, real = tmp_path / "link.json", tmp_path / "real.json"
    real.write_text("old")
    link.symlink_to(real)
    write_plan_file(link, plan_json(MADE))
    assert link.is_symlink()
    assert read_plan_file(real) == MADE
