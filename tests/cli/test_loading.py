"""Commands are imported only when called, not for help and usage errors."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from reconciler.cli.loading import LazyGroup
from reconciler.cli.main import reconciler
from tests.cli.conftest import Shell
from tests.support.world import FRUIT

AS_A_PROCESS = """
import sys
from reconciler.cli.main import run
run(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
"""
COLLECTIONS_AT_THE_END = """
import atexit, gc, sys
from reconciler.cli import main

def collections():
    return sum(each["collections"] for each in gc.get_stats())

def read():
    gc.collect()
    before = collections()
    kept = [[] for _ in range(50_000)]
    print(collections() - before, file=sys.stderr)

atexit.register(read)
main()
"""
HEAVY = {"deepdiff", "dotenv", "httpx", "pydantic", "regex", "yaml"}
FOR_TENANTS = {"deepdiff", "dotenv", "httpx", "tenacity"}
SANDBOX = "reconciler.sandbox"

GROUPS = [reconciler, *map(reconciler.load, ("fleet", "github"))]
COMMANDS = [
    (group, name) for group in GROUPS if isinstance(group, LazyGroup) for name in group.commands
]


def loaded_by(shell: Shell, *arguments: str) -> set[str]:
    """The modules that a process has imported after running the command."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", AS_A_PROCESS, *arguments],
        cwd=shell.folder,
        env=shell.variables(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stderr.split("\n")[-2].split(" "))


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), (), ("nonsense",), ("github", "--help")]
)
def test_help_version_and_usage_errors_import_no_command(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    loaded = loaded_by(shell, *arguments)
    assert "reconciler.cli.main" in loaded
    assert not loaded & {*HEAVY, SANDBOX, "reconciler.cli.plan", "reconciler.cli.github.comment"}


def test_validate_imports_nothing_that_only_a_tenant_or_a_plan_needs(shell: Shell) -> None:
    shell.write(FRUIT)
    loaded = loaded_by(shell, "validate")
    assert "yaml" in loaded
    assert not loaded & {*FOR_TENANTS, SANDBOX, "reconciler.engine", "reconciler.ports"}
    assert not loaded & {"reconciler.model.plan", "reconciler.model.outcome"}
    assert "reconciler.patterns.ecmascript" not in loaded  # only slot fillers are JavaScript


def test_explain_imports_nothing_that_only_a_tenant_needs(shell: Shell) -> None:
    shell.write(FRUIT)
    loaded = loaded_by(shell, "explain", FRUIT)
    assert "reconciler.patterns.walk" in loaded
    assert not loaded & {*FOR_TENANTS, SANDBOX, "reconciler.engine", "reconciler.ports"}


def test_validate_loads_the_analysis_of_patterns_and_what_runs_examples_if_files_need_them(
    shell: Shell,
) -> None:
    on_demand = {
        "regex",
        "reconciler.planning.examples",
        "reconciler.planning.pattern_faults",
        "reconciler.adapters.manifests.documents.v2",
        "reconciler.formats.validation",
    }
    shell.write(FRUIT, patterns=["^[a-z]+$"])
    assert not loaded_by(shell, "validate") & on_demand
    walk = "reconciler.patterns.walk"  # only of use where two patterns are compared
    assert walk not in loaded_by(shell, "validate")
    shell.write(FRUIT, patterns=["^(a|b)*$"], examples={"match": ["a"]})
    assert walk not in loaded_by(shell, "validate")
    assert loaded_by(shell, "validate") & on_demand == {
        "regex", "reconciler.planning.examples", "reconciler.planning.pattern_faults",
    }  # fmt: skip


def test_a_rule_is_explained_without_reading_yaml_or_running_patterns(shell: Shell) -> None:
    loaded = loaded_by(shell, "rule", "pattern-catastrophic")
    assert "reconciler.model.rules" in loaded
    assert not loaded & {*FOR_TENANTS, SANDBOX, "yaml", "regex", "reconciler.planning"}


@pytest.mark.parametrize(
    ("group", "name"), COMMANDS, ids=[f"{group.name}-{name}" for group, name in COMMANDS]
)
def test_the_listing_shows_the_first_line_of_each_commands_help(
    group: LazyGroup, name: str
) -> None:
    listed, command = group.commands[name], group.load(name)
    assert command.name == name
    assert command.help is not None
    assert listed.help == command.help.partition("\n\n")[0]
    for width in range(10, 120):
        assert listed.get_short_help_str(width) == command.get_short_help_str(width)


def test_shell_completion_finds_the_real_command() -> None:
    context = click.Context(reconciler, info_name="reconciler")
    _, command, rest = reconciler.resolve_command(context, ["plan", "--out"])
    assert command is reconciler.load("plan")
    assert rest == ["--out"]


def test_the_garbage_collector_does_not_visit_a_commands_data_repeatedly(shell: Shell) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", COLLECTIONS_AT_THE_END, "--version"],
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr.split() == ["0"]
