"""Changes on probation, from `apply` to `drift --metrics` and back, over a socket."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.file import open_ledger
from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import Bot
from tests.support.world import COLOUR, FRUIT, document

FRUITS = ["^pear$", "^apple$"]
NOT_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)


class SlowTenant(SandboxTenant):
    """A tenant whose success rates show only later what a change has done."""

    rate = 0.95

    def handle(self, request: Request) -> Response:
        if not request.path.endswith("/extraction"):
            return super().handle(request)
        body = json.dumps({"successRate": self.rate}).encode()
        return Response(200, {"content-type": "application/json"}, body)


@pytest.fixture
def shop(bot: Callable[..., Bot]) -> Bot:
    """A slot whose change has passed its gate."""
    shop = bot(live=[document(FRUIT), document(COLOUR)], kind=SlowTenant)
    shop.environment |= {"GITHUB_ACTOR": "ada", "GITHUB_SHA": "c0ffee1"}
    shop.write(FRUIT, patterns=FRUITS)
    assert shop.run("apply", "--yes").returncode == 0
    return shop


def show_later(shop: Bot, rate: float) -> None:
    assert isinstance(shop.tenant, SlowTenant)
    shop.tenant.rate = rate


def bakes(shop: Bot) -> tuple[int, list[dict[str, Any]]]:
    done = shop.run("drift", "--metrics", "--format", "json")
    return done.returncode, json.loads(done.stdout)["bake"]


def passed_soon(shop: Bot) -> bool:
    """Whether a bake of an instant passes; it is looked at until it is over."""
    for _ in range(1000):
        code, (bake,) = bakes(shop)
        assert code == 0
        if bake["result"] != "on_probation":
            return bool(bake["result"] == "passed")
    return False


def ledger_of(shop: Bot) -> Path:
    return shop.folder / "slot_updates_audit.jsonl"


def test_a_change_that_falls_later_is_reported_with_its_run_and_commit(shop: Bot) -> None:
    run_id = shop.ledger[0]["run_id"]
    code, (waiting,) = bakes(shop)
    assert (code, waiting["result"], waiting["suspects"]) == (0, "on_probation", [])
    show_later(shop, 0.88)
    fallen = shop.run("drift", "--metrics")
    assert fallen.returncode == 3
    assert "Changes on probation:" in fallen.stdout
    assert f"can be at fault:\n        {FRUIT}, run {run_id}, commit c0ffee1" in fallen.stdout
    assert "1 change failed its bake." in fallen.stdout
    assert f"Next: Change {Path('slots') / FRUIT}.yaml" in fallen.stdout
    code, (failed,) = bakes(shop)
    assert (code, failed["result"], failed["run_id"]) == (2, "failed", run_id)
    assert failed["suspects"] == [{"slot_id": FRUIT, "run_id": run_id, "commit": "c0ffee1"}]


def test_a_change_that_failed_its_bake_is_quarantined(shop: Bot) -> None:
    show_later(shop, 0.88)
    assert shop.run("drift", "--metrics").returncode == 3
    planned = shop.run("plan")
    assert "live although rejected" in planned.stdout
    assert "its bake failed: success rate fell from 0.950 to 0.880" in planned.stdout
    shop.tenant.edit(FRUIT, patterns=["^apple$", "^pear$"])
    skipped = shop.run("apply", "--yes")
    assert (skipped.returncode, len(shop.writes)) == (3, 1)
    show_later(shop, 0.95)
    retried = shop.run("apply", "--yes", "--retry-failed")
    assert retried.returncode == 0, retried.stderr
    assert "No changes" in shop.run("plan").stdout
    assert [each["result"] for each in bakes(shop)[1]] == ["on_probation"]


def test_a_change_that_is_judged_again_and_fails_is_rolled_back(shop: Bot) -> None:
    show_later(shop, 0.88)
    assert shop.run("drift", "--metrics").returncode == 3
    assert shop.run("apply", "--yes", "--retry-failed").returncode == 3
    assert shop.live(FRUIT)["patterns"] == document(FRUIT)["patterns"]
    shop.write(FRUIT, patterns=document(FRUIT)["patterns"])
    assert "No changes" in shop.run("plan").stdout
    assert bakes(shop)[1] == []


def test_a_bake_passes_once_and_the_ledger_shows_it(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(FRUIT)], kind=SlowTenant)
    shop.configure(gate={"bake_hours": 0.0001})
    shop.write(FRUIT, patterns=FRUITS)
    assert shop.run("apply", "--yes").returncode == 0
    assert passed_soon(shop)
    assert bakes(shop) == (0, [])
    shown = shop.run("audit", "show").stdout
    assert f"bake passed     {FRUIT}, success rate 0.950" in shown
    assert "drift: 1 bake passed, in " in shown
    assert shop.run("audit", "verify").returncode == 0
    assert "No changes" in shop.run("plan").stdout


def test_the_report_says_the_same_as_markdown_and_as_a_page(shop: Bot) -> None:
    show_later(shop, 0.88)
    page = shop.folder / "drift.html"
    fallen = shop.run("drift", "--metrics", "--format", "markdown", "--html", str(page))
    assert "**1 change failed its bake.**" in fallen.stdout
    assert f"can be at fault: `{FRUIT}`, run `" in fallen.stdout
    assert "commit c0ffee1" in fallen.stdout
    written = page.read_text(encoding="utf-8")
    assert "Changes on probation" in written
    assert "can be at fault" in written


@contextmanager
def another_run(shop: Bot) -> Iterator[None]:
    with open_ledger(ledger_of(shop), run_id="run_now", clock=SystemClock()):
        yield


def test_a_verdict_that_cannot_be_recorded_is_reported_all_the_same(shop: Bot) -> None:
    show_later(shop, 0.88)
    before = ledger_of(shop).read_bytes()
    with another_run(shop):
        fallen = shop.run("drift", "--metrics")
    assert fallen.returncode == 3
    assert f"The ledger does not have bake_failed of {FRUIT}: Another run holds" in fallen.stdout
    assert ledger_of(shop).read_bytes() == before
    assert bakes(shop)[0] == 3


@NOT_ROOT
def test_a_read_only_ledger_is_a_warning(shop: Bot) -> None:
    show_later(shop, 0.88)
    ledger_of(shop).chmod(0o444)
    fallen = shop.run("drift", "--metrics")
    assert fallen.returncode == 3
    assert f"The ledger does not have bake_failed of {FRUIT}: " in fallen.stdout
    assert "Traceback" not in fallen.stderr


def test_a_bake_that_is_turned_off_is_not_judged(shop: Bot) -> None:
    shop.configure(gate={"bake_hours": 0})
    show_later(shop, 0.88)
    assert bakes(shop) == (0, [])


def test_drift_without_metrics_judges_nothing(shop: Bot) -> None:
    before = ledger_of(shop).read_bytes()
    show_later(shop, 0.1)
    done = shop.run("drift", "--format", "json")
    assert done.returncode == 0
    assert "bake" not in json.loads(done.stdout)
    assert ledger_of(shop).read_bytes() == before
