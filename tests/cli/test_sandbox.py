"""`reconciler sandbox` serves a tenant, and prints the variables to reach it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Shell

SLOTS = Path(__file__).parents[2] / "slots"


@contextmanager
def sandbox(shell: Shell, *arguments: str) -> Iterator[dict[str, str]]:
    """The variables that a running sandbox prints."""
    with shell.spawn("sandbox", "--port", "0", *arguments) as process:
        try:
            yield _printed_variables(process)
        finally:
            process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            process.communicate(timeout=30)


def _printed_variables(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    variables: dict[str, str] = {}
    for line in process.stdout:
        if "reconciler plan" in line:
            return variables
        if exported := re.match(r"\s+export (\w+)=(\S+)", line):
            variables[exported[1]] = exported[2]
    raise AssertionError("the sandbox ended")


def client_of(variables: dict[str, str]) -> httpx.Client:
    """A client of a sandbox of version 2."""
    headers = {"X-API-Key": variables["COGNIGY_API_KEY"], "Accept": "application/json"}
    return httpx.Client(base_url=variables["COGNIGY_BASE_URL"], headers=headers)


def test_the_printed_variables_reach_it(shell: Shell) -> None:
    with sandbox(shell) as variables:
        shell.environment = variables
        planned = shell.run("plan", "--slots", str(SLOTS))
    assert planned.returncode == 0, planned.stderr
    assert "6 to create, 3 to update" in planned.stdout


def test_the_printed_variables_of_the_other_api_reach_it(shell: Shell) -> None:
    with sandbox(shell, "--api", "cognigy-v2", "--set", "members_forbidden=yes") as variables:
        project = variables["COGNIGY_PROJECT_ID"]
        with client_of(variables) as client:
            flows = client.get("/new/v2.0/flows", params={"projectId": project})
            members = client.get(f"/new/v2.0/projects/{project}/members")
    assert [flow["name"] for flow in flows.json()["items"]] == ["Order intake", "Small talk"]
    assert members.status_code == 403


@pytest.mark.parametrize(
    ("api", "option", "message"),
    [
        ("cognigy-v2", "--empty", "--empty is only for --api cognigy-v1."),
        ("cognigy-v1", "--set=flaky_runs=1", "--set is only for --api cognigy-v2."),
        ("cognigy-v2", "--set=flaky_runs=x", 'flaky_runs takes a number, or "always", not x.'),
        ("cognigy-v2", "--set=users=1", "users=1 is not NAME=VALUE with one of these names: "),
        ("cognigy-v2", "--set=patch_status=7", "patch_status must be one of 200, 204, not 7."),
    ],
)
def test_a_setting_that_there_is_not(shell: Shell, api: str, option: str, message: str) -> None:
    done = shell.run("sandbox", "--api", api, option)
    assert done.returncode == 1
    assert message in " ".join(done.stderr.split())


def test_without_regress_it_says_how_to_install_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "regress", None)  # marks it as not installed
    for name in [each for each in sys.modules if each.startswith("reconciler.sandbox.v2")]:
        monkeypatch.delitem(sys.modules, name)
    done = shell.run("sandbox", "--api", "cognigy-v2")
    assert done.returncode == 1
    assert "pip install starlette uvicorn regress" in done.stderr


def test_its_state_outlives_it(shell: Shell) -> None:
    quick = ("--state", "state.db", "--training-seconds", "0.02", "--window-seconds", "0.05")
    shell.write("slot_new")
    shell.configure(gate={"timeout_seconds": 0})
    with sandbox(shell, "--empty", *quick) as variables:
        shell.environment = variables
        applied = shell.run("apply", "--yes")
        assert applied.returncode == 0, applied.stderr
    with sandbox(shell, *quick) as variables:
        shell.environment = variables
        planned = shell.run("plan", "--detailed-exitcode")
    assert planned.returncode == 0, planned.stdout


def test_the_state_of_the_other_api_outlives_it(shell: Shell) -> None:
    kept = ("--api", "cognigy-v2", "--state", "state.db", "--training-seconds", "0.02")
    (shell.folder / "slots").mkdir(exist_ok=True)
    (shell.folder / "slots" / "reconciler.yaml").write_text(
        "api: cognigy-v2\nflow: Order intake\ntrain: {poll_interval_seconds: 0.02}\n"
        "gate: {enabled: false}\n"
    )
    new = shell.folder / "slots" / "voucher.yaml"
    new.write_text("slot_id: voucher\ntype: regex\nregex: /V-\\d+/\ncontext_key: voucher\n")
    with sandbox(shell, *kept) as variables:
        shell.environment = variables
        applied = shell.run("apply", "--yes")
        assert applied.returncode == 0, applied.stderr
    with sandbox(shell, *kept) as again:
        assert again["COGNIGY_PROJECT_ID"] == variables["COGNIGY_PROJECT_ID"]
        shell.environment = again
        planned = shell.run("plan", "--detailed-exitcode")
    assert planned.returncode == 0, planned.stdout


def test_a_training_that_nobody_looked_at_before_the_end_is_kept_as_done(shell: Shell) -> None:
    at_once = ("--training-seconds", "0", "--set", "queue_seconds=0")
    kept = ("--api", "cognigy-v2", "--state", "state.db", *at_once)
    with sandbox(shell, *kept) as variables, client_of(variables) as client:
        project = {"projectId": variables["COGNIGY_PROJECT_ID"]}
        flow = client.get("/new/v2.0/flows", params=project).json()["items"][0]["_id"]
        task = client.post(f"/new/v2.0/flows/{flow}/intents/train", json={}).json()["_id"]
    with sandbox(shell, *kept) as variables, client_of(variables) as client:
        assert client.get(f"/new/v2.0/tasks/{task}").json()["status"] == "done"


@pytest.mark.parametrize(("first", "second"), [("1", "2"), ("2", "1")])
def test_the_state_of_one_api_is_not_that_of_the_other(
    shell: Shell, first: str, second: str
) -> None:
    with sandbox(shell, "--api", f"cognigy-v{first}", "--state", "state.db"):
        pass
    done = shell.run("sandbox", "--api", f"cognigy-v{second}", "--state", "state.db")
    assert done.returncode == 1
    assert f"such as a state of cognigy-v{first}" in " ".join(done.stderr.split())
    assert "Choose another --state." in done.stderr


def test_a_port_that_is_in_use(shell: Shell) -> None:
    with sandbox(shell) as variables:
        port = variables["COGNIGY_BASE_URL"].rsplit(":", 1)[1]
        done = shell.run("sandbox", "--port", port)
    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stderr


@pytest.mark.parametrize("content", ["", "{}", '{"utterances": [7]}', "[]"])
def test_an_invalid_corpus(shell: Shell, content: str) -> None:
    (shell.folder / "corpus.json").write_text(content)
    done = shell.run("sandbox", "--corpus", "corpus.json")
    assert done.returncode == 1
    assert "The corpus cannot be used" in done.stderr


def test_a_state_file_that_is_not_a_database(shell: Shell) -> None:
    (shell.folder / "state.db").write_text("not a database, and long enough to be recognised" * 9)
    done = shell.run("sandbox", "--state", "state.db")
    assert done.returncode == 1
    assert "The state cannot be stored in state.db: file is not a database" in done.stderr
