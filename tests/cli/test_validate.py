"""The output of `reconciler validate`."""

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


def test_a_problem_is_shown_with_its_line_a_caret_and_a_hint(slots: Path) -> None:
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


def test_it_points_to_the_rule_command_if_a_rule_is_broken(slots: Path) -> None:
    shell = Shell(folder=slots.parent)
    pointer = "`reconciler rule ID` explains a rule and how to fix a violation.\n"
    assert shell.run("validate").stderr == pointer
    assert shell.run("validate", "--format", "json").stderr == ""
    (slots / "a.yaml").write_text(SLOT.replace("best", "bestMatch"), encoding="utf-8")
    assert shell.run("validate").stderr == ""


def test_json_has_the_documented_keys_and_no_excerpt(slots: Path) -> None:
    _, output = validated(slots, "--format", "json")
    (problem,) = json.loads(output)["problems"]
    keys = {"file", "line", "column", "slot_id", "rule", "severity", "message", "hint"}
    assert set(problem) == keys


def test_annotations_are_printed_with_the_text_and_without_commands_from_files(slots: Path) -> None:
    (slots / "b.yaml").write_text("name: !t ##[error]no\n", encoding="utf-8")
    _, output = validated(slots, "--format", "github")
    commands = [line for line in output.splitlines() if line.startswith("::")]
    assert len(commands) == 2
    assert "1 | name: !t # #[error]no" in output
    assert "##[" not in "".join(line for line in output.splitlines() if line not in commands)
