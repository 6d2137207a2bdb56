"""The default branch, determined with the real git in real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.adapters.git import Branch, default_branch, head


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *arguments],  # noqa: S607 - the git of this machine
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.fixture(autouse=True)
def _no_machine_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--initial-branch", "feature")
    return folder


def test_the_default_branch_of_origin_takes_precedence_over_the_checked_out_one(
    repository: Path,
) -> None:
    git(repository, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/team/trunk")
    assert default_branch(repository) == Branch("team/trunk", "the default branch of origin")


def test_without_an_origin_it_is_the_checked_out_branch(repository: Path) -> None:
    assert default_branch(repository) == Branch("feature", "the branch that is checked out")


def test_a_folder_that_does_not_exist_yet_belongs_to_the_repository_around_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert default_branch(repository / "not" / "yet").name == "feature"
    monkeypatch.chdir(repository)
    assert default_branch(Path("not/yet")).name == "feature"


def test_outside_a_repository_it_is_the_initial_branch_of_git(tmp_path: Path) -> None:
    git(tmp_path, "config", "--file", str(tmp_path / "gitconfig"), "init.defaultBranch", "trunk")
    assert default_branch(tmp_path) == Branch("trunk", "git's init.defaultBranch")


def test_if_git_names_no_branch_it_is_main(tmp_path: Path) -> None:
    assert default_branch(tmp_path) == Branch("main", "because git names no other branch")


def test_if_git_is_not_installed_it_is_main(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert default_branch(repository).name == "main"


def test_the_head_is_the_commit_that_is_checked_out_and_its_tree(
    repository: Path, tmp_path: Path
) -> None:
    assert head(tmp_path) is None
    assert head(repository) is None
    author = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    git(repository, *author, "commit", "--allow-empty", "--message", "x")
    written = git(repository, "cat-file", "-p", "HEAD")
    found = head(repository / "slots")
    assert found is not None
    assert f"tree {found.tree}\n" in written
    assert git(repository, "rev-parse", "HEAD") == f"{found.commit}\n"
