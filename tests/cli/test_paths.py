"""Commands do not write through links out of the working tree, or read devices and pipes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Bot, Done
from tests.support.world import FRUIT, document

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX links and devices")
LEDGER = "slot_updates_audit.jsonl"


@pytest.fixture
def shop(bot: Callable[..., Bot], tmp_path: Path) -> Bot:
    """A bot whose project folder has other folders next to it."""
    shop = bot(live=[document(FRUIT)])
    project = tmp_path / "project"
    project.mkdir()
    (shop.folder / "slots").rename(project / "slots")
    shop.folder = project
    shop.write(FRUIT)
    return shop


def refused(done: Done, message: str) -> None:
    assert done.returncode == 1
    assert message in done.stderr
    assert "bug in reconciler" not in done.stderr


@pytest.mark.parametrize("suffix", ["", ".lock", ".torn"])
def test_a_plan_is_not_saved_over_the_ledger_or_its_other_files(shop: Bot, suffix: str) -> None:
    path = shop.folder / (LEDGER + suffix)
    refused(shop.run("plan", "--out", path.name), "belongs to the ledger")
    refused(shop.run("plan", "--out", f"slots/../{path.name}"), "belongs to the ledger")
    assert not path.exists()
    assert not shop.tenant.requests


@pytest.mark.parametrize("name", ["slot_fruit.yaml", "new.YML", "reconciler.yaml", "sub/a.yml"])
def test_a_plan_is_not_saved_as_a_slot_file(shop: Bot, name: str) -> None:
    before = (shop.folder / "slots" / "slot_fruit.yaml").read_bytes()
    refused(shop.run("plan", "--out", f"slots/{name}"), "would be read as a slot file")
    assert (shop.folder / "slots" / "slot_fruit.yaml").read_bytes() == before


@POSIX
def test_a_plan_is_not_saved_through_a_link_that_leads_out_of_the_tree(shop: Bot) -> None:
    outside = shop.folder.parent / "outside"
    outside.mkdir()
    (outside / "file").write_text("outside")
    (shop.folder / "plan.json").symlink_to(outside / "file")
    (shop.folder / "out").symlink_to(outside)
    (shop.folder / "circle").symlink_to("circle")
    for path in ("plan.json", "out/file", "out/new.json"):
        refused(shop.run("plan", "--out", path), "leads out of the working tree")
    assert shop.run("plan", "--out", "circle").returncode == 0, "it does not lead out of the tree"
    (shop.folder / "ledger.json").symlink_to(LEDGER)
    refused(shop.run("plan", "--out", "ledger.json"), "belongs to the ledger")
    assert [each.name for each in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "outside"
    elsewhere = str(outside / "plan.json")
    assert shop.run("plan", "--out", elsewhere).returncode == 0, "a user may name any folder"


@POSIX
def test_a_plan_is_not_saved_through_a_link_into_gits_own_folder(shop: Bot) -> None:
    config = shop.folder / ".git" / "config"
    config.parent.mkdir()
    config.write_text("[core]")
    (shop.folder / "plan.json").symlink_to(".git/config")
    (shop.folder / "hooks").symlink_to(".git")
    for path in ("plan.json", "hooks/config", "hooks/new"):
        refused(shop.run("plan", "--out", path), "leads out of the working tree")
    assert config.read_text() == "[core]"
    assert shop.run("plan", "--out", ".git/plan.json").returncode == 0, "the path is explicit"


@POSIX
def test_the_tree_is_the_repository_around_the_working_directory(shop: Bot) -> None:
    (shop.folder.parent / ".git").mkdir()
    (shop.folder / "plan.json").symlink_to("../plan.json")
    assert shop.run("plan", "--out", "plan.json").returncode == 0
    assert (shop.folder.parent / "plan.json").exists()


@POSIX
def test_nothing_is_pulled_into_a_folder_that_leads_out_of_the_tree(shop: Bot) -> None:
    outside = shop.folder.parent / "outside"
    outside.mkdir()
    (shop.folder / "link").symlink_to(outside)
    for arguments in (("--slots", "link"), ("--out", "link"), ("--out", "link/deeper")):
        refused(shop.run("pull", *arguments), "leads out of the working tree")
    assert list(outside.iterdir()) == []
    assert shop.run("pull", "--out", str(outside / "mine")).returncode == 0


@POSIX
@pytest.mark.parametrize("kind", ["/dev/zero", "fifo", "."])
def test_a_device_pipe_or_folder_is_not_read_as_a_plan(shop: Bot, kind: str) -> None:
    os.mkfifo(shop.folder / "fifo")
    for arguments in (("apply", kind), ("graph", "--plan", kind)):
        done = shop.run(*arguments)
        assert done.returncode == 1
        assert "not a regular file" in done.stderr or "is a directory" in done.stderr
    assert shop.writes == []
