"""A file that the user names is written completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.adapters.output_files import write_output
from reconciler.errors import OutputFileError


def test_a_file_is_replaced_without_leaving_other_files(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("an old plan that is much longer than the new one", encoding="utf-8")
    write_output(path, "{}")
    assert path.read_text(encoding="utf-8") == "{}"
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_that_cannot_be_written_is_reported_and_the_old_one_is_kept(tmp_path: Path) -> None:
    with pytest.raises(OutputFileError, match="cannot be written"):
        write_output(tmp_path / "nowhere" / "plan.json", "{}")
    folder = tmp_path / "plan.json"
    folder.mkdir()
    with pytest.raises(OutputFileError, match="cannot be written"):
        write_output(folder, "{}")
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.touch(0o644)
    write_output(path, "{}")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="devices and links")
def test_a_device_is_written_to_and_a_link_is_followed(tmp_path: Path) -> None:
    write_output(Path(os.devnull), "{}")
    assert Path(os.devnull).is_char_device()
    link, real = tmp_path / "link.json", tmp_path / "real.json"
    real.write_text("old")
    link.symlink_to(real)
    write_output(link, "{}")
    assert link.is_symlink()
    assert real.read_text() == "{}"
