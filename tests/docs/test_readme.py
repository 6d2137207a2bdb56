"""The README is true: its commands run, its plan is a real one, and what it links to exists."""

from __future__ import annotations

import os
import re

from reconciler.cli.main import reconciler
from tests.cli.conftest import Bot
from tests.docs.conftest import ROOT, blocks, commands, hasten

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_slot_file_is_one_of_the_example_bot() -> None:
    (shown,) = blocks(README, "yaml")
    assert shown == (ROOT / "slots" / "ticket_id.yaml").read_text(encoding="utf-8")


def test_the_plan_is_a_real_one(shop: Bot) -> None:
    """`REGENERATE_GOLDEN=1 pytest tests/docs` writes it again."""
    shown = next(block for block in blocks(README, "text") if block.startswith("$ reconciler"))
    command, _, text = shown.removeprefix("$ reconciler ").partition("\n")
    printed = shop.run(*command.split()).stdout
    printed = printed.replace(shop.environment["COGNIGY_BASE_URL"], "http://127.0.0.1:8080")
    if os.environ.get("REGENERATE_GOLDEN"):
        path = ROOT / "README.md"
        path.write_text(README.replace(shown, f"$ reconciler {command}\n{printed}"))
        return
    assert text == printed
    assert len([line for line in text.splitlines() if line]) <= 12


def test_each_command_of_the_quick_start_runs(shop: Bot) -> None:
    named = [command for block in blocks(README, "sh") for command in commands(block)]
    assert len(named) == 8
    hasten(shop.folder / "slots" / "reconciler.yaml")
    for command in named:
        done = shop.run(*command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?m)(?:^|`)make ([a-z]+)", README)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_every_command_exists() -> None:
    named = set(re.findall(r"reconciler ([a-z]+)(?=[ `\n])", README))
    assert {"validate", "plan", "apply", "drift", "sandbox"} <= named
    in_code = set(re.findall(r"`reconciler ([a-z]+)", README))
    assert in_code <= set(reconciler.commands)


def test_every_link_has_a_target() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for target in links:
        assert (ROOT / target).exists(), target
