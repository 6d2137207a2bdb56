from __future__ import annotations

from reconciler.engine.mismatch import differing, foreign_edit
from tests.support.build import content


def test_a_foreign_edit_reports_all_three_forms_and_that_nothing_was_written() -> None:
    former, ours, live = (content("a", name=name) for name in ("old", "new", "theirs"))
    error = foreign_edit(
        "a", former=former.canonical(), ours=ours.canonical(), live=live.canonical()
    )
    message = str(error)
    assert message.startswith("Someone else changed a in the meantime, and that edit was not ")
    before, sent, found = message.split("{")[1:]
    assert '"name":"old"' in before
    assert '"name":"new"' in sent
    assert '"name":"theirs"' in found
    assert error.hint is not None


def test_an_absent_slot_is_described_in_words() -> None:
    error = foreign_edit("a", former=None, ours=content("a").canonical(), live=None)
    assert "Before: (no slot). Ours: {" in str(error)
    assert str(error).endswith("Live now: (no slot).")


def test_only_the_fields_that_differ_are_named_with_both_values() -> None:
    sent = content("a", name="size", patterns=("^a$",))
    assert differing(sent=sent, stored=sent) == ""
    stored = content("a", name="größe", patterns=("^A$", "b"))
    assert differing(sent=sent, stored=stored) == (
        'name is "größe", sent as "size", patterns is ["^A$", "b"], sent as ["^a$"]'
    )


def test_the_order_of_dependencies_makes_no_difference() -> None:
    sent = content("a", depends_on=("b", "c"))
    assert differing(sent=sent, stored=content("a", depends_on=("c", "b"))) == ""


def test_values_that_look_alike_are_shown_with_escapes() -> None:
    sent, stored = content("a", name="Caf\u00e9"), content("a", name="Cafe\u0301")
    assert differing(sent=sent, stored=stored) == (r'name is "Cafe\u0301", sent as "Caf\u00e9"')


def test_an_absent_slot_differs_in_no_field() -> None:
    assert differing(sent=content("a"), stored=None) == ""
    assert differing(sent=None, stored=content("a")) == ""
