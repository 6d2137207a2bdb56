"""What may stand in a path."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.paths import segment


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a1", "a1"),
        ("a.b", "a.b"),
        ("a/b", "a%2Fb"),
        ("?x#y", "%3Fx%23y"),
        ("ü", "%C3%BC"),
        (".", "%2E"),
        ("..", "%2E%2E"),
    ],
)
def test_any_text_is_one_segment(text: str, quoted: str) -> None:
    assert segment(text) == quoted
