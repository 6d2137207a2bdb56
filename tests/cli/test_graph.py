"""`reconciler graph`: the dependencies in the files, and the changes of a saved plan."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.cli.conftest import Bot, Shell
from tests.support.world import COLOUR, FRUIT


def test_it_prints_mermaid_by_default(shell: Shell) -> None:
    shell.write(FRUIT)
    shell.write(COLOUR, dependencies=[FRUIT])
    done = shell.run("graph")
    assert done.returncode == 0
    assert done.stdout.startswith("flowchart LR\n")
    assert "n0 --> n1" in done.stdout
    assert shell.run("graph", "--format", "dot").stdout.startswith("digraph slots {\n")


def test_a_saved_plan_marks_what_it_changes(bot: Callable[..., Bot]) -> None:
    shop = bot()
    shop.write(FRUIT)
    assert shop.run("plan", "--out", "plan.json").returncode == 0
    done = shop.run("graph", "--plan", "plan.json")
    assert done.returncode == 0
    assert ":::create" in done.stdout
    assert done.stderr == ""
    shop.write(COLOUR)
    assert "changed since" in shop.run("graph", "--plan", "plan.json").stderr


def test_an_invalid_plan_and_invalid_files_are_errors(shell: Shell) -> None:
    path = shell.write(FRUIT)
    (shell.folder / "plan.json").write_text("{}")
    done = shell.run("graph", "--plan", "plan.json")
    assert (done.returncode, done.stdout) == (1, "")
    path.write_text("name: [")
    done = shell.run("graph")
    assert (done.returncode, done.stdout) == (1, "")
    assert path.name in done.stderr


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_it_and_shows_a_hostile_name_unchanged(shell: Shell) -> None:
    shell.write(FRUIT, name='a"];\\n<b> &amp; \\N')
    text = shell.run("graph", "--format", "dot").stdout
    drawn = subprocess.run(
        ["dot", "-Tsvg"],  # noqa: S607 - found on the PATH
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ">a&quot;];\\n&lt;b&gt; &amp;amp; \\N</text>" in drawn.stdout
    assert drawn.stderr == ""
