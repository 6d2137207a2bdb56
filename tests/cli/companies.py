"""One project, and a tenant for each of its environments, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import serve
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import FAST_GATE, FAST_SANDBOX, Shell
from tests.support.world import CORPUS, FRUIT, document


@dataclass
class Company(Shell):
    """A folder whose environments are tenants of their own, and those tenants by name."""

    tenants: dict[str, SandboxTenant] = None  # type: ignore[assignment]

    def declare(self, **environments: object) -> None:
        """Write reconciler.yaml with these environments."""
        settings = {
            "gate": FAST_GATE,
            "limits": {"requests_per_minute": 100_000},
            "environments": environments,
        }
        (self.folder / "slots").mkdir(exist_ok=True)
        (self.folder / "slots" / "reconciler.yaml").write_text(json.dumps(settings))

    def patterns(self, environment: str, tenant_id: str) -> object:
        slot = self.tenants[environment].slot(tenant_id)
        return slot and slot["patterns"]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Callable[..., Company]]:
    """Start a tenant per environment: `company(staging=[…], production=[…])` has live documents,
    and each has its own .env file. Rates are over `window_seconds`, if those are given."""
    with ExitStack() as running:

        def start(
            *, window_seconds: float | None = None, **live: list[dict[str, object]]
        ) -> Company:
            paced = {} if window_seconds is None else {"window_seconds": window_seconds}
            made = Company(folder=tmp_path, tenants={})
            for name, documents in live.items():
                store = MemoryStore()
                for each in documents:
                    store.put(dict(each))
                settings = SandboxSettings(
                    **{
                        **FAST_SANDBOX,
                        **paced,
                        "bot_id": f"bot_{name}",
                        "client_secret": f"secret-{name}",
                    }
                )
                tenant = SandboxTenant(
                    clock=SystemClock(), settings=settings, store=store, corpus=CORPUS
                )
                url = running.enter_context(serve(tenant))
                made.tenants[name] = tenant
                (tmp_path / f".env.{name}").write_text(
                    f"COGNIGY_BASE_URL={url}\nCOGNIGY_CLIENT_ID={settings.client_id}\n"
                    f"COGNIGY_CLIENT_SECRET={settings.client_secret}\n"
                    f"COGNIGY_BOT_ID=bot_{name}\n"
                )
            made.declare(**{name: {} for name in live})
            return made

        yield start


def planned(shell: Shell, environment: str, *arguments: str) -> dict[str, str]:
    """The actions of a plan, by key."""
    done = shell.run("plan", "--env", environment, "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["environment"] == environment
    return {each["slot_id"]: each["action"] for each in document["changes"]}


def fruit(company: Company, **fields: object) -> Path:
    """A slot file that differs from the live slot by its fill strategy."""
    content = {
        "name": document(FRUIT)["name"],
        "patterns": document(FRUIT)["patterns"],
        "fill_strategy": "strict",
        **fields,
    }
    return company.write(FRUIT, **content)
