"""`reconciler init`: the first files of a repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from reconciler.adapters.manifests import read_manifests
from reconciler.config.project import DEFAULT_LEDGER
from reconciler.model.content import FillerContent
from reconciler.model.gate import GatePolicy, PlaybookOverride, PlaybookPolicy
from reconciler.model.settings import Settings
from reconciler.operations.schema import settings_schema, slot_schema
from tests.cli.conftest import Bot, Shell
from tests.support.world import FRUIT, document
from tests.workflows.origin import git

FILES = [
    "_example_customer_id.yaml",
    "_example_order_number.yaml",
    "_slot.schema.json",
    "reconciler.yaml",
]
ROOT = Path(__file__).parents[2]
WORKFLOWS = ["apply.yml", "drift.yml", "plan-fork.yml", "plan.yml"]
IGNORED = f"{DEFAULT_LEDGER}*"
REPOSITORY = "https://git.example.com/acme/reconciler"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def _no_machine_git_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_files_that_it_writes_are_valid_without_warnings(shell: Shell) -> None:
    done = shell.run("init")
    assert done.returncode == 0
    assert names_in(shell.folder / "slots") == FILES
    assert done.stdout.count("created") == len(FILES) + 1
    copy_the_examples(shell)
    checked = shell.run("validate", "--strict")
    assert checked.returncode == 0, checked.stdout
    assert "Valid: 2 slots" in checked.stdout


def copy_the_examples(shell: Shell) -> None:
    """Copy the examples, as its output tells a user to."""
    for path in sorted((shell.folder / "slots").glob("_example_*.yaml")):
        shutil.copy(path, path.with_name(path.name.removeprefix("_")))


def test_it_names_both_ways_to_get_started_and_so_does_a_validation_of_no_slots(
    shell: Shell,
) -> None:
    advice = shell.run("init").stderr
    checked = shell.run("validate", "--strict")
    assert checked.returncode == 0
    assert checked.stdout == "Valid: 0 slots, 0 errors, 0 warnings.\n"
    for text in (advice, checked.stderr):
        assert "If the tenant already has slots: reconciler pull\n" in text
        assert "If it has none: copy the examples" in text
    elsewhere = shell.run("init", "--out", "bot").stderr
    assert f"reconciler pull --slots {Path('bot', 'slots')}\n" in elsewhere
    shell.write("slot_mine")
    assert "two ways" not in shell.run("validate").stderr


def test_the_examples_are_never_applied_to_a_live_bot(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(FRUIT)])
    assert shop.run("init").returncode == 1  # this test's settings file already exists
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
    in_force = GatePolicy(bake_hours=GatePolicy().hours_on_probation)
    assert read_manifests(shell.folder / "slots").settings == Settings(gate=in_force)


def test_the_files_for_version_2_are_valid_without_warnings(shell: Shell) -> None:
    done = shell.run("init", "--api", "cognigy-v2")
    assert done.returncode == 0
    assert names_in(shell.folder / "slots") == FILES
    checked = shell.run("validate", "--strict")
    assert "Valid: 0 slots, 0 errors, 0 warnings." in checked.stdout
    copy_the_examples(shell)
    checked = shell.run("validate", "--strict")
    assert checked.returncode == 0, checked.stdout
    assert "Valid: 2 slots" in checked.stdout


def test_the_files_for_version_2_show_its_keys_and_have_its_schema(shell: Shell) -> None:
    shell.run("init", "--api", "cognigy-v2")
    copy_the_examples(shell)
    folder = shell.folder / "slots"
    manifests = read_manifests(folder)
    assert manifests.api == "cognigy-v2"
    assert manifests.settings == Settings(gate=PlaybookPolicy())
    first, second = manifests.desired.values()
    assert first.examples.match and second.examples.reject
    assert isinstance(second.content, FillerContent)
    assert second.content.dependencies == (first.slot_id,)
    assert second.gate == PlaybookOverride(playbooks=("Example orders",), min_success_rate=0.95)
    schema = json.loads((folder / "_slot.schema.json").read_text(encoding="utf-8"))
    assert schema == slot_schema("cognigy-v2")
    settings = settings_schema("cognigy-v2")["properties"]
    assert yaml.safe_load((folder / "reconciler.yaml").read_text()).keys() == settings.keys()


def test_a_repository_stays_with_its_api(shell: Shell) -> None:
    shell.run("init", "--api", "cognigy-v2")
    (shell.folder / "slots" / "_slot.schema.json").unlink()
    again = shell.run("init")
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("unchanged") == len(FILES)
    other = shell.run("init", "--api", "cognigy-v1", "--github")
    assert other.returncode == 1
    assert "already exists, and is for cognigy-v2" in other.stderr
    assert not (shell.folder / ".github").exists()


def test_the_workflows_have_the_variables_and_secrets_of_both_apis() -> None:
    folder = ROOT / ".github" / "workflows"
    for name in ("plan.yml", "apply.yml", "drift.yml"):
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count("COGNIGY_PROJECT_ID: ") == text.count("COGNIGY_BOT_ID: ") > 0
        assert text.count("COGNIGY_API_KEY: ") == text.count("COGNIGY_CLIENT_SECRET: ") > 0


def test_it_writes_to_another_folder_on_request(shell: Shell) -> None:
    assert shell.run("init", "--out", "new/bot").returncode == 0
    assert (shell.folder / "new" / "bot" / "slots" / "reconciler.yaml").is_file()


def test_it_overwrites_nothing_and_lists_existing_files(shell: Shell) -> None:
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


def test_a_second_run_changes_nothing(shell: Shell) -> None:
    shell.run("init")
    done = shell.run("init")
    assert done.returncode == 0
    assert done.stdout.count("unchanged") == len(FILES) + 1  # and .gitignore


def test_an_existing_file_is_kept_and_listed(shell: Shell) -> None:
    shell.run("init")
    settings = shell.folder / "slots" / "reconciler.yaml"
    settings.write_text("owns: []\n", encoding="utf-8")
    done = shell.run("init")
    assert done.returncode == 1
    assert f"kept      {Path('slots') / 'reconciler.yaml'}: it already exists" in done.stdout
    assert settings.read_text(encoding="utf-8") == "owns: []\n"


def test_git_ignores_the_ledger_and_its_lock_and_torn_lines(shell: Shell) -> None:
    git(shell.folder, "init", "--quiet")
    shell.run("init")
    for name in (DEFAULT_LEDGER, f"{DEFAULT_LEDGER}.torn", f"{DEFAULT_LEDGER}.lock"):
        (shell.folder / name).touch()
    git(shell.folder, "add", "--all")
    assert "jsonl" not in git(shell.folder, "ls-files")


def test_an_existing_gitignore_is_kept_and_its_missing_line_is_reported(
    shell: Shell,
) -> None:
    path = shell.folder / ".gitignore"
    path.write_text("build/\n")
    done = shell.run("init")
    assert done.returncode == 1
    assert path.read_text() == "build/\n"
    assert f".gitignore: it already exists; add the line {IGNORED}\n" in done.stdout
    path.write_bytes(f"build/\r\n{IGNORED}\r\n".encode())
    assert "unchanged .gitignore\n" in shell.run("init").stdout


def test_examples_are_left_out_if_there_already_are_slots(shell: Shell) -> None:
    path = shell.write("slot_mine")
    done = shell.run("init")
    assert done.returncode == 1
    assert names_in(path.parent) == [*FILES[2:], "slot_mine.yaml"]
    assert done.stdout.count("left out") == 2
    assert "two ways to get started" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX links")
def test_it_does_not_write_through_links(shell: Shell) -> None:
    repository, elsewhere = shell.folder / "bot", shell.folder / "elsewhere"
    repository.mkdir()
    elsewhere.mkdir()
    (repository / "slots").symlink_to(elsewhere)
    assert shell.run("init", "--out", "bot").returncode == 1
    assert names_in(elsewhere) == []


def test_a_folder_that_cannot_be_written_is_an_error(shell: Shell) -> None:
    (shell.folder / "slots").write_text("")
    done = shell.run("init")
    assert done.returncode == 1
    assert "slots" in done.stderr
    assert "bug in reconciler" not in done.stderr


def require_workflows(repository: Path) -> None:
    """The workflows equal ours byte for byte, and the action installs the given tool."""
    folder = repository / ".github"
    assert names_in(folder / "workflows") == WORKFLOWS
    for name in WORKFLOWS:
        ours = ROOT / ".github" / "workflows" / name
        assert (folder / "workflows" / name).read_bytes() == ours.read_bytes()
    text = (folder / "actions" / "reconciler" / "action.yml").read_text(encoding="utf-8")
    *_, install = yaml.safe_load(text)["runs"]["steps"]
    assert install["env"]["TOOL"] == f"git+{REPOSITORY}@{COMMIT}"
    lock = ROOT / "reconciler" / "templates" / "github" / "requirements.lock"
    written = folder / "actions" / "reconciler" / "requirements.lock"
    assert written.read_bytes() == lock.read_bytes()


def test_the_workflows_and_their_action_are_written_on_request(shell: Shell) -> None:
    done = shell.run("init", "--github", "--tool", f"{REPOSITORY}@{COMMIT}")
    assert done.returncode == 0, done.stderr
    require_workflows(shell.folder)
    assert done.stdout.count("created") == len(FILES) + 1 + len(WORKFLOWS) + 2
    assert "two environments" in done.stderr
    assert "not known" not in done.stderr


@pytest.mark.parametrize(
    "tool",
    [
        REPOSITORY,
        f"{REPOSITORY}@main",
        f"{REPOSITORY}@{COMMIT[:12]}",
        f"{REPOSITORY}@{COMMIT.upper()}",
        f"{REPOSITORY}@{COMMIT}\n",
        f"http://git.example.com/acme/reconciler@{COMMIT}",
        f"git@git.example.com:acme/reconciler@{COMMIT}",
        f"https://ada:secret@git.example.com/acme/reconciler@{COMMIT}",
        f'https://git.example.com/"$(touch evil)"@{COMMIT}',
        f"slot-reconciler=={COMMIT}",
    ],
)
def test_anything_but_a_commit_in_a_repository_is_refused_as_the_tool(
    shell: Shell, tool: str
) -> None:
    done = shell.run("init", "--github", "--tool", tool)
    assert done.returncode == 1
    assert "https://HOST/OWNER/REPOSITORY@COMMIT" in done.stderr
    assert names_in(shell.folder) == []


def test_a_project_with_environments_gets_the_workflows_for_them(shell: Shell) -> None:
    shell.write("slot_a")
    shell.configure(environments={"staging": {}, "production": {"promote_from": "staging"}})
    done = shell.run("init", "--github", "--tool", f"{REPOSITORY}@{COMMIT}")
    assert "two environments of GitHub for each environment of reconciler.yaml" in done.stderr
    folder = shell.folder / ".github" / "workflows"
    assert names_in(folder) == sorted([*WORKFLOWS, "apply-environment.yml"])
    templates = ROOT / "reconciler" / "templates" / "github" / "environments"
    for name in names_in(folder):
        ours = ROOT / ".github" / "workflows" / name
        source = ours if name == "plan-fork.yml" else templates / name
        assert (folder / name).read_bytes() == source.read_bytes()


def test_a_tool_without_workflows_is_a_usage_error(shell: Shell) -> None:
    assert "--github" in shell.run("init", "--tool", f"{REPOSITORY}@{COMMIT}").stderr
    assert names_in(shell.folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="the step runs in bash on Linux")
def test_an_action_without_a_tool_fails_and_says_what_to_do(
    shell: Shell,
) -> None:
    done = shell.run("init", "--github")
    assert done.returncode == 0
    assert "set TOOL in .github/actions/reconciler/action.yml" in done.stderr
    action = shell.folder / ".github" / "actions" / "reconciler" / "action.yml"
    *_, install = yaml.safe_load(action.read_text(encoding="utf-8"))["runs"]["steps"]
    step = subprocess.run(  # noqa: S603 - our own step
        ["bash", "-eo", "pipefail", "-c", install["run"]],  # noqa: S607 - found as on a runner
        cwd=shell.folder,
        env={**os.environ, **install["env"], "RUNNER_TEMP": str(shell.folder / "temp")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert step.returncode == 1
    assert "::error::No source to install reconciler from: set TOOL" in step.stdout
    assert not (shell.folder / "temp").exists()


def begin_repository(shell: Shell, *, branch: str) -> None:
    git(shell.folder, "init", "--quiet", "--initial-branch", branch)
    git(shell.folder, "commit", "--quiet", "--allow-empty", "--message", "Begin")


def require_branch(shell: Shell, name: str) -> None:
    """The workflows name this branch everywhere that ours name main, and never name main."""
    for each in ("apply.yml", "drift.yml"):
        ours = (ROOT / ".github" / "workflows" / each).read_text(encoding="utf-8")
        text = (shell.folder / ".github" / "workflows" / each).read_text(encoding="utf-8")
        assert text == re.sub(r"\bmain\b", name, ours)
        assert name == "main" or not re.search(r"\bmain\b", text)
        document = yaml.safe_load(text)
        assert document[True].get("push", {"branches": [name]})["branches"] == [name]


def test_the_workflows_are_for_the_default_branch_of_origin(shell: Shell) -> None:
    begin_repository(shell, branch="release/1.0")
    git(shell.folder, "update-ref", "refs/remotes/origin/release/1.0", "HEAD")
    git(shell.folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/1.0")
    git(shell.folder, "checkout", "--quiet", "-b", "topic")
    advice = shell.run("init", "--github").stderr
    assert "the head of release/1.0, the default branch of origin." in advice
    require_branch(shell, "release/1.0")


def test_without_an_origin_they_are_for_the_checked_out_branch(shell: Shell) -> None:
    git(shell.folder, "init", "--quiet", "--initial-branch", "2024")
    advice = shell.run("init", "--github").stderr
    assert "the head of 2024, the branch that is checked out." in advice
    require_branch(shell, "2024")


def test_without_a_repository_they_are_for_gits_initial_branch(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = tmp_path_factory.mktemp("git") / "settings"
    settings.write_text("[init]\n\tdefaultBranch = trunk\n")
    shell.environment["GIT_CONFIG_GLOBAL"] = str(settings)
    assert "the head of trunk, git's init.defaultBranch." in shell.run("init", "--github").stderr
    require_branch(shell, "trunk")


def test_without_git_they_are_for_main(shell: Shell) -> None:
    shell.environment["PATH"] = str(shell.folder)
    assert (
        "the head of main, because git names no other branch."
        in shell.run("init", "--github").stderr
    )
    require_branch(shell, "main")


def test_a_branch_whose_name_is_a_pattern_is_refused_before_anything_is_written(
    shell: Shell,
) -> None:
    git(shell.folder, "init", "--quiet", "--initial-branch", "what's+new")
    done = shell.run("init", "--github")
    assert done.returncode == 1
    assert "cannot be written for the branch" in done.stderr
    assert names_in(shell.folder) == [".git"]


def test_by_default_it_writes_no_workflows(shell: Shell) -> None:
    assert shell.run("init").returncode == 0
    assert names_in(shell.folder) == [".gitignore", "slots"]


def test_the_action_that_it_writes_has_the_interface_that_the_workflows_use(shell: Shell) -> None:
    """Our own repository has another action there, which installs the checkout itself."""
    shell.run("init", "--github")
    written = shell.folder / ".github" / "actions" / "reconciler" / "action.yml"
    ours = ROOT / ".github" / "actions" / "reconciler" / "action.yml"
    theirs, own = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (written, ours))
    assert (theirs["name"], theirs["inputs"]) == (own["name"], own["inputs"])
    assert theirs["runs"]["steps"][0] == own["runs"]["steps"][0]


def test_an_existing_workflow_is_kept_and_the_others_are_written(shell: Shell) -> None:
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
    assert done.stdout.count(".github is a link out of the repository") == 6


@pytest.mark.skipif(os.name != "posix", reason="a Makefile's folder on Windows may be elsewhere")
def test_an_installed_wheel_writes_the_same_files(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder  # noqa: PLC0415 - a build dependency

    checkout, installed = tmp_path / "checkout", tmp_path / "installed"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", ".*_cache", "__pycache__", "node_modules", "tests"
    )
    shutil.copytree(ROOT, checkout, ignore=ignored)
    (wheel,) = WheelBuilder(str(checkout)).build(directory=str(tmp_path), versions=["standard"])
    shutil.unpack_archive(wheel, installed, "zip")
    subprocess.run(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "reconciler", "init", "--github", "--out", "bot"),
            *("--tool", f"{REPOSITORY}@{COMMIT}"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
    )
    require_workflows(tmp_path / "bot")
