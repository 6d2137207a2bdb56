"""The summary of a job and the outputs of a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.github import JobFiles
from reconciler.errors import DocumentError


def test_text_is_appended_and_may_contain_lone_surrogates(tmp_path: Path) -> None:
    job = JobFiles(summary=tmp_path / "summary.md", outputs=tmp_path / "output.txt")
    job.summarise("one")
    job.summarise("\ud800")
    job.set_output("restored", "true")
    assert (tmp_path / "summary.md").read_bytes() == b"one\n\\ud800\n"
    assert (tmp_path / "output.txt").read_bytes() == b"restored=true\n"


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be written"):
        JobFiles(summary=tmp_path).summarise("three")


def test_outside_actions_nothing_is_written() -> None:
    JobFiles().summarise("text")
    JobFiles().set_output("restored", "true")
