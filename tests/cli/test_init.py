"""`reconciler init`: the first files of somebody's repository."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reconciler.adapters.manifests import read_manifests
from reconciler.model.settings import Settings
from tests.cli.conftest import Shell

FILES = [
    "_slot.schema.json",
    "example_customer_id.yaml",
    "example_order_number.yaml",
    "reconciler.yaml",
]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_it_writes_is_valid_to_the_last_warning(shell: Shell) -> None:
    done = shell.run("init")
    assert done.returncode == 0
    assert names_in(shell.folder / "slots") == FILES
    assert done.stdout.count("created") == len(FILES)
    checked = shell.run("validate", "--strict")
    assert checked.returncode == 0, checked.stdout


def test_the_examples_show_a_dependency_examples_and_the_schema(shell: Shell) -> None:
    shell.run("init")
    manifests = read_manifests(shell.folder / "slots")
    first, second = manifests.desired.values()
    assert second.content is not None
    assert second.content.dependencies == (first.slot_id,)
    for slot in (first, second):
        assert slot.examples.match
        assert slot.examples.reject
        assert slot.description
        text = Path(manifests.desired.where(slot.slot_id).file).read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=_slot.schema.json\n")


def test_the_settings_that_it_writes_are_the_defaults(shell: Shell) -> None:
    shell.run("init")
    assert read_manifests(shell.folder / "slots").settings == Settings()


def test_it_begins_in_another_folder_when_told_so(shell: Shell) -> None:
    assert shell.run("init", "--out", "new/bot").returncode == 0
    assert (shell.folder / "new" / "bot" / "slots" / "reconciler.yaml").is_file()


def test_it_overwrites_nothing_and_names_what_was_there(shell: Shell) -> None:
    folder = shell.folder / "slots"
    folder.mkdir()
    (folder / "reconciler.yaml").write_text("owns: [mine]\n")
    done = shell.run("init")
    assert done.returncode == 1
    assert (folder / "reconciler.yaml").read_text() == "owns: [mine]\n"
    kept = [line for line in done.stdout.splitlines() if line.startswith("kept")]
    assert len(kept) == 1
    assert "reconciler.yaml" in kept[0]
    assert names_in(folder) == FILES


def test_a_second_time_it_changes_nothing(shell: Shell) -> None:
    shell.run("init")
    done = shell.run("init")
    assert done.returncode == 1
    assert done.stdout.count("kept") == len(FILES)
    assert "created" not in done.stdout


def test_slots_of_somebodys_own_get_no_examples_beside_them(shell: Shell) -> None:
    path = shell.write("slot_mine")
    done = shell.run("init")
    assert done.returncode == 1
    assert names_in(path.parent) == [FILES[0], FILES[3], "slot_mine.yaml"]
    assert done.stdout.count("left out") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
def test_it_does_not_write_through_links(shell: Shell) -> None:
    repository, elsewhere = shell.folder / "bot", shell.folder / "elsewhere"
    repository.mkdir()
    elsewhere.mkdir()
    (repository / "slots").symlink_to(elsewhere)
    assert shell.run("init", "--out", "bot").returncode == 1
    assert names_in(elsewhere) == []


def test_a_place_where_nothing_can_be_written_is_an_error(shell: Shell) -> None:
    (shell.folder / "slots").write_text("")
    done = shell.run("init")
    assert done.returncode == 1
    assert "slots" in done.stderr
    assert "defect" not in done.stderr
