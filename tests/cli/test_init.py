"""`reconciler init`: the first files of somebody's repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from reconciler import __version__
from reconciler.adapters.manifests import read_manifests
from reconciler.model.settings import Settings
from tests.cli.conftest import Bot, Shell
from tests.support.world import FRUIT, document

FILES = [
    "_example_customer_id.yaml",
    "_example_order_number.yaml",
    "_slot.schema.json",
    "reconciler.yaml",
]
ROOT = Path(__file__).parents[2]
WORKFLOWS = ["apply.yml", "drift.yml", "plan-fork.yml", "plan.yml"]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_it_writes_is_valid_to_the_last_warning(shell: Shell) -> None:
    done = shell.run("init")
    assert done.returncode == 0
    assert names_in(shell.folder / "slots") == FILES
    assert done.stdout.count("created") == len(FILES)
    copy_the_examples(shell)
    checked = shell.run("validate", "--strict")
    assert checked.returncode == 0, checked.stdout
    assert "Valid: 2 slots" in checked.stdout


def copy_the_examples(shell: Shell) -> None:
    """As what it says tells a user to."""
    for path in sorted((shell.folder / "slots").glob("_example_*.yaml")):
        shutil.copy(path, path.with_name(path.name.removeprefix("_")))


def test_it_tells_both_ways_to_begin_and_so_does_a_validation_of_no_slots(shell: Shell) -> None:
    told = shell.run("init").stderr
    checked = shell.run("validate", "--strict")
    assert checked.returncode == 0
    assert checked.stdout == "Valid: 0 slots, 0 errors, 0 warnings.\n"
    for said in (told, checked.stderr):
        assert "The bot has slots already: reconciler pull\n" in said
        assert "It has none: copy the examples" in said
    elsewhere = shell.run("init", "--out", "bot").stderr
    assert f"reconciler pull --slots {Path('bot', 'slots')}\n" in elsewhere
    shell.write("slot_mine")
    assert "two ways" not in shell.run("validate").stderr


def test_the_examples_are_never_applied_to_a_live_bot(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(FRUIT)])
    assert shop.run("init").returncode == 1  # the settings of this test are there already
    planned = shop.run("plan")
    assert planned.returncode == 1
    assert "slots holds no slots yet" in planned.stderr
    assert "`reconciler pull`" in planned.stderr
    assert shop.run("pull").returncode == 0
    planned = shop.run("plan", "--detailed-exitcode")
    assert planned.returncode == 0, planned.stdout
    assert "0 unmanaged" in planned.stdout


def test_the_examples_show_a_dependency_examples_and_the_schema(shell: Shell) -> None:
    shell.run("init")
    copy_the_examples(shell)
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
    assert names_in(path.parent) == [*FILES[2:], "slot_mine.yaml"]
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


def require_workflows(repository: Path) -> None:
    """They are ours to the byte, and the action installs the release that wrote it."""
    folder = repository / ".github"
    assert names_in(folder / "workflows") == WORKFLOWS
    for name in WORKFLOWS:
        ours = ROOT / ".github" / "workflows" / name
        assert (folder / "workflows" / name).read_bytes() == ours.read_bytes()
    text = (folder / "actions" / "reconciler" / "action.yml").read_text(encoding="utf-8")
    *_, install = yaml.safe_load(text)["runs"]["steps"]
    assert f" slot-reconciler=={__version__}\n" in install["run"]
    assert "@VERSION@" not in text


def test_the_workflows_and_their_action_are_written_when_asked_for(shell: Shell) -> None:
    done = shell.run("init", "--github")
    assert done.returncode == 0, done.stderr
    require_workflows(shell.folder)
    assert done.stdout.count("created") == len(FILES) + len(WORKFLOWS) + 1
    assert "two environments" in done.stderr


def test_without_being_asked_it_writes_none(shell: Shell) -> None:
    assert shell.run("init").returncode == 0
    assert names_in(shell.folder) == ["slots"]


def test_the_actions_that_the_workflows_use_are_what_it_writes(shell: Shell) -> None:
    """In ours, its place is taken by the one that installs the checkout's own source."""
    shell.run("init", "--github")
    written = shell.folder / ".github" / "actions" / "reconciler" / "action.yml"
    ours = ROOT / ".github" / "actions" / "reconciler" / "action.yml"
    theirs, own = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (written, ours))
    assert (theirs["name"], theirs["inputs"]) == (own["name"], own["inputs"])
    assert theirs["runs"]["steps"][0] == own["runs"]["steps"][0]


def test_a_workflow_of_somebodys_own_is_kept_and_the_others_are_written(shell: Shell) -> None:
    path = shell.folder / ".github" / "workflows" / "plan.yml"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    done = shell.run("init", "--github")
    assert done.returncode == 1
    assert path.read_text() == "mine"
    assert names_in(path.parent) == WORKFLOWS
    assert done.stdout.count("kept") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
def test_the_workflows_are_not_written_through_links_either(shell: Shell) -> None:
    repository, elsewhere = shell.folder / "bot", shell.folder / "elsewhere"
    repository.mkdir()
    elsewhere.mkdir()
    (repository / ".github").symlink_to(elsewhere)
    done = shell.run("init", "--github", "--out", "bot")
    assert done.returncode == 1
    assert names_in(elsewhere) == []
    assert done.stdout.count(".github is a link to elsewhere") == 5


@pytest.mark.skipif(os.name != "posix", reason="a Makefile's folder on Windows may be elsewhere")
def test_an_installed_wheel_writes_the_same(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder  # noqa: PLC0415 - of the build alone

    checkout, installed = tmp_path / "checkout", tmp_path / "installed"
    unwanted = shutil.ignore_patterns(
        ".git", ".venv", ".*_cache", "__pycache__", "node_modules", "tests"
    )
    shutil.copytree(ROOT, checkout, ignore=unwanted)
    (wheel,) = WheelBuilder(str(checkout)).build(directory=str(tmp_path), versions=["standard"])
    shutil.unpack_archive(wheel, installed, "zip")
    subprocess.run(
        [sys.executable, "-m", "reconciler", "init", "--github", "--out", "bot"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
    )
    require_workflows(tmp_path / "bot")
