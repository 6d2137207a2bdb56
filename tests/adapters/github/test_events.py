"""The event file of a workflow."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.github import read_event
from reconciler.errors import ConfigurationError
from reconciler.model.github import OtherEvent, PullRequestEvent, WorkflowRunEvent

RUN = {
    "head_sha": "abc",
    "head_branch": "topic",
    "head_repository": {"id": 2, "owner": {"login": "eve"}},
    "pull_requests": [{"number": 666}],
}


@pytest.mark.parametrize(
    ("document", "event"),
    [
        (
            {"pull_request": {"number": 7, "head": {"sha": "abc"}, "title": "x"}, "action": "x"},
            PullRequestEvent(number=7, head_sha="abc"),
        ),
        (
            {"workflow_run": RUN},
            WorkflowRunEvent(owner="eve", repository_id=2, branch="topic", head_sha="abc"),
        ),
        (
            {"workflow_run": {**RUN, "head_repository": None}},
            WorkflowRunEvent(owner=None, repository_id=None, branch="topic", head_sha="abc"),
        ),
        ({"after": "abc", "ref": "refs/heads/main"}, OtherEvent()),
        ({}, OtherEvent()),
    ],
)
def test_an_event_is_read(tmp_path: Path, document: Any, event: Any) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(document))
    assert read_event(path) == event


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"pull_request": 7}', '{"pull_request": {"number": "7"}}']
)
def test_anything_but_an_event_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "event.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="not an event file of GitHub Actions"):
        read_event(path)


def test_a_missing_event_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_event(tmp_path / "none.json")


def test_an_event_file_that_is_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this platform")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="it is not a regular file"):
        read_event(tmp_path / "pipe")
