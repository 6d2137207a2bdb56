"""A plan on a terminal: golden files, caps, and what no name may do to it."""

from __future__ import annotations

import click

from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Plan
from reconciler.reports.escaping import visible
from reconciler.reports.text.plan import plan_summary_text, plan_text
from reconciler.reports.text.run import run_text
from tests.reports import golden
from tests.reports.examples import (
    ALL_WAITING,
    FAILED_ASSERTS,
    HOSTILE,
    LIVE_REJECTION,
    LONG_REASON,
    NOTHING,
    PLAN,
    REJECTED,
    REJECTION,
    WAITING,
    outcome,
)
from tests.reports.terminal import harmless
from tests.support.build import absent, live, plan, slot


def test_a_plan_as_text() -> None:
    harmless(plan_text(PLAN))
    golden.check("plan.txt", plan_text(PLAN))


def test_a_plan_without_changes_as_text() -> None:
    golden.check("plan_without_changes.txt", plan_text(NOTHING))


def test_a_plan_with_rejected_changes_as_text() -> None:
    harmless(plan_text(REJECTED))
    golden.check("plan_rejected.txt", plan_text(REJECTED))


def test_a_plan_with_changes_that_wait_as_text() -> None:
    harmless(plan_text(WAITING))
    golden.check("plan_waiting.txt", plan_text(WAITING))
    rows = click.unstyle(plan_summary_text(WAITING))
    assert "slot_new    waits: no pass: evil" in rows


def test_a_plan_in_which_everything_waits_says_so() -> None:
    shown = click.unstyle(plan_text(ALL_WAITING))
    assert "No changes now: 2 changes wait for staging." in shown


def test_a_plan_without_changes_reports_slots_that_are_live_although_rejected() -> None:
    shown = click.unstyle(plan_text(NOTHING.rejecting([LIVE_REJECTION])))
    assert "No changes, but 1 slot is live although rejected." in shown
    assert "slot_same  live although rejected\n      run evil" in shown


def test_changes_that_depend_on_a_rejected_one_are_skipped_with_it() -> None:
    made = plan([slot("a"), slot("b", "a"), slot("c", "b"), slot("d")])
    skipping = made.rejecting([REJECTION.model_copy(update={"slot_id": "a"})])
    shown = click.unstyle(plan_text(skipping))
    assert shown.endswith(
        "Plan: 1 to create, 0 to update, 0 to delete, 1 rejected earlier and skipped, "
        "2 skipped with it. 0 unchanged, 0 unmanaged.\nNext: Change the file of a, then: "
        "reconciler apply (the same content is judged again only with --retry-failed)"
    )
    assert "rejected earlier" not in plan_text(skipping.retrying(run_id="now"))


def test_each_assert_that_failed_has_a_line() -> None:
    rolled_back = outcome(Status.ROLLED_BACK, message=f"{LONG_REASON}; rolled back")
    report = click.unstyle(run_text(RunReport(run_id=None, outcomes=(rolled_back,))))
    assert report.splitlines()[1:4] == [
        *(f"      {each}" for each in FAILED_ASSERTS),
        " " * 6 + "rolled back",
    ]
    made = plan([slot("a"), slot("b")])
    rejection = REJECTION.model_copy(update={"slot_id": "a", "reason": LONG_REASON})
    skipped = click.unstyle(plan_text(made.rejecting([rejection]))).splitlines()
    assert [line for line in skipped if line.endswith(FAILED_ASSERTS)] == [
        " " * 23 + each for each in FAILED_ASSERTS
    ]
    live_one = LIVE_REJECTION.model_copy(update={"reason": LONG_REASON})
    kept = click.unstyle(plan_text(NOTHING.rejecting([live_one]))).splitlines()
    assert [line for line in kept if "assert" in line] == [f"      {e}" for e in FAILED_ASSERTS]


def test_a_name_that_is_the_same_as_the_id_appears_once() -> None:
    made = plan([slot("a", name="a"), slot("b", name="c")])
    titles = [line for line in click.unstyle(plan_text(made)).splitlines() if "    + " in line[:6]]
    assert titles == ["    + a", "    + b  c"]


def test_two_texts_that_look_alike_are_shown_with_escapes() -> None:
    names, patterns = ("Caf\u00e9", "Cafe\u0301"), (("a b", "c"), ("a\u00a0b", "c", "c "))
    made = plan(
        [slot("a", type="list", name=names[0], patterns=patterns[1])],
        [live("a", type="list", name=names[1], patterns=patterns[0])],
    )
    lines = [line.rstrip() for line in click.unstyle(plan_text(made)).split("\n")]
    assert r"        name           Cafe\u0301 → Caf\u00e9" in lines
    start = lines.index("        patterns       - a b")
    shown = [line[23:] for line in lines[start : start + 4]]
    assert shown == ["- a b", r"+ a\u00a0b", "  c", r"+ c\x20"]


