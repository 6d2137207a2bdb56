"""What is shown of a change."""

from __future__ import annotations

from reconciler.model.change import Action, Change, FieldChange
from reconciler.reports.diff import AsBefore, DiffLine
from reconciler.reports.html.changes import shown_changes


def lines(*, before: list[str], after: list[str]) -> list[str]:
    change = Change(
        slot_id="a",
        name="a",
        action=Action.UPDATE,
        wave=0,
        fields=(FieldChange(field="patterns", before=list(before), after=list(after)),),
    )
    (field,) = shown_changes([change])["a"].fields
    return [
        f"… {line.count}" if isinstance(line, AsBefore) else f"{line.sign} {line.text}"
        for line in field.lines
    ]


def test_a_difference_has_a_line_for_each_item() -> None:
    assert lines(before=["a", "b"], after=["a", "c"]) == ["  a", "- b", "+ c"]


def test_what_is_unchanged_and_far_from_a_change_is_left_out() -> None:
    many = [str(number) for number in range(20)]
    assert lines(before=many, after=[*many, "new"]) == [
        *("… 18", "  18", "  19", "+ new"),
    ]


def test_values_that_look_alike_are_distinguished() -> None:
    change = Change(
        slot_id="a",
        name="a",
        action=Action.UPDATE,
        wave=0,
        fields=(FieldChange(field="name", before="а", after="a"),),  # noqa: RUF001 - Cyrillic
    )
    (field,) = shown_changes([change])["a"].fields
    assert [getattr(line, "text", "") for line in field.lines] == ["\\u0430", "a"]


def test_a_title_is_not_repeated_and_a_deletion_shows_what_is_lost() -> None:
    gone = Change(
        slot_id="a",
        name="name",
        action=Action.DELETE,
        wave=0,
        fields=(FieldChange(field="patterns", before=["^a$"], after=None),),
    )
    made = gone.model_copy(
        update={
            "action": Action.CREATE,
            "fields": (FieldChange(field="name", before=None, after="name"),),
        }
    )
    assert shown_changes([made])["a"].fields == ()
    (lost,) = shown_changes([gone])["a"].fields
    (line,) = lost.lines
    assert isinstance(line, DiffLine)
    assert (line.sign, line.text) == ("-", "^a$")
