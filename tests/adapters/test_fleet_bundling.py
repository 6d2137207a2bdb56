"""Files → a bundle → a folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.fleet.bundling import bundle_of, unpack
from reconciler.errors import DocumentError, ManifestError
from reconciler.model.bundle import MOST_BYTES, Bundle

parts = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
folders = st.lists(parts, max_size=2).map(lambda each: "".join(f"{part}/" for part in each))
names = st.builds(lambda folder, part: f"{folder}{part}.yaml", folders, parts)


def read_back(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@given(st.dictionaries(names, st.text().map(str.encode), max_size=5))
def test_the_files_of_a_bundle_are_written_as_they_were_read(files: dict[str, bytes]) -> None:
    files = {**files, "fleet.yaml": b"version: 1\r\n"}
    with tempfile.TemporaryDirectory() as folder:
        path = unpack(bundle_of(files, fleet_file="fleet.yaml"), into=Path(folder))
        assert path == Path(folder, "fleet.yaml")
        assert read_back(Path(folder)) == files


@pytest.mark.parametrize("name", ["../out.yaml", "/tmp/out.yaml", "a/../../out.yaml", "a\\b"])  # noqa: S108
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    with pytest.raises(DocumentError, match="outside of its folder"):
        unpack(Bundle(fleet_file="fleet.yaml", files={name: ""}), into=folder)
    assert list(tmp_path.rglob("*")) == [folder]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    folder, outside = tmp_path / "inner", tmp_path / "outside.yaml"
    folder.mkdir()
    outside.write_text("mine")
    (folder / "fleet.yaml").symlink_to(outside)
    with pytest.raises(DocumentError, match="cannot be written"):
        unpack(Bundle(fleet_file="fleet.yaml", files={"fleet.yaml": "theirs"}), into=folder)
    assert outside.read_text() == "mine"


def test_a_file_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"'a/b.yaml' cannot be written"):
        unpack(Bundle(fleet_file="a", files={"a": "", "a/b.yaml": ""}), into=tmp_path)


def test_files_that_only_their_owner_may_read(tmp_path: Path) -> None:
    path = unpack(Bundle(fleet_file="fleet.yaml", files={"fleet.yaml": ""}), into=tmp_path)
    assert path.stat().st_mode & 0o077 == 0


def test_files_with_names_that_other_systems_read_differently_are_refused() -> None:
    with pytest.raises(ManifestError, match="because of its name"):
        bundle_of({"slots/a:b.yaml": b""}, fleet_file="fleet.yaml")


def test_files_that_are_too_large_together_are_refused() -> None:
    half = b"x" * (MOST_BYTES // 2)
    with pytest.raises(ManifestError, match="over the limit of 67,108,864"):
        bundle_of({"a": half, "b": half}, fleet_file="a")