def test_an_id_from_the_tenant_cannot_control_the_terminal() -> None:
    pruned = plan([slot("a")], [live(HOSTILE), live("b", HOSTILE)], prune=True, owns=("*",))
    unmanaged = plan([slot("a")], [live(HOSTILE)])
    for made in (pruned, unmanaged):
        harmless(plan_text(made))
    harmless(run_text(RunReport(run_id="r", outcomes=(outcome(Status.VERIFIED, HOSTILE),))))


def test_a_long_list_of_unmanaged_slots_is_cut_with_a_count() -> None:
    many: Plan = plan([], [live(f"slot_{number:02}") for number in range(15)])
    assert "slot_11 and 3 more" in plan_text(many)
    assert "slot_12" not in plan_text(many)


def test_a_big_plan_is_cut_with_a_count_of_each_kind_and_keeps_its_deletions() -> None:
    made = plan(
        [slot(f"slot_{number:03}") for number in range(120)],
        [live(f"slot_{number:03}", patterns=("^b$",)) for number in range(60)]
        + [live("slot_gone")],
        prune=True,
        owns=("*",),
    )
    shown = click.unstyle(plan_text(made))
    assert shown.count("\n    ~ ") + shown.count("\n    + ") == 50
    assert "… and 60 more to create, 10 more to update\n" in shown
    assert "(a line for each with --summary)" in shown
    assert "    - slot_gone" in shown
    assert len(plan_summary_text(made).splitlines()) == 2 + 121 + 2


def test_a_summary_has_a_line_for_each_change() -> None:
    harmless(plan_summary_text(REJECTED))
    golden.check("plan_summary.txt", plan_summary_text(REJECTED))


def test_a_long_field_is_cut_with_a_count() -> None:
    made = plan([slot("a", patterns=tuple(f"^{number}$" for number in range(500)))])
    lines = click.unstyle(plan_text(made)).splitlines()
    assert lines[-4].strip() == "… 480 more lines"
    assert len(lines) < 40


def test_unchanged_patterns_far_from_a_changed_one_are_only_counted() -> None:
    before = tuple(f"^{number}$" for number in range(100))
    made = plan([slot("a", patterns=(*before, "^new$"))], [live("a", patterns=before)])
    assert "… 98 as before" in plan_text(made)


def test_what_a_deletion_loses_is_shown_and_its_count_is_red() -> None:
    made = plan([absent("b"), slot("a")], [live("b", patterns=("^x$",)), live("a")])
    shown = plan_text(made)
    assert "- ^x$" in click.unstyle(shown)
    assert click.style("1 to delete", bold=True, fg="red") in shown
    assert click.style("0 to create", fg="red") not in shown


def test_what_changed_inside_a_pattern_is_inverted() -> None:
    made = plan(
        [slot("a", patterns=(r"^[A-Z]{2}-\d{4,8}$",))],
        [live("a", patterns=(r"^[A-Z]{2}-\d{4,6}$",))],
    )
    assert click.style("{4,8}", fg="green", reverse=True) in plan_text(made)
    assert visible(plan_text(made)) == plan_text(made)


def test_prose_fits_the_terminal() -> None:
    shown = click.unstyle(plan_text(REJECTED, width=60))
    prose = shown[shown.index("Unmanaged") :].splitlines()
    assert all(len(line) <= 60 for line in prose)


def test_a_summary_has_one_line_a_slot_however_narrow_the_terminal() -> None:
    shown = click.unstyle(plan_summary_text(REJECTED, width=50)).splitlines()
    rows = [line for line in shown if line.startswith(("  ~ ", "  + ", "  - "))]
    assert len(rows) == len(REJECTED.changes)
    assert max(map(len, rows)) <= 50
    assert any(row.endswith("…") for row in rows)


def test_a_plan_says_how_long_its_apply_will_take() -> None:
    def ending(seconds: float) -> str:
        made = PLAN.model_copy(update={"estimated_seconds": seconds})
        return plan_text(made).splitlines()[-1]

    assert ending(150) == "An apply takes about 3 min if all goes well."
    assert ending(9000) == "An apply takes about 2.5 h if all goes well."
