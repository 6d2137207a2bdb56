"""What the pictures show: runs of the example bot, in a sandbox of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.operations import saved_plan
from reconciler.operations.review import ReviewRequest, review
from reconciler.reports.comment import plan_comment
from reconciler.sandbox.app import serve
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.pictures.recording import Frame, record

ROOT = Path(__file__).parents[2]
COLUMNS, ROWS = 92, 26
_REPOSITORY = "https://github.com/acme/bot"
_COMMIT = "c0ffee" * 6 + "abcd"
_SETTINGS = """\
gate:
  settle_seconds: {settle_seconds}
  poll_interval_seconds: 0.5
  timeout_seconds: 60
"""


@dataclass(frozen=True)
class Shop:
    """A folder with the example bot's slots, and the variables of a tenant that has them."""

    folder: Path
    variables: Mapping[str, str]

    def edit(self, name: str, before: str, after: str) -> None:
        """Change a slot's file."""
        path = self.folder / "slots" / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def run(self, *arguments: str) -> str:
        """Run `reconciler` without a terminal, and return its output."""
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=self.folder,
            env=dict(self.variables),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def record(self, *arguments: str) -> tuple[Frame, ...]:
        """Run `reconciler` in a terminal."""
        return record(
            [sys.executable, "-m", "reconciler", *arguments],
            folder=self.folder,
            variables=self.variables,
            columns=COLUMNS,
            rows=ROWS,
            per_second=4,
        )


@contextmanager
def shop(folder: Path, *, settle_seconds: float) -> Iterator[Shop]:
    """The example bot, live as its files say; its tenant has trained by the time a gate settles."""
    shutil.copytree(ROOT / "slots", folder / "slots")
    (folder / "slots" / "reconciler.yaml").write_text(
        _SETTINGS.format(settle_seconds=settle_seconds), encoding="utf-8"
    )
    store = MemoryStore()
    seed(store)
    settings = SandboxSettings(
        bot_id="bot_webshop",
        training_seconds=settle_seconds / 4,
        window_seconds=settle_seconds / 2,
        traffic_per_second=10_000 / settle_seconds,
    )
    tenant = SandboxTenant(
        clock=SystemClock(), settings=settings, store=store, corpus=Corpus.packaged()
    )
    with serve(tenant) as url:
        bot = Shop(
            folder=folder,
            variables={
                **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME")},
                "TERM": "xterm-256color",
                "COLUMNS": str(COLUMNS),
                "LINES": str(ROWS),
                "COGNIGY_BASE_URL": url,
                "COGNIGY_CLIENT_ID": settings.client_id,
                "COGNIGY_CLIENT_SECRET": settings.client_secret,
                "COGNIGY_BOT_ID": settings.bot_id,
            },
        )
        bot.run("apply", "--yes", "--no-gate")
        yield bot


def bad_pattern(folder: Path, *, settle_seconds: float) -> tuple[Frame, ...]:
    """A change that is kept, and one that the gate rolls back: it takes order numbers in lower case
    only, which no customer writes."""
    with shop(folder, settle_seconds=settle_seconds) as bot:
        bot.edit("contact_phone.yaml", "[ /-]", "[ ./-]")
        bot.edit("order_number.yaml", "^[A-Z]{2}", "^[a-z]{2}")
        bot.edit("order_number.yaml", "match: [AB-1234", "match: [ab-1234")
        bot.edit("order_number.yaml", "reject: [ab-1234", "reject: [AB-1234")
        return bot.record("apply", "--yes")


def reviewed_plan(folder: Path) -> str:
    """The comment on a pull request that widens a pattern, adds another and deletes a slot."""
    with shop(folder, settle_seconds=0.1) as bot:
        shutil.copytree(folder / "slots", folder / "base")
        bot.edit("order_number.yaml", "^[A-Z]{2}-", "^[A-Z]{2}-?")
        bot.edit("order_number.yaml", "match: [AB-1234", "match: [AB-1234, AB1234")
        bot.edit("ticket_id.yaml", "  - ^#", "  - ^T\\d{7}$\n  - ^#")
        bot.edit("ticket_id.yaml", "match: [", "match: [T4819200, ")
        path = folder / "slots" / "loyalty_number.yaml"
        path.write_text("slot_id: slot_loyalty_number\nstate: absent\n", encoding="utf-8")
        bot.run("plan", "--out", "plan.json")
        plan = saved_plan.read(folder / "plan.json")
        request = ReviewRequest(plan, slots=folder / "slots", base=folder / "base")
        reviewed = review(request)
        body = plan_comment(
            reviewed.plan,
            reviewed.review,
            commit=_COMMIT,
            link=f"{_REPOSITORY}/actions/runs/1",
            places=lambda change: f"{_REPOSITORY}/blob/{_COMMIT}/slots/{change.name}.yaml#L1",
        )
    shown = re.sub(r"<!--.*?-->\n*", "", body, flags=re.DOTALL)
    return shown.replace(plan.endpoint.origin, "https://acme.cognigy.com")
