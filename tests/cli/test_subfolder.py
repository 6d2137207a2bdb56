"""A command does the same in every folder of the project."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.conftest import Bot
from tests.support.world import COLOUR, document


def test_a_subfolder_has_the_slots_the_variables_and_the_ledger_of_the_project(
    bot: Callable[..., Bot],
) -> None:
    shop = bot(live=[document(COLOUR)])
    root = shop.folder
    (root / ".git").mkdir()
    (root / ".env").write_text("".join(f"{k}={v}\n" for k, v in shop.environment.items()))
    (root / "docs").mkdir()
    shop.write(COLOUR, patterns=["^red$", "^green$"])
    shop.environment.clear()
    shop.folder = root / "docs"
    done = shop.run("apply", "--yes", "--no-gate")
    assert "Applied: 1 unjudged." in done.stdout, done.stderr
    assert [each.name for each in root.glob("**/*.jsonl")] == ["slot_updates_audit.jsonl"]
    assert (root / "slot_updates_audit.jsonl").is_file()
    assert shop.run("plan", "--detailed-exitcode").returncode == 0
    assert shop.run("audit", "verify").returncode == 0


def test_a_problem_is_shown_at_a_path_that_works_from_here(bot: Callable[..., Bot]) -> None:
    shop = bot()
    (shop.folder / ".git").mkdir()
    (shop.folder / "docs").mkdir()
    shop.write(COLOUR, patterns=["("])
    shop.folder = shop.folder / "docs"
    assert f"../slots/{COLOUR}.yaml:1:" in shop.run("validate").stdout


def test_the_ledger_that_env_names_is_below_the_project(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(COLOUR)])
    root = shop.folder
    (root / ".git").mkdir()
    (root / "docs").mkdir()
    (root / ".env").write_text("COGNIGY_AUDIT_LOG=mine.jsonl\n")
    shop.write(COLOUR, patterns=["^red$", "^green$"])
    shop.folder = root / "docs"
    assert shop.run("apply", "--yes", "--no-gate").returncode == 0
    assert (root / "mine.jsonl").is_file()
