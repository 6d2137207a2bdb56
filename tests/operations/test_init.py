from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.errors import ConfigurationError, ManifestError
from reconciler.model.written import WriteResult, Written
from reconciler.operations.init import init, starter_api, workflow_branch


def repository(folder: Path, branch: str) -> Path:
    subprocess.run(  # noqa: S603 - our own arguments
        ["git", "init", "--quiet", "--initial-branch", branch, str(folder)],  # noqa: S607 - this machine's git
        check=True,
    )
    return folder


def test_each_file_is_reported_as_it_is_written_and_nothing_is_overwritten(tmp_path: Path) -> None:
    told: list[Written] = []
    first = init(tmp_path, api="cognigy-v1", branch="main", tool=None, on_written=told.append)
    assert told == list(first.written) == [*first.starter, *first.workflows]
    assert first.starter
    assert first.workflows
    kept = {each.path: Path(str(each.path)).read_bytes() for each in told}
    again = init(
        tmp_path, api="cognigy-v1", branch="main", tool=None, on_written=lambda _written: None
    )
    assert {each.result for each in again.written} <= {WriteResult.UNCHANGED, WriteResult.KEPT}
    assert {path: Path(str(path)).read_bytes() for path in kept} == kept


def test_without_a_branch_no_workflow_is_written(tmp_path: Path) -> None:
    report = init(
        tmp_path, api="cognigy-v1", branch=None, tool=None, on_written=lambda _written: None
    )
    assert report.workflows == ()
    assert not (tmp_path / ".github").exists()


def test_the_workflows_are_those_of_the_repositorys_branch(tmp_path: Path) -> None:
    assert workflow_branch(repository(tmp_path, "trunk")).name == "trunk"


@pytest.mark.parametrize("branch", ["feature#1", "größe"])
def test_a_branch_that_a_workflow_could_take_for_a_pattern_is_refused(
    tmp_path: Path, branch: str
) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written for the branch") as caught:
        workflow_branch(repository(tmp_path, branch))
    assert "apply.yml" in caught.value.hint


def test_the_api_is_that_of_the_files_unless_another_is_asked_for(tmp_path: Path) -> None:
    assert starter_api(tmp_path, asked=None) == "cognigy-v1"
    assert starter_api(tmp_path, asked="cognigy-v2") == "cognigy-v2"
    init(tmp_path, api="cognigy-v2", branch=None, tool=None, on_written=lambda _written: None)
    assert starter_api(tmp_path, asked=None) == "cognigy-v2"
    with pytest.raises(ManifestError, match="is for cognigy-v2"):
        starter_api(tmp_path, asked="cognigy-v1")
