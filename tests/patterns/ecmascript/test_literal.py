"""Regular expressions as JavaScript writes them, `/body/flags`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.patterns.ecmascript.literal import (
    Literal,
    NotDelimitedError,
    delimited,
    literal,
)

TEXT = st.text(alphabet=r"ab/\[]()", max_size=12)


@pytest.mark.parametrize(
    ("text", "body", "flags"),
    [
        (r"/\d+/", r"\d+", ""),
        ("/a/g", "a", "g"),
        ("/a/Xgg", "a", "Xgg"),
        ("//", "", ""),
        (r"/a\/b/", r"a\/b", ""),
        ("/a[/]b/", "a[/]b", ""),
        (r"/a[\]/]b/i", r"a[\]/]b", "i"),
        ("/a\nb/", "a\nb", ""),
    ],
)
def test_a_delimited_text_is_a_body_and_flags(text: str, body: str, flags: str) -> None:
    assert literal(text) == Literal(body=body, flags=flags, offset=1)
    assert text[1 : 1 + len(body)] == body


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (r"\d+", "does not begin with /", r"Write it as /\d+/"),
        ("a/b", "does not begin with /", r"Write it as /a\/b/"),
        ("a/", "does not begin with /", "Write it as /a/"),
        ("", "does not begin with /", "Write it as //"),
        (r"/\d+", "does not end with /", r"Write it as /\d+/"),
        ("/", "does not end with /", "Write it as //"),
        (r"/a\/", "does not end with /", r"Write it as /a\//"),
        ("/a/\n", "has '\\n' after its last /", "Remove it, or write /a\\/\n/ if"),
        ("/a/1", "has '1' after its last /", r"Remove it, or write /a\/1/ if"),
        ("/a/b/", "has a / at character 3 that is not escaped", r"Write \/ inside, as in /a\/b/"),
        ("/[/]/x/g", "has a / at character 5 that", r"Write \/ inside, as in /[/]\/x/g"),
    ],
)
def test_any_other_text_is_refused_with_the_way_to_write_it(
    text: str, message: str, hint: str
) -> None:
    with pytest.raises(NotDelimitedError) as caught:
        literal(text)
    assert str(caught.value).startswith(message)
    assert caught.value.hint.startswith(hint)


@given(TEXT)
def test_what_the_hint_suggests_is_a_literal_unless_a_backslash_ends_it(body: str) -> None:
    try:
        assert literal(delimited(body)).flags == ""
    except NotDelimitedError:
        assert body.endswith("\\")
