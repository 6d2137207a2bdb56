from __future__ import annotations

import pytest

from reconciler.model.visible import escaped


def marked(text: str) -> str:
    return escaped(text, by=lambda character: f"<{ord(character):x}>")


@pytest.mark.parametrize("text", ["", "plain", "größe, 漢字, 🎉", "no\u00a0break", "a\u2003b"])
def test_visible_text_is_unchanged(text: str) -> None:
    assert marked(text) == text


@pytest.mark.parametrize(
    "character",
    ["\n", "\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\u202e", "\u2028", "\u2029", "\ue000"],
)
def test_a_character_that_could_control_the_output_or_hide_text_is_replaced(character: str) -> None:
    assert marked(f"a{character}b") == f"a<{ord(character):x}>b"


def test_surrogates_and_unassigned_characters_are_replaced() -> None:
    assert marked("\ud800\U000e0080") == "<d800><e0080>"
