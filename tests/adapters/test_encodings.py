from __future__ import annotations

import codecs

import pytest

from reconciler.adapters.encodings import marked_encoding


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (codecs.BOM_UTF32_LE, "UTF-32"),
        (codecs.BOM_UTF32_BE, "UTF-32"),
        (codecs.BOM_UTF16_LE, "UTF-16"),
        (codecs.BOM_UTF16_BE, "UTF-16"),
        (codecs.BOM_UTF8, None),
        (b"", None),
    ],
)
def test_a_byte_order_mark_names_any_encoding_except_utf_8(mark: bytes, name: str | None) -> None:
    assert marked_encoding(mark + b"{}") == name


@pytest.mark.parametrize(
    ("codec", "name"), [("utf-16", "UTF-16"), ("utf-32", "UTF-32"), ("utf-8-sig", None)]
)
def test_text_encoded_by_python_is_recognised(codec: str, name: str | None) -> None:
    assert marked_encoding("größe".encode(codec)) == name


def test_a_byte_order_mark_counts_only_at_the_beginning() -> None:
    assert marked_encoding(b"x" + codecs.BOM_UTF16_LE) is None
