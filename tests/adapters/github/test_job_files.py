"""The summary of a job and the outputs of a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.github import append_text
from reconciler.errors import DocumentError


def test_text_is_added_to_what_is_there_and_survives_half_characters(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    append_text(path, "one\n")
    append_text(path, "\ud800\n")
    assert path.read_bytes() == b"one\n\\ud800\n"
    with pytest.raises(DocumentError, match="cannot be written"):
        append_text(path.parent, "three")
