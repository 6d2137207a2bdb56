from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.dispatch.halt_files import HaltFiles
from reconciler.errors import LedgerError


def test_a_request_to_halt_reaches_only_the_run_that_it_is_for(tmp_path: Path) -> None:
    assert HaltFiles(tmp_path).asked("run_1") is None
    HaltFiles(tmp_path).ask("run_1", by="ada")
    assert HaltFiles(tmp_path).asked("run_1") == "ada"
    assert HaltFiles(tmp_path).asked("run_2") is None


def test_a_folder_that_is_missing_is_reported_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be written") as caught:
        HaltFiles(tmp_path / "missing").ask("run_1", by="ada")
    assert "must exist" in caught.value.hint


def test_a_request_that_is_no_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "halt-run_1").mkdir()
    with pytest.raises(LedgerError, match="not a regular file"):
        HaltFiles(tmp_path).asked("run_1")
