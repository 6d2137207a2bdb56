"""`--html FILE`: the result as a page, or a message before anything is done."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Bot
from tests.support.world import FRUIT, document

HIDING = """\
import sys
sys.modules["jinja2"] = None
from reconciler.cli.main import main
main()
"""


@pytest.fixture
def shop(bot: Callable[..., Bot]) -> Bot:
    """A bot with one slot, which its file changes."""
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^apple$", "^pear$", "^plum$"])
    return shop


def page(shop: Bot) -> str:
    """The page, in which no line is divided to mark what changed in it."""
    text = (shop.folder / "page.html").read_text(encoding="utf-8")
    return text.replace("<mark>", "").replace("</mark>", "")


def test_a_plan_is_written_as_a_page_too(shop: Bot) -> None:
    done = shop.run("plan", "--html", "page.html")
    assert done.returncode == 0
    assert "Plan: 0 to create, 1 to update" in done.stdout
    assert "Page: page.html\n" in done.stderr
    assert page(shop).startswith("<!doctype html>")
    assert "^plum$" in page(shop)


def test_a_run_is_written_as_a_page_with_its_measurements(shop: Bot) -> None:
    done = shop.run("apply", "--yes", "--html", "page.html")
    assert done.returncode == 0, done.stderr
    assert "1 verified" in done.stdout
    assert "Page: page.html\n" in done.stderr
    assert "Measurements of slot_fruit: 1 measurement" in page(shop)
    assert "baseline 1.000, minimum 0.850" in page(shop)
    assert "write 0 s, settle 0 s" in page(shop)
    assert shop.run("plan", "--detailed-exitcode").returncode == 0


def test_a_drift_is_written_as_a_page_with_its_success_rates(shop: Bot) -> None:
    done = shop.run("drift", "--metrics", "--html", "page.html")
    assert done.returncode == 2, done.stderr
    assert "^plum$" in page(shop)
    assert "Measured rates" in page(shop)


def test_the_ledger_is_shown_as_a_page_without_a_tenant(shop: Bot) -> None:
    assert shop.run("apply", "--yes").returncode == 0
    shop.write(FRUIT, patterns=["^nothing$"])
    assert shop.run("apply", "--yes").returncode == 3
    asked = len(shop.tenant.requests)
    done = shop.run("report", "--html", "page.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Page: page.html\n")
    assert len(shop.tenant.requests) == asked
    text = page(shop)
    assert "4 rates, from 1.000 to 0.000, and 2 changes." in text
    assert ">minimum</title>" in text
    for shown in ("^plum$", "^nothing$", "rolled back", "verified"):
        assert shown in text


def test_without_a_ledger_there_is_no_page_of_it(shop: Bot) -> None:
    done = shop.run("report", "--html", "page.html")
    assert done.returncode == 1
    assert "There is no ledger" in done.stderr
    assert not (shop.folder / "page.html").exists()


def test_a_page_that_cannot_be_written_in_the_end_does_not_hide_the_result(shop: Bot) -> None:
    folder = shop.folder / "later"
    done = shop.run("apply", "--yes", "--format", "json", "--html", str(folder / "page.html"))
    assert json.loads(done.stdout)["summary"]["verified"] == 1
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


def test_a_page_takes_no_place_that_a_plan_may_not_take(shop: Bot) -> None:
    for path, message in (
        ("slot_updates_audit.jsonl", "belongs to the ledger"),
        (f"slots/{FRUIT}.yaml", "would be read as a slot file"),
    ):
        done = shop.run("plan", "--html", path)
        assert done.returncode == 1
        assert message in done.stderr
    assert not shop.tenant.requests


def without_jinja2(shop: Bot, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", HIDING, *arguments],
        cwd=shop.folder,
        env={**shop.variables(), "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_command_without_a_page_imports_nothing_that_draws_one() -> None:
    program = (
        "import sys\n"
        "import reconciler.cli.apply, reconciler.cli.drift, reconciler.cli.plan\n"
        "assert not [name for name in sys.modules if name.startswith('reconciler.reports.html')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - our own program


def test_without_the_extra_a_message_says_how_to_install_it(shop: Bot) -> None:
    done = without_jinja2(shop, "plan", "--html", "page.html")
    assert done.returncode == 1
    assert "jinja2, which is not installed" in done.stderr
    assert "pip install 'slot-reconciler[html]'" in done.stderr
    assert not shop.tenant.requests
    assert without_jinja2(shop, "plan").returncode == 0
