"""What a Markdown parser sees of a comment outside code: only our own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.reports.comment.examples import LINK

SENTINEL = "Ж"
"""A letter that none of our own words has."""
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
_HIDDEN = re.compile(r"<!-- reconciler:[a-z]+(:[0-9a-f]{16}| [A-Za-z0-9_=-]+) -->")
_OURS = re.compile(
    r"<details>\n<summary>"
    r"(\d+ fields?, \+\d+ -\d+|\d+ slots?|The graph, with changed slots marked)"
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
"""Text that tries to be more than text, with a letter in it that gives it away."""


def tokens(markdown: str) -> Iterator[Token]:
    for token in _PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def outside_code(markdown: str) -> list[tuple[str, str]]:
    """Each token in turn with what it says; of code and of hidden data only that it is there."""
    return [(token.type, _said(token)) for token in tokens(markdown) if token.type != "inline"]


def _said(token: Token) -> str:
    if token.type in ("code_inline", "fence"):
        return token.info
    return _HIDDEN.sub("(hidden)", token.content + str(token.attrs or ""))


def require_harmless(markdown: str) -> None:
    """Outside code there is no HTML but ours, no link but ours, and no word but ours."""
    for token in tokens(markdown):
        if token.type in ("html_block", "html_inline"):
            content = token.content.strip("\n")
            lines = content.split("\n")
            assert _OURS.fullmatch(content) or all(_HIDDEN.fullmatch(line) for line in lines)
        assert token.type != "image"
        if token.type == "link_open":
            assert token.attrs == {"href": LINK}
        if token.type == "code_block":
            raise AssertionError("an indented block: " + token.content)
    for kind, said in outside_code(markdown):
        assert SENTINEL not in said, (kind, said)


def headings(markdown: str) -> list[str]:
    """What stands in headings, in their order."""
    parsed = _PARSER.parse(markdown)
    return [
        parsed[index + 1].content
        for index, token in enumerate(parsed)
        if token.type == "heading_open"
    ]
