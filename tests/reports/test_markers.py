"""The marker of a comment, and the hidden data that a later run reads from it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.model.endpoint import Endpoint
from reconciler.reports.markers import MAX_HIDDEN, hidden, is_marked, marker, read_hidden
from tests.support.build import ENDPOINT

values = st.dictionaries(st.text(), st.text(), max_size=5)


def test_a_marker_is_one_line_with_a_hash_of_the_endpoint() -> None:
    assert marker("plan", ENDPOINT) == "<!-- reconciler:plan:ee94d0cbc0bf55eb -->"


def test_each_of_kind_origin_and_bot_changes_the_marker() -> None:
    origin, bot_id = ENDPOINT.origin, ENDPOINT.bot_id
    endpoints = [ENDPOINT, Endpoint(origin=origin), Endpoint(origin="https://x", bot_id=bot_id)]
    markers = {marker(kind, endpoint) for kind in ("plan", "outcome") for endpoint in endpoints}
    assert len(markers) == 6


@given(st.text(), st.none() | st.text())
@example("-->\n", "<b>")
def test_the_marker_reveals_nothing_about_the_endpoint(origin: str, bot_id: str | None) -> None:
    made = marker("drift", Endpoint(origin=origin, bot_id=bot_id))
    assert len(made) == len(marker("drift", ENDPOINT))
    assert set(made) <= set("<!- reconciler:drift0123456789abcdef>")


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nrest", "\r\nrest\r\n", "\r"])
def test_a_body_is_marked_by_its_first_line(end: str) -> None:
    made = marker("plan", ENDPOINT)
    assert is_marked(made + end, made)


@pytest.mark.parametrize(
    "body",
    ["", " {}", "\n{}", "> {}", "{} ", "{}x", "x{}", "text\n{}", "<!-- reconciler:plan"],
)
def test_a_marker_that_is_elsewhere_or_altered_does_not_count(body: str) -> None:
    made = marker("plan", ENDPOINT)
    assert not is_marked(body.format(made), made)
    assert not is_marked(marker("outcome", ENDPOINT), made)


@given(values)
@example({"\ud800": "-->\n", "": "é"})
def test_hidden_data_is_one_invisible_line_that_can_be_read_back(
    value: dict[str, str],
) -> None:
    line = hidden("changes", value)
    assert "\n" not in line
    assert set(line[len("<!-- reconciler:changes ") : -len(" -->")]) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    )
    for end in ("\n", "\r\n"):
        body = end.join([marker("plan", ENDPOINT), line, "", "### text"])
        assert read_hidden(body, "changes") == value
        assert read_hidden(body, "drift") == {}
    block, heading = MarkdownIt("commonmark").parse(f"{line}\n\n### text")[:2]
    assert (block.type, heading.type) == ("html_block", "heading_open")


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "!",
        "AAA",
        encoded(b"\xff\xfe"),
        encoded(b"{"),
        encoded(b"[]"),
        encoded(b'"text"'),
        encoded(b'{"a": 1}'),
        encoded(b'{"a": null}'),
        encoded(b'{"a": {"b": "c"}}'),
        encoded(b"[" * 10_000),
        encoded(b'{"a":"' + b"x" * MAX_HIDDEN + b'"}'),
        encoded(b'{"a":"b"}') + " ",
        encoded(b'{"a":"b"}') + "$",
    ],
)
def test_edited_hidden_data_is_ignored(data: str) -> None:
    assert read_hidden(f"<!-- reconciler:changes {data} -->", "changes") == {}


@given(st.text() | st.binary().map(encoded))
def test_no_edit_is_an_error(data: str) -> None:
    found = read_hidden(f"<!-- reconciler:changes {data} -->\n{data}", "changes")
    assert all(isinstance(each, str) for pair in found.items() for each in pair)


def test_only_the_head_of_a_body_is_read() -> None:
    line = hidden("changes", {"digest": "x"})
    assert read_hidden("\n\n\n" + line, "changes") == {"digest": "x"}
    assert read_hidden("\n" * 50 + line, "changes") == {}
    assert read_hidden(f"```\n    {line}\n```", "changes") == {}
    assert read_hidden("x" * 10**6 + "\n" + line, "changes") == {}


def test_all_hidden_lines_below_the_marker_are_read_and_none_that_follow_text() -> None:
    lines = [hidden(f"changes:{number:016x}", {"n": str(number)}) for number in range(20)]
    body = "\n".join([marker("plan", ENDPOINT), *lines, "", "```", hidden("x", {"a": "b"}), "```"])
    for number in range(20):
        assert read_hidden(body, f"changes:{number:016x}") == {"n": str(number)}
    assert read_hidden(body, "x") == {}


def test_an_environment_has_a_marker_of_its_own() -> None:
    made = [marker("drift", ENDPOINT, environment=each) for each in (None, "staging", "demo")]
    assert len(set(made)) == 3
    assert made[0] == marker("drift", ENDPOINT)
