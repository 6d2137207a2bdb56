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
