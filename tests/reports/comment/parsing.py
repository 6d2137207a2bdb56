"""Checks, with a Markdown parser, that a comment has only our own words outside code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.reports.comment.examples import LINK, PLACE

SENTINEL = "Ж"
"""A letter that does not occur in our own words."""
SNIPPETS = (
    "`` ` ```",
    "\n```\n",
    "</details>",
    "<details><summary>",
    "-->",
    "<!--",
    "@someone",
    "#1",
    "acme/bot#1",
    "|",
    "\n|a|b|\n|-|-|\n",
    "~~~",
    "~~a~~",
    "$(x)",
    "$`x`$",
    "https://x.example",
    "www.x.example",
    "![a](https://x.example)",
    "[a](https://x.example)",
    "[!NOTE]",
    "\n\n# a",
    "\n- [ ] a",
    "\r\n",
    "\\",
    "&lt;",
    ":bomb:",
    "\u202e",
    "\u2028",
    "\ud800",
    "\x00",
    "  ",
    "```mermaid",
)
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_HIDDEN = re.compile(r"<!-- reconciler:[a-z]+(:[0-9a-f]{16})?( [A-Za-z0-9_=-]+)? -->")
_OURS = re.compile(
    r"<details>\n<summary>"
    r"(\d+ fields?, \+\d+ -\d+|\d+( more)? (slot|change)s?|The graph, with changed slots marked|"
    r"[a-z][a-z0-9-]*: nothing differs)"
    r"</summary>|</details>"
)


def _around(parts: tuple[str, str]) -> str:
    return SENTINEL.join(parts)


markup = st.lists(
    st.sampled_from(SNIPPETS)
    | st.text(st.sampled_from("`<>[]()!*_#&;@:\\\n\r\t ~-+|$\x1b/\"'="), max_size=6)
    | st.text(max_size=6),
    max_size=4,
).map("".join)
hostile = st.tuples(markup, markup).map(_around)
"""Text that tries to be more than text, marked with SENTINEL."""


def tokens(markdown: str) -> Iterator[Token]:
    for token in _PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def outside_code(markdown: str) -> list[tuple[str, str]]:
    """Each token with its text, in order; for code and hidden data, only that they are there."""
    return [(token.type, _said(token)) for token in tokens(markdown) if token.type != "inline"]


def _said(token: Token) -> str:
    if token.type in ("code_inline", "fence"):
        return token.info
    return _HIDDEN.sub("(hidden)", token.content + str(token.attrs or ""))


def require_harmless(markdown: str) -> None:
    """Require that, outside code, all HTML, links and words are our own."""
    for token in tokens(markdown):
        if token.type in ("html_block", "html_inline"):
            content = token.content.strip("\n")
            lines = content.split("\n")
            assert _OURS.fullmatch(content) or all(_HIDDEN.fullmatch(line) for line in lines)
        assert token.type != "image"
        if token.type == "link_open":
            assert token.attrs["href"] in (LINK, PLACE)
        if token.type == "code_block":
            raise AssertionError("an indented block: " + token.content)
    for kind, said in outside_code(markdown):
        assert SENTINEL not in said, (kind, said)


def headings(markdown: str) -> list[str]:
    """The texts of the headings, in order."""
    parsed = _PARSER.parse(markdown)
    return [
        parsed[index + 1].content
        for index, token in enumerate(parsed)
        if token.type == "heading_open"
    ]
