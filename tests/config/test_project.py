"""The project is found upwards from the working directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.config.project import project_folder, slots_folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a deep folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "team" / "bot" / "notes").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("here", ["team/bot", "team/bot/notes", "team/bot/slots/orders"])
def test_the_slots_are_found_from_every_folder_of_the_project(
    repository: Path, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    (repository / "team" / "bot" / "slots" / "orders").mkdir(parents=True)
    monkeypatch.chdir(repository / here)
    assert slots_folder().resolve() == repository / "team" / "bot" / "slots"
    assert not slots_folder().is_absolute()


@pytest.mark.parametrize("marker", [".env", "slot_updates_audit.jsonl"])
def test_variables_of_ours_and_a_ledger_make_a_project_too(
    repository: Path, monkeypatch: pytest.MonkeyPatch, marker: str
) -> None:
    (repository / "slots").mkdir()
    (repository / "team" / marker).write_text("COGNIGY_TENANT=acme\n")
    monkeypatch.chdir(repository / "team" / "bot")
    assert project_folder() == Path("..")


def test_variables_of_another_tool_do_not(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "slots").mkdir()
    (repository / "team" / ".env").write_text("PORT=80\n")
    monkeypatch.chdir(repository / "team")
    assert project_folder() == Path("..")


def test_the_search_ends_at_the_root_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "slots").mkdir()
    (repository / "team" / ".git").write_text("gitdir: elsewhere\n")
    monkeypatch.chdir(repository / "team" / "bot")
    assert project_folder() == Path()


def test_without_a_repository_only_the_working_directory_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slots").mkdir()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert project_folder() == Path()
    monkeypatch.chdir(tmp_path)
    assert slots_folder() == Path("slots")
