"""A run of a workflow: a fake GitHub on a real socket, and the files of its job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.adapters.github import JobFiles
from reconciler.model.github import PullRequestEvent
from reconciler.operations.workflow import EventWorkflow
from tests.support.build import ENDPOINT
from tests.support.clock import VirtualClock
from tests.support.github import GitHub, serving_github
from tests.support.github_client import github_at
from tests.support.recorder import Recorder

HEAD = "a" * 40
PULL_REQUEST = PullRequestEvent(number=7, head_sha=HEAD)


@dataclass
class Run:
    """A workflow run for pull request 7, with its visible effects."""

    workflow: EventWorkflow
    github: GitHub
    recorder: Recorder
    folder: Path

    @property
    def summary(self) -> str:
        return (self.folder / "summary.md").read_text(encoding="utf-8")

    @property
    def outputs(self) -> str:
        return (self.folder / "outputs.txt").read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    clock, recorder = VirtualClock(), Recorder()
    with serving_github() as github:
        workflow = EventWorkflow(
            clock=clock,
            observer=recorder,
            connect=lambda: github_at(github.url, clock=clock),
            endpoint=ENDPOINT,
            job=JobFiles(summary=tmp_path / "summary.md", outputs=tmp_path / "outputs.txt"),
            commit=HEAD,
            link=None,
            repository_url="https://github.com/acme/shop",
            event=PULL_REQUEST,
        )
        yield Run(workflow=workflow, github=github, recorder=recorder, folder=tmp_path)
