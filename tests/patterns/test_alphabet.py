"""Classes of characters that none of some sets tells apart."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.characters import LAST, CharacterSet, Dialect, complement, merged
from reconciler.patterns.membership import members

RANGE = st.tuples(st.integers(0, 0x300), st.integers(0, 0x40)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
SET = st.builds(
    CharacterSet,
    st.lists(RANGE, max_size=3).map(tuple),
    st.lists(st.sampled_from("dwsDWS"), max_size=1).map(tuple),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SET, max_size=4), st.booleans())
def test_the_classes_partition_all_characters_and_no_set_divides_one(
    sets: list[CharacterSet], ignore_case: bool
) -> None:
    alphabet = Alphabet(sets, ignore_case=ignore_case)
    pieces = [piece for each in alphabet.members for piece in each]
    assert merged(pieces) == ((0, LAST),)
    assert sum(most - least + 1 for least, most in pieces) == LAST + 1
    for each in sets:
        inside = [
            piece
            for number, intervals in enumerate(alphabet.members)
            if alphabet.mask(each) >> number & 1
            for piece in intervals
        ]
        expected = members(each, dialect=Dialect.PYTHON, ignore_case=ignore_case)
        assert merged(inside) == expected


@settings(deadline=None)
@given(st.lists(SET, max_size=4), st.characters())
def test_a_character_is_found_in_its_class(sets: list[CharacterSet], character: str) -> None:
    alphabet = Alphabet(sets)
    number = alphabet.class_of(character)
    assert number is not None
    assert any(least <= ord(character) <= most for least, most in alphabet.members[number])


def test_no_more_classes_are_made_than_are_distinguished() -> None:
    digits, upper = CharacterSet(((48, 57),)), CharacterSet(((65, 90),))
    alphabet = Alphabet([digits, upper])
    assert alphabet.samples == ("a", "0", "A")
    assert alphabet.sample(alphabet.mask(upper)) == "A"
    assert alphabet.classes_of("A1!") == (2, 1, 0)


def test_a_line_has_no_control_characters_but_the_tab() -> None:
    alphabet = Alphabet.of_lines([], dialect=Dialect.PYTHON)
    for outside in "\n\r\x00\x7f\x85\u2028\u2029\ud800":
        assert alphabet.class_of(outside) is None
        assert alphabet.classes_of(f"a{outside}") is None
    assert alphabet.class_of("\t") == alphabet.class_of("\U0001f600") == 0
    assert Alphabet.of_lines([], dialect=Dialect.ECMASCRIPT).class_of("\U0001f600") is None


def test_classes_beyond_ascii_come_last() -> None:
    alphabet = Alphabet.of_lines([CharacterSet(((0xE4, 0xE4),))], dialect=Dialect.PYTHON)
    assert alphabet.samples == ("a", "\u00e4")
    assert alphabet.ascii_classes == 1


def test_halves_of_characters_count_only_if_a_set_tells_them_from_all_others() -> None:
    def stands(*sets: CharacterSet) -> bool:
        return Alphabet.of_lines(sets, dialect=Dialect.ECMASCRIPT).stands_for_halves

    assert stands()
    assert stands(CharacterSet(((97, 97),)))
    assert not stands(CharacterSet(((0xD83D, 0xD83D),)))


def test_the_complement_of_intervals_is_all_the_rest() -> None:
    assert complement(()) == ((0, LAST),)
    assert complement(((0, LAST),)) == ()
    assert complement(((3, 5), (8, LAST))) == ((0, 2), (6, 7))
