"""Saved results are JSON objects of a bounded size; anything else is refused."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.json_files import read_object
from reconciler.errors import DocumentError

HINT = "Make it anew."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


def test_an_object_is_read_up_to_its_limit(path: Path) -> None:
    path.write_bytes(b'{"valid": true}')
    assert read_object(path, limit=15, hint=HINT) == {"valid": True}
    with pytest.raises(DocumentError, match="larger than 14 bytes"):
        read_object(path, limit=14, hint=HINT)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"a":' * 50_000, "not JSON"),
        (b"\xff", "not JSON"),
        (b"7", "no JSON object"),
    ],
)
def test_anything_else_is_refused_with_the_reason(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=message):
        read_object(path, limit=1_000_000, hint=HINT)


def test_text_saved_by_powershell_is_read_or_its_encoding_is_named(path: Path) -> None:
    path.write_bytes('{"valid": true}'.encode("utf-8-sig"))
    assert read_object(path, limit=18, hint=HINT) == {"valid": True}
    path.write_bytes('{"valid": true}'.encode("utf-16"))
    with pytest.raises(DocumentError, match="is UTF-16 text, not UTF-8") as caught:
        read_object(path, limit=100, hint=HINT)
    assert "Out-File -Encoding utf8" in caught.value.hint


@given(content=st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "result.json"
    path.write_bytes(content)
    with suppress(DocumentError):
        assert isinstance(read_object(path, limit=100, hint=HINT), dict)


def test_a_missing_file_is_reported(path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read") as caught:
        read_object(path, limit=100, hint=HINT)
    assert caught.value.hint == HINT


@pytest.mark.skipif(os.name != "posix", reason="POSIX devices and pipes")
def test_a_device_or_a_pipe_is_refused_at_once(path: Path) -> None:
    os.mkfifo(path)
    for each in (path, Path("/dev/zero")):
        with pytest.raises(DocumentError, match="not a regular file"):
            read_object(each, limit=10, hint=HINT)
