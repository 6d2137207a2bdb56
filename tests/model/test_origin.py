"""All spellings of an origin are normalised to one."""

from __future__ import annotations

import pytest

from reconciler.model.endpoint import Endpoint
from reconciler.model.origin import normalised_origin


@pytest.mark.parametrize(
    ("spelled", "normal"),
    [
        ("https://acme.example", "https://acme.example"),
        ("HTTPS://Acme.EXAMPLE:443/", "https://acme.example"),
        ("https://acme.example:0443//", "https://acme.example"),
        ("https://acme.example:", "https://acme.example"),
        ("https://acme.example:08443", "https://acme.example:8443"),
        ("https://acme.example:80", "https://acme.example:80"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("http://127.0.0.1:443", "http://127.0.0.1:443"),
        ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
        ("https://acme.example.", "https://acme.example."),
    ],
)
def test_an_origin_has_one_spelling(spelled: str, normal: str) -> None:
    assert normalised_origin(spelled) == normal
    assert normalised_origin(normal) == normal
    assert Endpoint(origin=spelled, bot_id="b") == Endpoint(origin=normal, bot_id="b")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme.example",
        "ftp://Acme.example",
        "https://Acme.example/path",
        "https://Acme.example?",
        "https://user@Acme.example",
        "https://Acme\n.example",
        "https://\u212aelvin.example",
        "https://Acme.example:x",
        "https://Acme.example:9999999999",
        "https://[Acme]",
        "https://[:::]",
    ],
)
def test_text_that_is_not_an_origin_is_returned_unchanged(text: str) -> None:
    assert normalised_origin(text) == text
