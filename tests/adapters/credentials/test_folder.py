"""Credentials in files, as the systems that hand out secrets write them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.adapters.credentials.folder import MAX_BYTES, in_folder
from reconciler.errors import ConfigurationError
from reconciler.model.credentials import FoundCredentials

SECRET = "s3cr3t-of-the-client"
FIELDS = {"client_id": "client", "client_secret": SECRET, "origin": "https://acme.cognigy.com"}

needs_posix = pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")


def write(folder: Path, fields: Mapping[str, str], *, prefix: str = "", end: str = "\n") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for field, value in fields.items():
        (folder / f"{prefix}{field}").write_text(f"{value}{end}", encoding="utf-8", newline="")


def values(found: FoundCredentials | None) -> dict[str, str]:
    assert found is not None
    return {field: value.get_secret_value() for field, value in found.fields.items()}


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_folder_of_one_file_a_field_without_the_line_end(tmp_path: Path, end: str) -> None:
    write(tmp_path / "acme-production", FIELDS, end=end)
    found = in_folder(tmp_path, "acme-production")
    assert values(found) == FIELDS
    assert found is not None
    assert found.places["api_key"] == str(tmp_path / "acme-production" / "api_key")


def test_files_that_begin_with_the_name_as_systemd_and_docker_write_them(tmp_path: Path) -> None:
    write(tmp_path, FIELDS, prefix="acme-production_")
    write(tmp_path, {"client_secret": "another"}, prefix="acme_")
    assert values(in_folder(tmp_path, "acme-production")) == FIELDS


def test_other_spaces_are_part_of_a_value(tmp_path: Path) -> None:
    write(tmp_path / "acme", {"client_secret": " a b "})
    assert values(in_folder(tmp_path, "acme")) == {"client_secret": " a b "}


def test_an_empty_file_is_a_missing_field(tmp_path: Path) -> None:
    write(tmp_path / "acme", {"origin": "", "client_id": "client"})
    assert values(in_folder(tmp_path, "acme")) == {"client_id": "client"}


def test_no_folder_and_no_files_are_no_credentials(tmp_path: Path) -> None:
    write(tmp_path / "other", FIELDS)
    assert in_folder(tmp_path, "acme") is None
    assert in_folder(tmp_path / "none", "acme") is None


def test_a_folder_without_any_field_is_there_all_the_same(tmp_path: Path) -> None:
    # It is reported as incomplete, rather than passed over for credentials from elsewhere.
    (tmp_path / "acme").mkdir()
    assert values(in_folder(tmp_path, "acme")) == {}


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    write(tmp_path / "acme", {"client_secret": "old"})
    assert values(in_folder(tmp_path, "acme")) == {"client_secret": "old"}
    write(tmp_path / "acme", {"client_secret": "new"})
    assert values(in_folder(tmp_path, "acme")) == {"client_secret": "new"}


class Mounted:
    """A Secret as Kubernetes mounts it: links through `..data` into a folder of one version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._versions = 0
        folder.mkdir()

    def update(self, fields: Mapping[str, str]) -> None:
        """Replace all fields at once."""
        former = (self._folder / "..data").resolve()
        self._versions += 1
        version = self._folder / f"..2026_11_27.{self._versions}"
        write(version, fields, end="")
        for field in fields:
            link = self._folder / field
            if not link.is_symlink():
                link.symlink_to(f"..data/{field}")
        (self._folder / "..data_tmp").symlink_to(version.name)
        (self._folder / "..data_tmp").replace(self._folder / "..data")
        if self._versions > 1:
            for each in former.iterdir():
                each.unlink()
            former.rmdir()


@needs_posix
def test_a_mounted_secret_of_kubernetes(tmp_path: Path) -> None:
    mounted = Mounted(tmp_path / "acme")
    mounted.update(FIELDS)
    assert values(in_folder(tmp_path, "acme")) == FIELDS
    mounted.update({**FIELDS, "client_secret": "rotated"})
    assert values(in_folder(tmp_path, "acme"))["client_secret"] == "rotated"


@needs_posix
def test_a_mounted_secret_that_is_replaced_meanwhile_is_never_mixed(tmp_path: Path) -> None:
    mounted = Mounted(tmp_path / "acme")
    mounted.update({"client_id": "id-1", "client_secret": "secret-1", "origin": "origin-1"})

    class Replacing(type(tmp_path)):  # type: ignore[misc]
        """A folder whose secret is replaced once, when its second file is opened."""

        opened: list[str] = []  # noqa: RUF012 - shared on purpose: every path is a new object

        def open(self, *arguments: object, **options: object) -> object:
            self.opened.append(self.name)
            if len(self.opened) == 2:
                mounted.update(
                    {"client_id": "id-2", "client_secret": "secret-2", "origin": "origin-2"}
                )
            return super().open(*arguments, **options)

    found = values(in_folder(Replacing(tmp_path), "acme"))
    assert len(Replacing.opened) > 3
    assert {value.rpartition("-")[2] for value in found.values()} == {"2"}


def test_a_file_that_is_too_long_is_refused_without_a_quote(tmp_path: Path) -> None:
    write(tmp_path / "acme", {"client_secret": SECRET * (MAX_BYTES // len(SECRET) + 1)})
    with pytest.raises(ConfigurationError, match="more than 10000 bytes") as raised:
        in_folder(tmp_path, "acme")
    assert SECRET not in raised.value.message + raised.value.hint


def test_a_file_that_is_not_text_is_refused_without_a_quote(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "api_key").write_bytes(SECRET.encode() + b"\xff")
    with pytest.raises(ConfigurationError, match="not UTF-8") as raised:
        in_folder(tmp_path, "acme")
    assert SECRET not in raised.value.message + raised.value.hint
    assert raised.value.__suppress_context__


@needs_posix
@pytest.mark.skipif(os.name == "posix" and os.getuid() == 0, reason="root may read any file")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path / "acme", FIELDS)
    (tmp_path / "acme" / "client_secret").chmod(0)
    with pytest.raises(ConfigurationError, match="client_secret cannot be read: PermissionError"):
        in_folder(tmp_path, "acme")


@needs_posix
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    os.mkfifo(tmp_path / "acme" / "client_secret")
    assert values(in_folder(tmp_path, "acme")) == {}


def test_no_field_is_shown_by_its_repr(tmp_path: Path) -> None:
    write(tmp_path / "acme", FIELDS)
    assert SECRET not in repr(in_folder(tmp_path, "acme"))
