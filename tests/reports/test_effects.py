"""What a changed slot means, in words and as Markdown."""

from __future__ import annotations

import pytest

from reconciler.model.effect import Effect, Effects, Overlap, Verdict, Witness
from reconciler.reports.effects import EffectRow, effect_counts, effect_rows, visible_text
from reconciler.reports.markdown_effects import effect_block

NEW = Witness(text="AB1234", all_of=r"[A-Z]{2}\d{4,6}", after="AB1234")
GONE = Witness(text="ORD-12345", before="ORD-12345", own_example=True)
DIFFERENT = Effect(verdict=Verdict.DIFFERENT, newly_takes=(NEW,), no_longer_takes=(GONE,))
OVERLAP = Overlap(slot_id="a", other="ticket_id", text="ORD-12345", pattern=r"^[A-Z]+-\d+$")


def rows(effect: Effect) -> list[EffectRow]:
    return list(effect_rows(effect))


def gained(witness: Witness) -> str:
    (row,) = rows(Effect(verdict=Verdict.WIDER, newly_takes=(witness,)))
    return row.said


def lost(witness: Witness) -> str:
    (row,) = rows(Effect(verdict=Verdict.NARROWER, no_longer_takes=(witness,)))
    return row.said


def test_each_text_has_a_row_and_a_lost_example_of_the_author_is_a_warning() -> None:
    assert rows(DIFFERENT) == [
        EffectRow(r"new: all of [A-Z]{2}\d{4,6}", "+", "AB1234"),
        EffectRow("gone, your example", "-", "ORD-12345", warns=True),
    ]


def test_a_text_of_which_a_part_was_taken_says_so() -> None:
    assert gained(Witness(text="12345", before="1234", after="12345")) == (
        "took 1234 of it, now all"
    )
    assert lost(Witness(text="12345", before="12345", after="1234")) == ("took all of it, now 1234")


def test_a_longer_text_says_what_is_found_in_it() -> None:
    found = Witness(text="1AB-2345", after="AB-2345")
    assert gained(found) == "in a longer text, now finds AB-2345"
    missed = Witness(text="1AB-2345", before="AB-2345")
    assert lost(missed) == "in a longer text, no longer finds AB-2345"


def test_what_holds_for_one_engine_names_it() -> None:
    python = Witness(text="\u06601234", before="\u06601234", engine="python")
    assert lost(python) == "gone, beyond ASCII, for Python only"
    script = Witness(text="\u017f", after="\u017f", engine="ecmascript", by_model=True)
    assert gained(script) == "new, beyond ASCII, for JavaScript only, by our model"


@pytest.mark.parametrize(
    ("verdict", "undetermined", "said"),
    [
        (Verdict.SAME, None, ["the same strings of one line: only the spelling changed (proven)"]),
        (
            Verdict.SAME,
            "in longer texts",
            ["the same strings of one line, each given alone", "not determined: in longer texts"],
        ),
        (Verdict.UNDETERMINED, r"\1 refers back", [r"not determined: \1 refers back"]),
    ],
)
def test_there_is_always_a_row(verdict: Verdict, undetermined: str | None, said: list[str]) -> None:
    effect = Effect(verdict=verdict, undetermined=undetermined)
    assert [row.said for row in rows(effect)] == said
    assert len(effect_block(effect, ())) == len(said) + 1


def test_the_counts_name_each_verdict_that_occurs() -> None:
    verdicts = [Verdict.WIDER, Verdict.WIDER, Verdict.NARROWER, Verdict.SAME]
    slots = {str(number): Effect(verdict=each) for number, each in enumerate(verdicts)}
    assert effect_counts(Effects(slots=slots)) == "2 widen, 1 narrows, 1 is only respelled"
    assert effect_counts(Effects()) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", "a b"),
        (" a  ", "␠a␠␠"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a" * 61, "a" * 59 + "…"),
        ("", "(empty)"),
        ("  ", "␠␠"),
    ],
)
def test_every_character_of_a_text_can_be_seen(text: str, shown: str) -> None:
    assert visible_text(text) == shown


def test_markdown_is_a_quotation_with_a_line_for_each_text_and_overlap() -> None:
    assert effect_block(DIFFERENT, (OVERLAP,)) == [
        "",
        r"> **newly takes** `AB1234`, all of `[A-Z]{2}\d{4,6}`  ",
        "> **no longer takes** `ORD-12345`, ⚠️ one of your examples  ",
        r"> **overlap, new:** `ticket_id` takes `ORD-12345` too (by `^[A-Z]+-\d+$`)  ",
    ]
    assert effect_block(None, ()) == []


def test_an_empty_text_is_named() -> None:
    witness = Witness(text="a|", before="", after="a|")
    assert gained(witness) == "took (empty) of it, now all"
    block = effect_block(Effect(verdict=Verdict.WIDER, newly_takes=(witness,)), ())
    assert block[1:] == ["> **newly takes** all of `a|`, of which it took an empty text  "]


def test_markdown_holds_any_text() -> None:
    hostile = Witness(text="`|\n# x <b>", after="`|\n# x <b>")
    block = effect_block(Effect(verdict=Verdict.WIDER, newly_takes=(hostile,)), ())
    assert block[1:] == [r"> **newly takes** `` `|\n# x <b> ``  "]
