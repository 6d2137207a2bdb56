"""The slot files, read as a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.errors import ManifestError
from reconciler.operations.project import read_project

SLOT = "slot_id: {0}\nname: {0}\ntype: regex\npatterns: [^x$]\nfill_strategy: bestMatch\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_project_is_the_slots_and_the_settings_of_its_folder(tmp_path: Path) -> None:
    settings = "limits: {max_changes: 3}\n"
    project = read_project(
        write(tmp_path, a=SLOT.format("slot_a"), b=SLOT.format("slot_b"), reconciler=settings)
    )
    assert project.desired.keys() == {"slot_a", "slot_b"}
    assert project.settings.limits.max_changes == 3
    assert project.api is COGNIGY_V1


def test_every_problem_is_reported_and_no_part_of_a_project_is_read(tmp_path: Path) -> None:
    write(tmp_path, a=SLOT.format("slot_a"), b="slot_id: slot_b\n", c="[")
    with pytest.raises(ManifestError) as caught:
        read_project(tmp_path)
    assert {each.source.file.rpartition("/")[2] for each in caught.value.problems} == {
        "b.yaml",
        "c.yaml",
    }
    assert caught.value.hint == "`reconciler validate` lists these and more."


def test_a_folder_without_slots_may_be_the_wrong_one(tmp_path: Path) -> None:
    write(tmp_path, _example=SLOT.format("slot_a"), reconciler="owns: [slot_*]\n")
    with pytest.raises(ManifestError, match="holds no slots yet"):
        read_project(tmp_path)


@pytest.mark.parametrize(
    ("environments", "message"),
    [
        ("{a: {ids: {slot_a: slot_1, slot_b: slot_1}}}", "both have the id slot_1"),
        ("{a: {ids: {slot_a: slot_b}}}", "both have the id slot_b"),
        ("{a: {ids: {slot_c: slot_1}}}", "no file describes slot_c"),
    ],
)
def test_no_project_is_read_from_files_whose_environments_are_wrong(
    tmp_path: Path, environments: str, message: str
) -> None:
    settings = f"environments: {environments}\n"
    write(tmp_path, a=SLOT.format("slot_a"), b=SLOT.format("slot_b"), reconciler=settings)
    with pytest.raises(ManifestError) as caught:
        read_project(tmp_path, environment="a")
    assert [message in each.message for each in caught.value.problems] == [True]


def test_problems_show_files_relative_to_the_root_of_a_copy(tmp_path: Path) -> None:
    copy, twice = tmp_path / "slots", SLOT.format("slot_a")
    copy.mkdir()
    (copy / "out.yaml").symlink_to("/etc/passwd")
    write(copy, a=twice, b=twice, c="[", reconciler="limits: {max_change: 3}\n")
    with pytest.raises(ManifestError) as caught:
        read_project(copy, base=tmp_path)
    error = caught.value
    assert error.message == "slots cannot be used as it is."
    assert {each.source.file for each in error.problems} == {
        f"slots/{name}.yaml" for name in ("b", "c", "out", "reconciler")
    }
    said = [error.hint, *(f"{each.message} {each.hint}" for each in error.problems)]
    assert str(tmp_path) not in "".join(said)
    empty = tmp_path / "more" / "slots"
    empty.mkdir(parents=True)
    with pytest.raises(ManifestError, match=r"^slots contains no slot files\."):
        read_project(empty, base=tmp_path / "more")
