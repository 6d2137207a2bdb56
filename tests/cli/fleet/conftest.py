"""A fleet of tenants over HTTP, the folder that describes it, and the commands as a user runs
them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import serve_all
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.cli.conftest import FAST_SANDBOX, Shell
from tests.support.world import CORPUS, FRUIT, GOOD, document

TENANTS = ("acme", "globex", "initech", "umbrella")
SECRET = "the-secret-of-{}"


@dataclass
class FleetShell(Shell):
    """A shell whose fleet.yaml names a tenant for each of TENANTS; acme is the canary."""

    tenants: dict[str, SandboxTenant] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)

    def declare(self, *, expected: dict[str, str] | None = None, **settings: Any) -> None:
        """Write fleet.yaml with these settings; `expected` are other origins than those of the
        tenants."""
        origins = {**self.urls, **(expected or {})}
        targets = [
            {
                "tenant": name,
                "labels": {"ring": "canary" if name == TENANTS[0] else "all"},
                "environments": {
                    "production": {"expect": {"origin": origins[name], "bot_id": "bot_1"}}
                },
            }
            for name in self.tenants
        ]
        fleet = {
            "version": 1,
            "defaults": {"slots": "slots", "credentials": "{tenant}"},
            "targets": targets,
            "rollout": {"steps": [{"select": "ring=canary"}, {"targets": "100%"}]},
            **settings,
        }
        (self.folder / "fleet.yaml").write_text(json.dumps(fleet), encoding="utf-8")

    def give_credentials(self, name: str, **fields: str) -> None:
        """Write the credentials of a tenant, with these fields instead of the right ones."""
        folder = self.folder / "credentials" / name
        folder.mkdir(parents=True, exist_ok=True)
        right = {
            "client_id": "sandbox",
            "client_secret": SECRET.format(name),
            "origin": self.urls[name],
        }
        for key, value in {**right, **fields}.items():
            (folder / key).write_text(f"{value}\n", encoding="utf-8")

    def widen(self) -> None:
        """Add a pattern to the slot that each tenant has."""
        self.write(FRUIT, patterns=[*GOOD[FRUIT], "^plum$"])

    def break_it(self) -> None:
        """Give that slot a pattern that extracts nothing."""
        self.write(FRUIT, patterns=["^nothing$"])

    def patterns(self, name: str) -> list[str]:
        """The live patterns of the slot in a tenant."""
        return list((self.tenants[name].slot(FRUIT) or {})["patterns"])

    def writes(self, name: str) -> int:
        """How many writes a tenant has got."""
        return sum(each.method == "PUT" for each in self.tenants[name].requests)

    @property
    def chain(self) -> list[dict[str, Any]]:
        """The fleet's own ledger."""
        path = self.folder / "fleet_ledgers" / "fleet.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    @property
    def ledgers(self) -> list[Path]:
        """The fleet's own, and those of the tenants."""
        return sorted((self.folder / "fleet_ledgers").glob("*.jsonl"))

    def written(self) -> str:
        """Everything in the ledgers."""
        return "".join(each.read_text(encoding="utf-8") for each in self.ledgers)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Callable[..., FleetShell]]:
    """Start the tenants: `fleet(**sandbox_settings)`, all with the slot FRUIT."""
    with ExitStack() as running:

        def start(**settings: Any) -> FleetShell:
            tenants = {name: _tenant(name, settings) for name in TENANTS}
            urls = running.enter_context(serve_all(tuple(tenants.values())))
            made = FleetShell(
                folder=tmp_path,
                environment={"RECONCILER_CREDENTIALS_DIR": str(tmp_path / "credentials")},
                tenants=tenants,
                urls=dict(zip(TENANTS, urls, strict=True)),
            )
            for name in TENANTS:
                made.give_credentials(name)
            made.declare()
            made.configure()
            made.write(FRUIT, patterns=list(GOOD[FRUIT]))
            return made

        yield start


def _tenant(name: str, settings: dict[str, Any]) -> SandboxTenant:
    store = MemoryStore()
    store.put(document(FRUIT))
    paced = {**FAST_SANDBOX, "client_secret": SECRET.format(name), **settings}
    return SandboxTenant(
        clock=SystemClock(), settings=SandboxSettings(**paced), store=store, corpus=CORPUS
    )
