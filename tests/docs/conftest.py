"""Folders and tenants like those that the pages speak of, and what the pages say."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import serve
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from reconciler.sandbox.v2 import settings as v2
from reconciler.sandbox.v2 import tenant as v2_tenant
from tests.cli.conftest import FAST_GATE, FAST_SANDBOX, Bot, Shell

ROOT = Path(__file__).parents[2]


@dataclass
class OrderBot(Shell):
    """A shell whose environment reaches a v2 sandbox over HTTP."""

    sandbox: v2_tenant.SandboxTenant | None = None

    @property
    def tenant(self) -> v2_tenant.SandboxTenant:
        assert self.sandbox is not None
        return self.sandbox


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of this language on a page."""
    return re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The commands of a shell block, as arguments of `reconciler`."""
    found = re.findall(r"^reconciler (.*?)\s*(?:#.*)?$", text, flags=re.MULTILINE)
    return [command.split() for command in found]


def hasten(settings: Path) -> None:
    """Keep a shop's reconciler.yaml, except for the waiting times and the rate limit."""
    text = settings.read_text(encoding="utf-8")
    for name, value in FAST_GATE.items():
        text, found = re.subn(rf"{name}: \d+", f"{name}: {value}", text)
        text = text if found else text.replace("gate:\n", f"gate:\n  {name}: {value}\n")
    settings.write_text(text.replace("requests_per_minute: 100", "requests_per_minute: 100000"))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A folder without a tenant."""
    return Shell(folder=tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Bot]:
    """A checkout's `slots/`, and the sandbox as `reconciler sandbox` seeds it."""
    shutil.copytree(ROOT / "slots", tmp_path / "slots")
    store = MemoryStore()
    seed(store)
    settings = SandboxSettings(**{**FAST_SANDBOX, "bot_id": "bot_webshop"})
    tenant = SandboxTenant(
        clock=SystemClock(), settings=settings, store=store, corpus=Corpus.packaged()
    )
    with serve(tenant) as url:
        yield Bot(
            folder=tmp_path,
            environment={
                "COGNIGY_BASE_URL": url,
                "COGNIGY_CLIENT_ID": settings.client_id,
                "COGNIGY_CLIENT_SECRET": settings.client_secret,
                "COGNIGY_BOT_ID": settings.bot_id,
            },
            sandbox=tenant,
        )


@pytest.fixture
def order_bot(tmp_path: Path) -> Iterator[OrderBot]:
    """An empty folder, and the sandbox as `reconciler sandbox --api cognigy-v2` seeds it."""
    with serving_order_bot(tmp_path) as bot:
        yield bot


@contextmanager
def serving_order_bot(folder: Path) -> Iterator[OrderBot]:
    """The same in this folder."""
    settings = v2.SandboxSettings(
        queue_seconds=0, training_seconds=0, playbook_seconds=0, late_run_seconds=0
    )
    tenant = v2_tenant.SandboxTenant(clock=SystemClock(), settings=settings)
    (folder / "slots").mkdir()
    with serve(tenant) as url:
        yield OrderBot(
            folder=folder,
            environment={
                "COGNIGY_BASE_URL": url,
                "COGNIGY_API_KEY": settings.users[0].api_key,
                "COGNIGY_PROJECT_ID": tenant.project_id,
            },
            sandbox=tenant,
        )
