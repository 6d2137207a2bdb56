"""Text as a sequence of 16-bit units."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.patterns.ecmascript.units import characters, is_plain, units


def test_a_character_beyond_the_first_plane_is_two_units() -> None:
    assert units("a😀ä") == "a\ud83d\ude00ä"
    assert characters("a\ud83d\ude00ä") == "a😀ä"


def test_half_of_a_character_stays_as_it_is() -> None:
    assert units("\ud83d") == characters("\ud83d") == "\ud83d"


@given(st.text())
def test_characters_is_the_inverse_of_units(text: str) -> None:
    assert characters(units(text)) == text
    assert is_plain(text) == (units(text) == text and not any(map(_is_half, text)))


def _is_half(character: str) -> bool:
    return 0xD800 <= ord(character) <= 0xDFFF
