"""A run of a workflow, as its environment describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.github import JobFiles
from reconciler.errors import ConfigurationError
from reconciler.model.github import OtherEvent, PullRequestEvent
from reconciler.operations.workflow import ledger_file, workflow_run, workflow_run_with_event
from reconciler.ports import SILENT
from tests.support.clock import VirtualClock
from tests.support.github import TOKEN, GitHub, serving_github

HEAD, MERGE, OTHER = "a" * 40, "b" * 40, "c" * 40
PULL_REQUEST = {"pull_request": {"number": 7, "head": {"sha": HEAD}}}


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    monkeypatch.chdir(tmp_path)
    with serving_github() as github:
        for name, value in {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_API_URL": github.url,
            "GITHUB_SHA": MERGE,
            "GITHUB_STEP_SUMMARY": "summary.md",
            "GITHUB_OUTPUT": "outputs.txt",
            "GITHUB_EVENT_PATH": "event.json",
            "COGNIGY_BASE_URL": "https://acme.cognigy.com",
            "COGNIGY_BOT_ID": "bot_1",
            "COGNIGY_AUDIT_LOG": "audit.jsonl",
        }.items():
            monkeypatch.setenv(name, value)
        yield github


def happens(event: dict[str, Any]) -> None:
    Path("event.json").write_text(json.dumps(event), encoding="utf-8")


def test_a_run_knows_its_tenant_and_its_files_and_sends_nothing_yet(github: GitHub) -> None:
    run = workflow_run(clock=VirtualClock(), observer=SILENT)
    assert (run.endpoint.origin, run.endpoint.bot_id) == ("https://acme.cognigy.com", "bot_1")
    assert run.job == JobFiles(summary=Path("summary.md"), outputs=Path("outputs.txt"))
    assert github.received == []
    with run.connect() as repository:
        assert repository.issues() == []
    assert len(github.received) == 1


@pytest.mark.usefixtures("github")
def test_a_run_is_about_the_head_of_its_pull_request_and_not_about_the_merge() -> None:
    happens(PULL_REQUEST)
    run = workflow_run_with_event(clock=VirtualClock(), observer=SILENT)
    assert run.event == PullRequestEvent(number=7, head_sha=HEAD)
    assert run.commit == HEAD


@pytest.mark.usefixtures("github")
def test_another_event_is_about_the_commit_that_triggered_it() -> None:
    happens({})
    run = workflow_run_with_event(clock=VirtualClock(), observer=SILENT)
    assert run.event == OtherEvent()
    assert run.commit == MERGE


@pytest.mark.usefixtures("github")
def test_a_commit_that_is_named_takes_the_place_of_the_events_own() -> None:
    happens(PULL_REQUEST)
    run = workflow_run_with_event(clock=VirtualClock(), observer=SILENT, commit=OTHER)
    assert run.commit == OTHER


@pytest.mark.usefixtures("github")
def test_everything_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name)
    with pytest.raises(ConfigurationError) as caught:
        workflow_run_with_event(clock=VirtualClock(), observer=SILENT)
    assert "GITHUB_TOKEN is missing" in caught.value.message
    assert "GITHUB_EVENT_PATH is missing" in caught.value.message


@pytest.mark.usefixtures("github")
def test_the_ledger_is_where_the_environment_says() -> None:
    path = ledger_file()
    assert path is not None
    assert path.name == "audit.jsonl"


@pytest.mark.usefixtures("github")
def test_a_ledger_in_a_database_has_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNIGY_AUDIT_LOG", "postgresql://writer@db.example/slots")
    assert ledger_file() is None
