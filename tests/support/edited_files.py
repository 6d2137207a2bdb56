"""Slot files of version 1 before and after an edit of their content, as people write them."""

from __future__ import annotations

from hypothesis import strategies as st

PLAIN = [r"^a\d$", "^b$", "^e|f$", "x y"]
VALUES = [*PLAIN, "c: d", "#1", "it's", "^g{2}$"]
"""Of these, only the plain ones need no quotes."""
comments = st.sampled_from(["", "  # why", ' # it\'s "so"'])


def scalar(value: str, quote: str) -> str:
    if quote == '"':
        return '"' + value.replace("\\", "\\\\") + '"'
    return quote + value.replace("'", "''") + quote


@st.composite
def edited_files(draw: st.DrawFn, slot_id: str) -> tuple[str, str]:
    """A slot file before and after an edit of its content, with the same layout and quotes."""
    quote, flow = draw(st.sampled_from(["", "'", '"'])), draw(st.booleans())
    values = VALUES if quote else PLAIN
    newline, end = draw(st.sampled_from(["\n", "\r\n"])), draw(st.booleans())
    said = [draw(comments) for _ in range(8)]
    before = draw(st.lists(st.sampled_from(values), unique=True, min_size=1, max_size=4))
    after = [*before]
    if draw(st.booleans()):
        after[-1] = "^new$"
    else:
        for value in draw(st.lists(st.sampled_from(values), unique=True)):
            if value not in after:
                after.insert(draw(st.integers(0, len(after))), value)
    marks = dict(zip(before, said[3:], strict=False)) | {"^new$": said[2 + len(before)]}

    def text(name: str, patterns: list[str], strategy: str) -> str:
        items = [scalar(each, quote) for each in patterns]
        block = [f"  - {item}{marks[each]}" for item, each in zip(items, patterns, strict=True)]
        lines = [
            f"slot_id: {slot_id}{said[0]}",
            "",
            f"name:  {scalar(name, quote)}{said[1]}",
            "type: regex",
            *(
                [f"patterns: [{', '.join(items)}]{said[2]}"]
                if flow
                else [f"patterns:{said[2]}", "  # in order", *block]
            ),
            f"fill_strategy: {strategy}",
            "# the end",
        ]
        return newline.join(lines) + newline * end

    for each in after:
        marks.setdefault(each, "")
    return (
        text("fruit", before, draw(st.sampled_from(["strict", "fuzzy"]))),
        text(draw(st.sampled_from(["fruit", "a: b" if quote else "b"])), after, "bestMatch"),
    )
