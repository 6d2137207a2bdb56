"""The pages of the reference are complete and true, as far as other files can show it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from reconciler.adapters.manifests.starter import WORKFLOWS
from reconciler.cli.main import reconciler
from reconciler.errors import ReconcilerError
from reconciler.model.rules import RULES
from reconciler.operations.docs import TOPICS, page
from tests.cli.conftest import Bot, Shell
from tests.docs.conftest import ROOT, OrderBot, blocks, commands

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = ROOT / "reconciler" / "docs"


def test_every_page_is_a_topic_and_is_linked_from_the_readme() -> None:
    assert {path.stem for path in DOCS.glob("*.md")} == set(TOPICS)
    assert set(re.findall(r"reconciler/docs/([a-z0-9-]+)\.md", README)) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_begins_with_its_title_and_names_commands_and_topics_that_exist(topic: str) -> None:
    text = page(topic)
    assert re.match(r"# [A-Z]", text) or topic == "cognigy-v2"
    assert set(re.findall(r"`reconciler ([a-z]+)", text)) <= set(reconciler.commands)
    assert set(re.findall(r"`reconciler docs ([a-z0-9-]+)`", text)) <= set(TOPICS)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (DOCS / target).exists(), target


def test_an_unknown_topic_is_refused_with_the_closest_one() -> None:
    with pytest.raises(ReconcilerError) as caught:
        page("exitcodes")
    assert caught.value.hint == "Did you mean exit-codes?"


def test_the_environment_page_lists_every_variable() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "reconciler" / "config").glob("*.py")
    )
    text = page("environment")
    assert set(re.findall(r"COGNIGY_[A-Z_]+", text)) == set(
        re.findall(r"COGNIGY_[A-Z_]+(?=\")", source)
    )
    assert set(re.findall(r"RECONCILER_[A-Z_]+(?=\")", source)) <= set(
        re.findall(r"RECONCILER_[A-Z_]+", text)
    )


def test_the_exit_codes_are_those_of_the_help() -> None:
    shown = re.findall(r"^\| (\d+) \|", page("exit-codes"), flags=re.MULTILINE)
    assert reconciler.epilog is not None
    assert shown == re.findall(r"(\d+) [a-z]", reconciler.epilog)


def test_the_table_of_rules_is_the_registry() -> None:
    """`REGENERATE_GOLDEN=1 pytest tests/docs` writes the table again."""
    text = page("rules")
    above = text[: text.index("| `")]
    rows = [f"| `{rule.id}` | {rule.severity.value} | {rule.summary} |" for rule in RULES]
    expected = above + "\n".join(rows) + "\n"
    if os.environ.get("REGENERATE_GOLDEN"):
        (DOCS / "rules.md").write_text(expected, encoding="utf-8")
    else:
        assert text == expected


def test_a_bot_of_the_other_api_is_adopted_as_its_page_says(order_bot: OrderBot) -> None:
    text = page("cognigy-v2")
    settings, slot, snapshot = blocks(text, "yaml")
    (block,) = blocks(text, "bash")
    assert set(re.findall(r"^export (\w+)=", block, flags=re.MULTILINE)) == set(
        order_bot.environment
    )
    slots = order_bot.folder / "slots"
    # As written, except for the waiting times.
    waiting = "  poll_interval_seconds: 0.02\ntrain: {poll_interval_seconds: 0.02}\n"
    (slots / "reconciler.yaml").write_text(settings + waiting)
    pull, *others = commands(block)
    assert order_bot.run(*pull).returncode == 0
    assert order_bot.run("plan", "--detailed-exitcode").returncode == 0
    (slots / "order_number.yaml").write_text(slot)
    shown = ""
    for command in others:
        done = order_bot.run(*command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        shown += done.stdout
    project = f", project {order_bot.environment['COGNIGY_PROJECT_ID']}"
    for line in ("0 to create, 1 to update, 0 to delete", "Applied: 1 verified.", "In sync."):
        assert line in shown
    assert project in shown
    assert project in order_bot.run("audit", "show").stdout
    (slots / "reconciler.yaml").write_text(settings + waiting + snapshot)
    (slots / "order_number.yaml").write_text(
        slot.replace("AB-1234", "AB-12345").replace("4,6", "3,6")
    )
    assert "Snapshot before it: reconciler-" in order_bot.run("apply", "--yes").stdout


def test_the_examples_of_environments_are_valid(shell: Shell) -> None:
    *settings, slot = blocks(page("environments"), "yaml")
    folder = shell.folder / "slots"
    folder.mkdir()
    (folder / "order_number.yaml").write_text(slot)
    for each in settings:
        (folder / "reconciler.yaml").write_text(each)
        done = shell.run("validate", "--strict")
        assert done.returncode == 0, done.stdout


def test_addresses_that_get_secrets_are_set_only_in_the_environments() -> None:
    text = page("github")
    (step,) = re.findall(r"^\d\. In both, (.*?)(?=^\d\. )", text, re.DOTALL | re.MULTILINE)
    assert step.startswith("set the environment variables `COGNIGY_BASE_URL`")
    assert "set the repository variables" not in text


def test_the_permissions_and_secrets_are_those_of_the_workflows() -> None:
    section = page("github")
    folder = ROOT / ".github" / "workflows"
    named = re.findall(r"^\| `([a-z-]+)` \|", section, flags=re.MULTILINE)
    assert [f"{name}.yml" for name in named] == list(WORKFLOWS)
    text = "".join((folder / name).read_text(encoding="utf-8") for name in WORKFLOWS)
    asked = set(re.findall(r"(?:secrets|vars)\.(\w+)", text))
    assert set(re.findall(r"(?:COGNIGY|RECONCILER)_\w+", section)) == asked
    environments = set(re.findall(r"^ +environment: (\S+)", text, flags=re.MULTILINE))
    assert environments | set(re.findall(r"--name (\S+)", text)) == set(
        re.findall(r"`(reconciler-[a-z]+)`", section)
    )


def test_the_python_example_prints_the_changes_of_the_plan(shop: Bot) -> None:
    (example,) = blocks(page("architecture"), "python")
    done = subprocess.run(  # noqa: S603 - the page's own text
        [sys.executable, "-c", example],
        cwd=shop.folder,
        env={**os.environ, **shop.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    planned = json.loads(shop.run("plan", "--format", "json").stdout)["changes"]
    assert planned
    assert done.stdout.splitlines() == [f"{each['action']} {each['slot_id']}" for each in planned]


def test_every_layer_is_described() -> None:
    described = set(re.findall(r"`([a-z]+)`", page("architecture")))
    layers = {
        path.name for path in (ROOT / "reconciler").iterdir() if (path / "__init__.py").exists()
    }
    assert layers - {"templates", "docs", "sandbox"} <= described
