"""The content of a bundle that is read back."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import DocumentError
from reconciler.formats.bundle import parsed_bundle
from reconciler.model.bundle import Bundle, is_inner_path

names = st.text(st.characters(blacklist_categories=()), min_size=1).filter(is_inner_path)
texts = st.text()


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    files = draw(st.dictionaries(names, texts, max_size=4))
    fleet_file = draw(names)
    return Bundle(fleet_file=fleet_file, files={**files, fleet_file: draw(texts)})


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@given(bundles())
def test_a_bundle_is_read_back_equal(bundle: Bundle) -> None:
    read = parsed_bundle(bundle.content, digest=bundle.digest)
    assert read == bundle
    assert read.digest == bundle.digest


@given(bundles(), st.data())
def test_a_bundle_of_which_a_byte_has_changed_is_refused(
    bundle: Bundle, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(bundle.content) - 1))
    changed = bytearray(bundle.content)
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DocumentError, match="is not the one that was asked for"):
        parsed_bundle(bytes(changed), digest=bundle.digest)


def content_of(**fields: object) -> bytes:
    whole = {"version": 1, "fleet_file": "fleet.yaml", "files": {"fleet.yaml": ""}}
    return json.dumps({**whole, **fields}).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "it is not an object"),
        (b"{}", "Field required"),
        (content_of(version=2), "version"),
        (content_of(files=[]), "files"),
        (content_of(files={"fleet.yaml": 1}), "files"),
        (content_of(files={}), "it lacks the file of the fleet"),
        (content_of(fleet_file="other.yaml"), "it lacks the file of the fleet"),
        (
            content_of(files={"fleet.yaml": "", "../../etc/cron.d/x": ""}),
            "it has a file outside of its folder",
        ),
        (content_of(files={"fleet.yaml": "", "/x": ""}), "it has a file outside of its folder"),
    ],
)
def test_content_that_is_not_a_bundle_is_refused_even_with_the_right_digest(
    content: bytes, reason: str
) -> None:
    with pytest.raises(DocumentError, match="is not a bundle") as caught:
        parsed_bundle(content, digest=digest_of(content))
    assert reason in caught.value.message


def test_content_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    content = b"[" + b" " * (64 * 1024 * 1024)
    with pytest.raises(DocumentError, match="67,108,865 bytes"):
        parsed_bundle(content, digest=digest_of(content))
