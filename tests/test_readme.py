"""The README is true: its commands run, its plan is a real one, and its tables are complete."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.manifests.starter import WORKFLOWS
from reconciler.cli.main import reconciler
from reconciler.model.rules import RULES
from reconciler.sandbox.app import serve
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from reconciler.sandbox.v2 import settings as v2
from reconciler.sandbox.v2 import tenant as v2_tenant
from tests.cli.conftest import FAST_GATE, FAST_SANDBOX, Shell

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shell]:
    """A checkout's `slots/`, and the sandbox as `reconciler sandbox` seeds it."""
    shutil.copytree(ROOT / "slots", tmp_path / "slots")
    store = MemoryStore()
    seed(store)
    settings = SandboxSettings(**{**FAST_SANDBOX, "bot_id": "bot_webshop"})
    tenant = SandboxTenant(
        clock=SystemClock(), settings=settings, store=store, corpus=Corpus.packaged()
    )
    with serve(tenant) as url:
        yield Shell(
            folder=tmp_path,
            environment={
                "COGNIGY_BASE_URL": url,
                "COGNIGY_CLIENT_ID": settings.client_id,
                "COGNIGY_CLIENT_SECRET": settings.client_secret,
                "COGNIGY_BOT_ID": settings.bot_id,
            },
        )


@pytest.fixture
def order_bot(tmp_path: Path) -> Iterator[Shell]:
    """An empty folder, and the sandbox as `reconciler sandbox --api cognigy-v2` seeds it."""
    settings = v2.SandboxSettings(
        queue_seconds=0.02, training_seconds=0.05, playbook_seconds=0.02, late_run_seconds=0.02
    )
    tenant = v2_tenant.SandboxTenant(clock=SystemClock(), settings=settings)
    (tmp_path / "slots").mkdir()
    with serve(tenant) as url:
        yield Shell(
            folder=tmp_path,
            environment={
                "COGNIGY_BASE_URL": url,
                "COGNIGY_API_KEY": settings.users[0].api_key,
                "COGNIGY_PROJECT_ID": tenant.project_id,
            },
        )


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_python_example_prints_the_changes_of_the_plan(shop: Shell) -> None:
    (example,) = blocks("python")
    done = subprocess.run(  # noqa: S603 - the README's own text
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


def test_the_plan_in_the_readme_is_the_real_one(shop: Shell) -> None:
    shown = next(block for block in blocks("text") if block.startswith("$ reconciler plan\n"))
    printed = shop.run("plan").stdout.replace(
        shop.environment["COGNIGY_BASE_URL"], "http://127.0.0.1:8080"
    )
    assert shown == f"$ reconciler plan\n{printed}"


def test_each_command_of_the_quick_start_runs(shop: Shell) -> None:
    commands = re.findall(
        r"^reconciler (.*?)\s*(?:#.*)?$", "".join(blocks("sh")), flags=re.MULTILINE
    )
    assert len(commands) == 5
    # As written, except for the waiting times.
    settings = shop.folder / "slots" / "reconciler.yaml"
    text = settings.read_text(encoding="utf-8")
    for name, value in FAST_GATE.items():
        text, found = re.subn(rf"{name}: \d+", f"{name}: {value}", text)
        text = text if found else text.replace("gate:\n", f"gate:\n  {name}: {value}\n")
    settings.write_text(text.replace("requests_per_minute: 100", "requests_per_minute: 100000"))
    for command in commands:
        done = shop.run(*command.split())
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_a_bot_of_the_other_api_is_adopted_as_it_says(order_bot: Shell) -> None:
    settings, slot = blocks("yaml")
    (commands,) = blocks("bash")
    assert set(re.findall(r"^export (\w+)=", commands, flags=re.MULTILINE)) == set(
        order_bot.environment
    )
    slots = order_bot.folder / "slots"
    # As written, except for the waiting times.
    waiting = "  poll_interval_seconds: 0.02\ntrain: {poll_interval_seconds: 0.02}\n"
    (slots / "reconciler.yaml").write_text(settings + waiting)
    pull, *others = re.findall(r"^reconciler (.*?)\s*(?:#.*)?$", commands, flags=re.MULTILINE)
    assert order_bot.run(*pull.split()).returncode == 0
    assert order_bot.run("plan", "--detailed-exitcode").returncode == 0
    (slots / "order_number.yaml").write_text(slot)
    shown = ""
    for command in others:
        done = order_bot.run(*command.split())
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        shown += done.stdout
    for line in ("0 to create, 1 to update, 0 to delete", "Applied: 1 verified.", "In sync."):
        assert line in shown


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z]+)", README)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_addresses_that_get_secrets_are_set_only_in_the_environments() -> None:
    (step,) = re.findall(r"^\d\. In both, (.*?)(?=^\d\. )", README, re.DOTALL | re.MULTILINE)
    assert step.startswith("set the environment variables `COGNIGY_BASE_URL`")
    assert "set the repository variables" not in README


def test_the_environment_table_lists_every_variable() -> None:
    folder = ROOT / "reconciler" / "config"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert set(re.findall(r"COGNIGY_[A-Z_]+", README)) == set(
        re.findall(r"COGNIGY_[A-Z_]+(?=\")", source)
    )


def test_every_command_exists() -> None:
    named = set(re.findall(r"`reconciler ([a-z]+)", README))
    assert named <= set(reconciler.commands)
    assert {"validate", "plan", "apply", "drift", "sandbox"} <= set(
        re.findall(r"reconciler ([a-z]+)", README)
    )


def test_the_table_of_rules_is_the_registry() -> None:
    table = re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning) \|", README, flags=re.MULTILINE)
    assert sorted(table) == sorted((rule.id, rule.severity.value) for rule in RULES)


def test_the_permissions_and_secrets_are_those_of_the_workflows() -> None:
    section = README.partition("## In GitHub")[2].partition("\n## ")[0]
    folder = ROOT / ".github" / "workflows"
    named = re.findall(r"^\| `([a-z-]+)` \|", section, flags=re.MULTILINE)
    assert [f"{name}.yml" for name in named] == list(WORKFLOWS)
    text = "".join((folder / name).read_text(encoding="utf-8") for name in WORKFLOWS)
    asked = set(re.findall(r"(?:secrets|vars)\.(\w+)", text))
    assert set(re.findall(r"COGNIGY_\w+", section)) == asked
    environments = set(re.findall(r"^ +environment: (\S+)", text, flags=re.MULTILINE))
    assert environments | set(re.findall(r"--name (\S+)", text)) == set(
        re.findall(r"`(reconciler-[a-z]+)`", section)
    )


def test_every_link_has_a_target() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
