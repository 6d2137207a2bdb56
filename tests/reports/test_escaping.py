"""Foreign text made safe to show."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.reports.escaping import plain, without_commands


@given(st.text(st.characters()))
@example("\x1b]0;title\x07\r\n\t\x9b31m\u202e\u200b\ufeff\ud800\U000e0041")
def test_no_control_character_is_let_through(text: str) -> None:
    shown = plain(text)
    assert not any(unicodedata.category(each).startswith("C") for each in shown)
    shown.encode()


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"])))
def test_every_other_character_is_let_through(text: str) -> None:
    assert plain(text) == text


def test_an_escaped_character_can_be_read() -> None:
    assert plain("a\x1b[2J\n\u202e\U0001f1e9") == "a\\x1b[2J\\n\\u202e\U0001f1e9"


def test_no_command_of_the_old_style_is_left_in_a_log() -> None:
    text = "    3 | name: x ##[stop-commands]y"
    assert without_commands(text) == "    3 | name: x # #[stop-commands]y"


@given(st.text(st.sampled_from("#[ a:\n\t\xa0")))
def test_no_text_can_assemble_a_command(text: str) -> None:
    assert "##[" not in without_commands(text)
    lines = without_commands(text).split("\n")
    assert not any(line.strip().startswith("::") for line in lines)


def test_colons_within_a_line_stay() -> None:
    assert without_commands("a::b\n::c\n  ::d") == "a::b\n: :c\n  : :d"
