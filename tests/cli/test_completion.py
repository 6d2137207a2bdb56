"""Shell completion: what is offered, how fast, and that the shells' own scripts work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.completion import SHELLS
from reconciler.cli.completion.answer import candidates
from reconciler.cli.main import reconciler
from tests.cli.conftest import Shell
from tests.cli.test_loading import HEAVY, loaded_by
from tests.support.command_table import COMMANDS_JSON, table_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell.write("slot_1", name="order_number")
    shell.write("slot_2", name="$(reboot)")
    (shell.folder / "slots" / "yaml.yaml").write_text(
        "slot_id: slot_3  # a comment\nname: 'city'\n---\nslot_id: slot_4\nname: city\n"
    )
    (shell.folder / "slots" / "_example.yaml").write_text("slot_id: slot_5\n")
    monkeypatch.chdir(shell.folder)
    return shell


def values(*words: str) -> list[str]:
    return [each.split(" -- ")[0] for each in candidates(words)]


def test_the_table_has_every_command_and_option() -> None:
    """Run with REGENERATE_GOLDEN=1 after changing an option."""
    path, table = ROOT / COMMANDS_JSON, table_of(reconciler)
    if os.environ.get("REGENERATE_GOLDEN"):
        path.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    known = json.loads(path.read_text(encoding="utf-8"))
    assert known == table, "REGENERATE_GOLDEN=1 pytest tests/cli/test_completion.py writes it anew"


def test_commands_options_and_choices_are_offered() -> None:
    assert values("pl") == ["plan"]
    assert values("audit", "") == ["export", "import", "list", "show", "verify"]
    assert "--no-gate" in values("apply", "--no")
    assert values("plan", "--format", "") == ["text", "json", "markdown"]
    assert values("plan", "--format", "=", "js") == ["json"]
    assert values("plan", "--out", "x") == [": file"]
    assert values("plan", "--out", "x", "--sum") == ["--summary"]
    assert values("completion", "f") == ["fish"]


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--target"),
        ("pull", "--slot"),
        ("audit", "show", "--slot"),
        ("explain",),
        ("explain", "--compare"),
        ("explain", "--compare", "slot_1"),
    ],
)
def test_ids_and_names_of_slots_are_offered_if_no_shell_could_obey_them(
    project: Shell, words: tuple[str, ...]
) -> None:
    assert values(*words, "") == ["slot_1", "slot_2", "slot_3", "slot_4", "order_number"]
    assert list(candidates([*words, "or"])) == ["order_number -- slot_1"]


def test_the_slots_of_another_folder_are_offered_if_the_line_names_it(project: Shell) -> None:
    (project.folder / "slots").rename(project.folder / "others")
    assert values("plan", "--target", "slot") == []
    assert values("plan", "--slots", "others", "--target", "slot_1") == ["slot_1"]


def test_an_answer_is_as_quick_as_help(project: Shell) -> None:
    answered = loaded_by(project, "completion", "bash", "--complete", "--", "plan", "--target", "")
    helped = loaded_by(project, "--help")
    assert answered.isdisjoint(HEAVY)
    assert _foreign(answered) == _foreign(helped)
    assert answered.isdisjoint({"reconciler.model.plan", "asyncio", "ssl", "subprocess"})


def _foreign(modules: set[str]) -> set[str]:
    """The packages that are neither ours nor Python's own."""
    return {each.split(".")[0] for each in modules} - {"reconciler", *sys.stdlib_module_names}


@pytest.mark.parametrize("shell_name", SHELLS)
def test_it_is_installed_where_the_shell_looks(shell: Shell, shell_name: str) -> None:
    data = shell.folder / "data"
    shell.environment |= {"XDG_DATA_HOME": str(data), "XDG_CONFIG_HOME": str(data)}
    done = shell.run("completion", shell_name)
    assert done.returncode == 0, done.stderr
    (written,) = [each for each in data.rglob("*") if each.is_file()]
    assert str(written) in done.stderr
    assert shell.run("completion", shell_name, "--print").stdout == written.read_text()
    assert shell.run("completion", shell_name).returncode == 0
    written.write_text("mine")
    assert "is not ours" in shell.run("completion", shell_name).stderr
    assert written.read_text() == "mine"


BASH = """
source {script}
COMP_WORDS=(reconciler plan --target "")
COMP_CWORD=3
_reconciler 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
FISH = """
source {script}
complete -C 'reconciler plan --target or'
"""


@pytest.mark.parametrize(("shell_name", "test"), [("bash", BASH), ("fish", FISH)])
def test_the_shell_offers_what_it_is_told(project: Shell, shell_name: str, test: str) -> None:
    found = shutil.which(shell_name)
    if found is None:
        pytest.skip(f"{shell_name} is not installed")
    script = project.folder / "script"
    script.write_text(project.run("completion", shell_name, "--print").stdout)
    commands = project.folder / "bin"
    commands.mkdir()
    (commands / "reconciler").write_text(f'#!/bin/sh\nexec {sys.executable} -m reconciler "$@"\n')
    (commands / "reconciler").chmod(0o755)
    done = subprocess.run(  # noqa: S603 - a shell that the system has
        [found, "-c", test.format(script=script)],
        cwd=project.folder,
        env={**project.variables(), "PATH": f"{commands}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "order_number" in done.stdout, done.stderr
