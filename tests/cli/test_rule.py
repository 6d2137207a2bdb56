"""`reconciler rule`: lists all rules, or explains one."""

from __future__ import annotations

import json

import pytest

from reconciler.model.rules import RULES
from tests.cli.conftest import Shell


def test_without_an_id_it_lists_every_rule(shell: Shell) -> None:
    done = shell.run("rule")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split()[:2] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert rows == [[rule.id, rule.severity.value] for rule in RULES]


def test_with_an_id_it_explains_that_rule(shell: Shell) -> None:
    done = shell.run("rule", "pattern-line-break")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("pattern-line-break (warning)\n")
    assert "Why it matters\n" in done.stdout
    assert "      patterns:\n        - ^ORD-\\d{5}$\n" in done.stdout


def test_json_is_a_list_of_all_rules_or_one_of_them(shell: Shell) -> None:
    every = json.loads(shell.run("rule", "--format", "json").stdout)
    assert [each["id"] for each in every] == [rule.id for rule in RULES]
    one = json.loads(shell.run("rule", "bad-value", "--format", "json").stdout)
    assert one in every
    assert one["id"] == "bad-value"
    assert {"id", "severity", "summary", "why", "fix"} <= set(one)


def test_the_help_names_every_key_of_the_json(shell: Shell) -> None:
    one = json.loads(shell.run("rule", "bad-value", "--format", "json").stdout)
    text = shell.run("rule", "--help").stdout
    assert all(key in text for key in (*one, *one["example"]))


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("pattern-catastrofic", "Did you mean pattern-catastrophic?"),
        ("BAD_VALUE", "Did you mean bad-value?"),
        ("42", "`reconciler rule` lists all rules."),
    ],
)
def test_an_unknown_id_is_an_error_with_the_closest_one(
    shell: Shell, given: str, hint: str
) -> None:
    done = shell.run("rule", given)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: There is no rule '{given}'.\n{hint}\n"


def test_an_unknown_id_is_an_object_in_json(shell: Shell) -> None:
    done = shell.run("rule", "bad-valu\x1b[31m", "--format", "json")
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["message"] == "There is no rule 'bad-valu\\x1b[31m'."
    assert error["hint"] == "Did you mean bad-value?"


def test_it_needs_no_slots_folder(shell: Shell) -> None:
    assert not list(shell.folder.iterdir())
    assert shell.run("rule").returncode == 0
