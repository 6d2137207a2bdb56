"""Pieces of Markdown that hold foreign text.

Names, patterns and what the tenant says are data: they appear only in code spans and fences that
they cannot break out of. In a table, a `|` ends a cell even within a code span, so `cell` escapes
it. They never appear in a `<summary>`, where Markdown does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted

MAX_NAME = 130
"""Characters that are shown of an id, name or value where room is scarce."""
MAX_TEXT = 800
"""Characters of a line of prose."""
MAX_MESSAGE = 3_000
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_LINK = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~/?#=&%:@+-]*)?")
_MAX_LINK = 1_000
_BAR = re.compile(r"((?:\\\\)*)(\\?)\|")
"""A bar after an even number of backslashes, and maybe one more."""


def code(text: str, *, most: int | None = None) -> str:
    """A code span that holds any `text`, on one line of at most `most` characters."""
    shown = clipped(text, most=most)
    fence = "`" * (_longest_run(shown) + 1)
    # Markdown removes a space on both sides; it keeps a backtick away from the fence.
    pad = " " if not shown or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown or ' '}{pad}{fence}"


def codes(texts: Sequence[str], *, most: int = 10) -> str:
    """The first of `texts` as code spans, and how many more there are."""
    shown = ", ".join(code(text, most=MAX_NAME) for text in texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more"


def cell(text: str, *, most: int | None = None) -> str:
    r"""A code span for the cell of a table, which a `|` without a backslash would end.

    Parsers disagree about `\\|`: to some, the first backslash escapes the second. So a bar that has
    a backslash already is shown by its code, which means the same in a regular expression.
    """
    return _BAR.sub(lambda bar: bar[1] + (r"\x7c" if bar[2] else r"\|"), code(text, most=most))


def fenced(lines: Sequence[str], *, language: str, most: int | None = None) -> list[str]:
    """A fenced block that holds any `lines`, each cut after `most` characters."""
    shown = [clipped(line, most=most) for line in lines]
    fence = "`" * max(3, max((_longest_run(line) for line in shown), default=0) + 1)
    return [f"{fence}{language}", *shown, fence]


def clipped(text: str, *, most: int | None) -> str:
    """`text` without control characters, and not longer than `most` characters."""
    if most is None:
        return plain(text)
    shown = plain(text[: most + 1])  # escaping only makes it longer
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def folded(summary: str, lines: Sequence[str]) -> list[str]:
    """`lines` folded under a summary, which must hold only our own words and numbers."""
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]


def quoted(lines: Sequence[str]) -> Iterator[str]:
    """`lines` within a block quote, in which some may be already."""
    for line in lines:
        yield line if line.startswith("> ") else f"> {line}"


def message_block(text: str) -> list[str]:
    """A message of one or more lines as a block of at most MAX_MESSAGE characters of text."""
    lines: list[str] = []
    room = MAX_MESSAGE
    for line in text[:MAX_MESSAGE].split("\n"):
        shown = clipped(line, most=MAX_TEXT)
        room -= len(shown) + 1
        if room < 0:
            lines.append("…")
            break
        lines.append(shown)
    return fenced(lines, language="text")


def commit_text(commit: str) -> str:
    """A commit as GitHub links it; anything else as a code span."""
    return commit if _COMMIT.fullmatch(commit) else code(commit, most=64)


def link_to(url: str | None, text: str) -> str:
    """`text`, ours or a code span, as a link; as it is if `url` is missing or unfit for one."""
    return f"[{text}]({url})" if url is not None and _is_link(url) else text


def foot(parts: Sequence[str], *, commit: str | None, link: str | None, full: str) -> str:
    """The last line: the `parts`, the commit, and a link with the text `full`."""
    found = [*parts]
    if commit is not None:
        found.append(f"commit {commit_text(commit)}")
    if link is not None and _is_link(link):
        found.append(link_to(link, full))
    return sentence(", ".join(found)) if found else ""


def sentence(text: str) -> str:
    """`text` with an initial capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def within(items: Iterable[str], *, count: int, room: int, noun: str, most: int = 50) -> list[str]:
    """The first of `count` items that fit in `room` characters, and how many more there are."""
    shown: list[str] = []
    for item in islice(items, most):
        room -= len(item) + 1
        if room < 0:
            break
        shown.append(item)
    left = count - len(shown)
    return [*shown, f"- … and {counted(left, f'more {noun}')}"] if left else shown


def without_middle(
    count: int, *, render: Callable[[int], str], room: int, left_out: Callable[[int], str]
) -> list[str]:
    """As many of `count` pieces as fit in `room` characters, from both ends inwards. The text of
    `left_out` for their number replaces the others."""
    room -= len(left_out(count)) + 2
    first: list[str] = []
    last: list[str] = []
    while len(first) + len(last) < count:
        from_start = len(first) <= len(last)
        piece = render(len(first) if from_start else count - 1 - len(last))
        room -= len(piece) + 2
        if room < 0:
            break
        (first if from_start else last).append(piece)
    left = count - len(first) - len(last)
    return [*first, *([left_out(left)] if left else []), *reversed(last)]


def _is_link(url: str) -> bool:
    return len(url) <= _MAX_LINK and _LINK.fullmatch(url) is not None


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
