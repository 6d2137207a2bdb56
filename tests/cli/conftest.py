"""A tenant on a real socket, a folder of slot files, and the command line as a user runs it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.cli.main import run
from reconciler.sandbox.app import serve
from reconciler.sandbox.messages import RequestRecord
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.support.world import CORPUS

FAST_GATE = {"settle_seconds": 0.08, "poll_interval_seconds": 0.02, "timeout_seconds": 5}
"""The settle time is longer than training and window together, so the new model is measured."""
FAST_SANDBOX: dict[str, Any] = {
    "training_seconds": 0.02,
    "window_seconds": 0.05,
    "traffic_per_second": 5000.0,
    "bot_id": "bot_1",
    "requests_per_minute": 100_000,
}


@dataclass
class Done:
    """The result of a command."""

    returncode: int
    stdout: str
    stderr: str


class Terminal(io.StringIO):
    """Standard input of a user at a terminal who types this."""

    def isatty(self) -> bool:
        return True


@dataclass
class Shell:
    """Runs `reconciler` in a folder with its own environment."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: io.StringIO | None = None) -> Done:
        """Run the command in this process, because starting one takes half a second."""
        stdout, stderr = io.StringIO(), io.StringIO()
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            with (
                mock.patch.dict(os.environ, self.variables(), clear=True),
                mock.patch.object(sys, "stdin", stdin or io.StringIO()),
                redirect_stdout(stdout),
                redirect_stderr(stderr),
            ):
                code = run(arguments)
        finally:
            os.chdir(before)
        return Done(returncode=code, stdout=stdout.getvalue(), stderr=stderr.getvalue())

    def spawn(self, *arguments: str) -> subprocess.Popen[str]:
        """Run the command in its own process, which can receive signals."""
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=self.folder,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def variables(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COGNIGY_", "GITHUB_"))
        }
        return {**inherited, **self.environment}

    def write(self, slot_id: str, **fields: Any) -> Path:
        """Write a slot file; JSON is YAML too."""
        document = {
            "slot_id": slot_id,
            "name": slot_id.removeprefix("slot_"),
            "type": "regex",
            "patterns": ["^x$"],
            "fill_strategy": "bestMatch",
            **fields,
        }
        path = self.folder / "slots" / f"{slot_id}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def configure(self, **settings: Any) -> None:
        """Write reconciler.yaml, with a fast gate unless the test says otherwise."""
        path = self.folder / "slots" / "reconciler.yaml"
        path.parent.mkdir(exist_ok=True)
        gate = {**FAST_GATE, **settings.pop("gate", {})}
        limits = {"requests_per_minute": 100_000, **settings.pop("limits", {})}
        path.write_text(json.dumps({"gate": gate, "limits": limits, **settings}), encoding="utf-8")


@dataclass
class Bot(Shell):
    """A shell whose environment reaches a sandbox over HTTP."""

    sandbox: SandboxTenant | None = None

    @property
    def tenant(self) -> SandboxTenant:
        assert self.sandbox is not None
        return self.sandbox

    @property
    def writes(self) -> list[RequestRecord]:
        return [r for r in self.tenant.requests if r.method in ("PUT", "DELETE")]

    def live(self, slot_id: str) -> dict[str, Any]:
        return dict(self.tenant.slot(slot_id) or {})

    def wait_for_writes(self, number: int = 1) -> None:
        """Wait until the ledger has recorded this many of the tenant's answers."""
        ledger = self.folder / "slot_updates_audit.jsonl"
        while not (
            ledger.exists() and ledger.read_text().count('"event":"change_applied"') >= number
        ):
            assert len(self.tenant.requests) < 1000

    @property
    def ledger(self) -> list[dict[str, Any]]:
        lines = (self.folder / "slot_updates_audit.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A folder without a tenant."""
    return Shell(folder=tmp_path)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Callable[..., Bot]]:
    """Start a tenant: `bot(live=[…], **sandbox_settings)`; `kind` is another tenant class."""
    with ExitStack() as running:

        def start(
            live: Any = (), *, kind: type[SandboxTenant] = SandboxTenant, **settings: Any
        ) -> Bot:
            store = MemoryStore()
            for document in live:
                store.put(dict(document))
            paced: Mapping[str, Any] = {**FAST_SANDBOX, **settings}
            tenant = kind(
                clock=SystemClock(), settings=SandboxSettings(**paced), store=store, corpus=CORPUS
            )
            url = running.enter_context(serve(tenant))
            made = Bot(
                folder=tmp_path,
                environment={
                    "COGNIGY_BASE_URL": url,
                    "COGNIGY_CLIENT_ID": "sandbox",
                    "COGNIGY_CLIENT_SECRET": "sandbox-secret",
                    "COGNIGY_BOT_ID": "bot_1",
                },
                sandbox=tenant,
            )
            made.configure()
            return made

        yield start
