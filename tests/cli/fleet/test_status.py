"""`reconciler fleet status`: from the fleet's ledger alone, without fleet.yaml or credentials."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import TargetStatus
from reconciler.operations.ledger_stores import FleetStores
from reconciler.planning.fleet_chain import TARGET_ENDED, target_data
from reconciler.ports import Ledger, LedgerStore
from tests.cli.conftest import Shell
from tests.support.fleet_chain import begin_run, finish_run, result
from tests.support.metrics import families_in


@pytest.fixture
def store(shell: Shell) -> LedgerStore:
    """The fleet's ledger where it is by default."""
    stores = FleetStores(shell.folder / "fleet_ledgers", SystemClock())
    stores.prepare()
    return stores.fleet()


def begin(ledger: Ledger) -> None:
    begin_run(ledger, SystemClock(), steps=[PlannedStep(targets=2)])


def end(ledger: Ledger, name: str, status: TargetStatus = TargetStatus.VERIFIED) -> None:
    ledger.append(TARGET_ENDED, **target_data(result(name, status), step=1))


@pytest.fixture
def finished(store: LedgerStore) -> None:
    with store.open("run_1") as ledger:
        begin(ledger)
        end(ledger, "acme/live")
        end(ledger, "bond/live", TargetStatus.FAILED)
        finish_run(ledger)


def test_a_fleet_that_never_ran_says_what_to_do(shell: Shell) -> None:
    done = shell.run("fleet", "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Next: reconciler fleet plan"
    assert list(shell.folder.iterdir()) == []


@pytest.mark.usefixtures("finished")
def test_the_last_run_and_its_targets_are_shown(shell: Shell) -> None:
    done = shell.run("fleet", "status")
    assert done.returncode == 0
    assert "run_1: complete, 1 verified, 1 failed" in done.stdout
    assert "2 targets known: 1 verified, 1 failed." in done.stdout


@pytest.mark.usefixtures("finished")
def test_every_format_says_the_same(shell: Shell) -> None:
    document = json.loads(shell.run("fleet", "status", "--format", "json").stdout)
    assert [each["status"] for each in document["targets"]] == ["verified", "failed"]
    lines = shell.run("fleet", "status", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines[:-1]] == document["targets"]
    text = shell.run("fleet", "status", "--format", "openmetrics").stdout
    (targets, *_) = families_in(text)
    values = {each.labels["status"]: each.value for each in targets.samples}
    assert (values["verified"], values["failed"]) == (1, 1)


@pytest.mark.usefixtures("finished")
def test_a_fleet_in_which_nothing_runs_is_watched_once(shell: Shell) -> None:
    done = shell.run("fleet", "status", "--watch")
    assert done.returncode == 0
    assert done.stdout.count("Last runs:") == 1


@pytest.mark.parametrize("output", ["jsonl", "openmetrics"])
def test_what_is_read_at_intervals_is_not_watched(shell: Shell, output: str) -> None:
    done = shell.run("fleet", "status", "--watch", "--format", output)
    assert done.returncode == 1
    assert "--watch is for --format text and json" in done.stderr


def test_a_ledger_that_cannot_be_understood_is_an_error_in_json_too(
    shell: Shell, store: LedgerStore
) -> None:
    with store.open("run_1") as ledger:
        begin(ledger)
        ledger.append(TARGET_ENDED, target="acme/live")
    done = shell.run("fleet", "status", "--format", "json")
    assert done.returncode == 1
    assert "cannot be understood" in json.loads(done.stdout)["error"]["message"]
    (line,) = shell.run("fleet", "status", "--format", "jsonl").stdout.splitlines()
    assert json.loads(line) == json.loads(done.stdout)
    assert "Traceback" not in done.stderr


def watching(folder: Path, stdout: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", "fleet", "status", "--watch"],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stdout,
    )


def test_a_run_is_watched_on_a_terminal_until_it_is_over(shell: Shell, store: LedgerStore) -> None:
    ours, theirs = pty.openpty()
    seen = b""
    with store.open("run_1") as ledger:
        begin(ledger)
        process = watching(
            shell.folder, theirs, {**shell.variables(), "TERM": "xterm", "NO_COLOR": "1"}
        )
        os.close(theirs)
        while b"2 not ended" not in seen:
            seen += os.read(ours, 4096)
        end(ledger, "acme/live")
        while b"1 verified, 1 not ended" not in seen:
            seen += os.read(ours, 4096)
        end(ledger, "bond/live")
        finish_run(ledger)
    while b"2 targets known: 2 verified." not in seen:
        seen += os.read(ours, 4096)
    assert process.wait() == 0
    os.close(ours)
    assert b"\x1b[J" in seen, "each status replaces the one before"
