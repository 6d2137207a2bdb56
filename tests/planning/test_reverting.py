"""What stands in the way of undoing a change."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.adapters.cognigy.v1.shapes import parse_slot
from reconciler.model.chronicle import Chronicle
from reconciler.model.ledger import Entry
from reconciler.model.problem import Problem, Severity, Source
from reconciler.model.reversal import Obstacle, Reversal
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.planning.chronicle import chronicles
from reconciler.planning.reverting import broken_rule, new_errors, obstacle, other_edits
from tests.support.build import ENDPOINT, absent, content, live, slot

RAW = {"slotId": "a", "name": "name of a", "type": "regex", "fillStrategy": "bestMatch"}


def entry(run: str, event: str, **data: Any) -> Entry:
    given = {"slot_id": "a", **data}
    return Entry(
        timestamp="2026-01-05T09:00:00Z",
        run_id=run,
        seq=1,
        event=event,
        prev_hash="",
        hash="",
        data=given,
    )


def run(name: str, action: str, *, after: str | None, ends: bool = True) -> list[Entry]:
    """A run that changes the slot, or sets its pattern `after`."""
    applied = content("a", patterns=(after,)).as_json() if after else None
    before = None if action == "create" else {**RAW, "patterns": ["^old$"]}
    started = entry(name, "change_started", action=action, before=before, after=applied)
    return [
        entry(name, "run_started", target=ENDPOINT.model_dump()),
        started,
        *([entry(name, "change_applied"), entry(name, "gate_passed")] if ends else []),
    ]


def found(*entries: Entry) -> Obstacle | None:
    """What stands in the way of undoing run_1, whose file is as it applied it."""
    chronicle = told(*entries)
    desired = DesiredState([slot("a", patterns=("^new$",))])
    return obstacle(reversal(chronicle, desired), chronicle=chronicle, desired=desired)


def told(*entries: Entry) -> Chronicle:
    return chronicles(entries, revive=lambda raw: parse_slot(raw, about="").content)[ENDPOINT]


def reversal(chronicle: Chronicle, desired: DesiredState) -> Reversal:
    (past,) = chronicle.by("run_1")
    former = live("a", patterns=("^old$",)) if past.former else None
    return Reversal(past=past, former=former, desired=desired.get("a"))


FIRST = run("run_1", "update", after="^new$")


def test_nothing_stands_in_the_way_of_what_is_as_the_run_left_it() -> None:
    assert found(*FIRST) is None


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (run("run_2", "update", after="^x$"), "run run_2 has changed it since (patterns)"),
        (run("run_2", "delete", after=None), "run run_2 has deleted it since"),
        (run("run_2", "create", after="^new$"), "run run_2 has created it again since"),
        (run("run_2", "update", after="^x$", ends=False), "run run_2 has begun to change it since"),
    ],
)
def test_a_later_change_stands_in_the_way(later: list[Entry], reason: str) -> None:
    obstacle = found(*FIRST, *later)
    assert obstacle is not None
    assert reason in str(obstacle)


def test_the_last_of_several_later_changes_is_named() -> None:
    third = run("run_3", "update", after="^y$")
    obstacle = found(*FIRST, *run("run_2", "update", after="^x$"), *third)
    assert obstacle is not None
    assert "run_3" in obstacle.reason


def test_a_change_of_which_the_ledger_does_not_say_what_it_applied_is_kept() -> None:
    obstacle = found(*run("run_1", "update", after=None))
    assert obstacle is not None
    assert "does not say what the run applied" in obstacle.reason


@pytest.mark.parametrize(
    ("action", "desired", "reason"),
    [
        ("delete", [], None),
        ("delete", [absent("a")], None),
        ("delete", [slot("a")], "the file describes it again, which is not applied yet"),
        ("update", [], "no slot file describes it any more"),
        ("update", [absent("a")], "`state: absent` is not applied yet"),
        ("update", [slot("a", patterns=("^x$",))], "which are not applied yet: patterns"),
        ("update", [slot("a", patterns=("^new$",))], None),
    ],
)
def test_a_file_that_was_edited_since_stands_in_the_way(
    action: str, desired: list[DesiredSlot], reason: str | None
) -> None:
    chronicle = told(*run("run_1", action, after=None if action == "delete" else "^new$"))
    state = DesiredState(desired)
    found = obstacle(reversal(chronicle, state), chronicle=chronicle, desired=state)
    assert (found is None) == (reason is None)
    assert found is None or reason is None or reason in found.reason


def test_what_the_files_say_already_is_done() -> None:
    chronicle = told(*FIRST)
    said = DesiredState([slot("a", patterns=("^old$",))])
    assert reversal(chronicle, said).is_done
    assert not reversal(chronicle, DesiredState([slot("a", patterns=("^new$",))])).is_done
    created = told(*run("run_1", "create", after="^new$"))
    assert reversal(created, DesiredState([absent("a")])).is_done
    assert not reversal(created, DesiredState()).is_done


def test_an_edit_that_reaches_another_slot_or_more_than_the_content_is_found() -> None:
    undone = [reversal(told(*FIRST), DesiredState([slot("a", patterns=("^new$",))]))]
    before = DesiredState([slot("a", patterns=("^new$",)), slot("b")])
    good = DesiredState([slot("a", patterns=("^old$",)), slot("b")])
    assert list(other_edits(undone, before=[before], after=[good])) == []
    for bad in (
        DesiredState([slot("a", patterns=("^old$",)), slot("b", name="c")]),
        DesiredState([slot("a", patterns=("^old$",), protect=True), slot("b")]),
        DesiredState([slot("a", patterns=("^old$",))]),
        DesiredState([slot("b")]),
    ):
        assert list(other_edits(undone, before=[before], after=[bad]))


def test_only_errors_that_are_new_stand_in_the_way() -> None:
    def problem(message: str, *, line: int, severity: Severity = Severity.ERROR) -> Problem:
        source = Source(file="a.yaml", line=line)
        return Problem(source=source, rule="r", severity=severity, message=message, slot_id="a")

    known, moved = problem("old", line=1), problem("old", line=2)
    warning = problem("mild", line=1, severity=Severity.WARNING)
    (error,) = new_errors([known], [moved, warning, problem("new", line=3)])
    assert str(broken_rule(error)) == "a: the files would break a rule: new [r] (a.yaml:3:1)"
