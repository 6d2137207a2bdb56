"""`reconciler docs`: lists the topics, or shows a page."""

from __future__ import annotations

from reconciler.operations.docs import TOPICS, page
from tests.cli.conftest import Shell


def test_without_a_topic_it_lists_every_one(shell: Shell) -> None:
    done = shell.run("docs")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(TOPICS)


def test_with_a_topic_it_shows_the_page(shell: Shell) -> None:
    done = shell.run("docs", "exit-codes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == page("exit-codes")


def test_an_unknown_topic_is_an_error_with_a_suggestion(shell: Shell) -> None:
    done = shell.run("docs", "githib")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: There is no page about 'githib'.\nDid you mean github?\n"
