"""`reconciler validate`, as it is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shell

SLOT = "slot_id: a\nname: a\ntype: list\nfill_strategy: best\n"


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    folder = tmp_path / "slots"
    folder.mkdir()
    (folder / "a.yaml").write_text(SLOT, encoding="utf-8")
    return folder


def validated(slots: Path, *options: str) -> tuple[int, str]:
    done = Shell(folder=slots.parent).run("validate", *options)
    return done.returncode, done.stdout


def test_a_problem_is_shown_with_its_line_a_caret_and_the_way_out(slots: Path) -> None:
    code, output = validated(slots)
    assert code == 1
    assert output == (
        "slots/a.yaml:4:16: error: `fill_strategy` is 'best', but should be "
        "'bestMatch', 'firstMatch', 'strict' or 'fuzzy' [bad-value]\n"
        "    4 | fill_strategy: best\n"
        "      |                ^\n"
        "    Did you mean bestMatch?\n"
        "\n"
        "Not valid: 1 slot, 1 error, 0 warnings.\n"
    )


def test_it_points_to_the_explanation_of_rules_once_one_is_broken(slots: Path) -> None:
    shell = Shell(folder=slots.parent)
    pointer = "`reconciler rule ID` explains a rule, and shows how to fix what breaks it.\n"
    assert shell.run("validate").stderr == pointer
    assert shell.run("validate", "--format", "json").stderr == ""
    (slots / "a.yaml").write_text(SLOT.replace("best", "bestMatch"), encoding="utf-8")
    assert shell.run("validate").stderr == ""


def test_json_has_the_contracts_keys_and_no_line(slots: Path) -> None:
    _, output = validated(slots, "--format", "json")
    (problem,) = json.loads(output)["problems"]
    keys = {"file", "line", "column", "slot_id", "rule", "severity", "message", "hint"}
    assert set(problem) == keys


def test_annotations_come_with_the_text_and_no_command_of_a_files_own(slots: Path) -> None:
    (slots / "b.yaml").write_text("name: !t ##[error]no\n", encoding="utf-8")
    _, output = validated(slots, "--format", "github")
    commands = [line for line in output.splitlines() if line.startswith("::")]
    assert len(commands) == 2
    assert "1 | name: !t # #[error]no" in output
    assert "##[" not in "".join(line for line in output.splitlines() if line not in commands)
