"""The lock files: for development, a workflow run (a subset, because secrets are near), the demo
(without development tools), the benchmarks (a run and the tool it is compared with), and the
mutation tester."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ALL = (ROOT / "requirements.lock").read_text(encoding="utf-8")
RUN = (ROOT / "reconciler" / "templates" / "github" / "requirements.lock").read_text(
    encoding="utf-8"
)
DEMO = (ROOT / "reconciler" / "sandbox" / "requirements.lock").read_text(encoding="utf-8")
BENCHMARKS = (ROOT / "tests" / "benchmarks" / "requirements.lock").read_text(encoding="utf-8")
MUTANTS = (ROOT / "tests" / "mutants" / "requirements.lock").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

OF_RICH = {"markdown-it-py"}
"""What tests use too, and rich brings along."""


def entries(lock: str) -> dict[str, str]:
    """Each pin, with its marker, and its hashes."""
    matches = re.findall(
        r"^(\S+==\S+(?: ; .*?)?) \\\n((?:    --hash=\S+(?: \\)?\n)+)", lock, re.MULTILINE
    )
    assert len(matches) == lock.count("==") - lock.count(" == ")
    return dict(matches)


def packages(lock: str) -> set[str]:
    return {pin.partition("==")[0] for pin in entries(lock)}


def dependencies(section: str) -> set[str]:
    """The names in one list of pyproject.toml."""
    listed = re.search(rf"^{section} = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)
    assert listed is not None
    return {name.lower() for name in re.findall(r'^    "([A-Za-z0-9-]+)', listed[1], re.MULTILINE)}


def test_the_lock_of_a_run_has_the_dependencies_of_the_tool_its_pages_and_its_build() -> None:
    assert dependencies("dependencies") | {"hatchling", "jinja2"} <= packages(RUN)


def test_no_development_tool_is_installed_next_to_the_secrets() -> None:
    developing = dependencies("dev") - {"hatchling", "slot-reconciler", *OF_RICH}
    assert {"ruff", "mypy", "zizmor", "pytest"} <= developing
    assert not developing & packages(RUN)


def test_the_demo_installs_what_the_sandbox_needs_and_no_development_tool() -> None:
    assert dependencies("dependencies") | {"starlette", "uvicorn", "regress"} <= packages(DEMO)
    assert not (dependencies("dev") - {"slot-reconciler", *OF_RICH}) & packages(DEMO)
    assert entries(DEMO).items() <= entries(ALL).items()


def test_benchmarks_use_the_versions_of_a_run_and_only_they_install_octodns() -> None:
    assert dependencies("dependencies") | {"octodns"} <= packages(BENCHMARKS)
    assert "octodns" not in packages(ALL) | packages(RUN)
    run, benchmarks = (
        {pin.partition(" ; ")[0] for pin in entries(lock)} for lock in (RUN, BENCHMARKS)
    )
    both = packages(RUN) & packages(BENCHMARKS)
    assert {pin for pin in benchmarks if pin.partition("==")[0] in both} <= run


def test_only_the_mutation_tester_installs_its_dependencies() -> None:
    assert "cosmic-ray" in packages(MUTANTS)
    assert "cosmic-ray" not in packages(ALL) | packages(RUN) | packages(BENCHMARKS)


def test_the_lock_of_a_run_pins_the_versions_that_were_tested() -> None:
    everything = entries(ALL)
    for pin, hashes in entries(RUN).items():
        version, _, marker = pin.partition(" ; ")
        same = [each for each in everything if each.partition(" ; ")[0] == version]
        assert same, pin
        assert {everything[each] for each in same} == {hashes}, (pin, marker)


@pytest.mark.parametrize("lock", [ALL, RUN, DEMO, BENCHMARKS, MUTANTS])
def test_a_lock_contains_no_url(lock: str) -> None:
    assert "://" not in lock


@pytest.mark.parametrize(
    "path", [".github/actions/reconciler/action.yml", "reconciler/templates/github/action.yml"]
)
def test_the_actions_install_the_lock_of_a_run_by_hash_and_nothing_by_name_from_an_index(
    path: str,
) -> None:
    *_, step = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["runs"]["steps"]
    first, second = re.findall(r"pip install (.*)", step["run"])
    assert "--require-hashes -r" in first
    assert first.rstrip('"').endswith(
        ("/templates/github/requirements.lock", "PATH/requirements.lock")
    )
    assert "--no-deps --no-build-isolation" in second
    assert second.endswith(('"$source"', '"slot-reconciler @ $TOOL"'))
