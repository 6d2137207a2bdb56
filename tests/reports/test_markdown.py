"""Plans and drift as Markdown, in which a name is never more than text."""

from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.model.drift import DriftReport, LastChange
from reconciler.reports.escaping import plain
from reconciler.reports.markdown import drift_markdown, plan_markdown
from reconciler.reports.markdown_text import code, fenced
from reconciler.reports.words import nothing_measured
from tests.reports import golden
from tests.reports.examples import (
    ALL_WAITING,
    DRIFT,
    HOSTILE,
    LIVE_REJECTION,
    METRICS,
    NOTHING,
    PLAN,
    REJECTED,
    WAITING,
    unmeasured,
)
from tests.support.build import live, plan, slot

MARKUP = st.text(st.sampled_from("`<>[]()!*_#&;@:\\\n\r\t ~-+|ab\x1b\u2028/\"'=")) | st.text()


def parse(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark").parse(markdown)


def inline(markdown: str) -> list[Token]:
    return [child for token in parse(markdown) for child in token.children or []]


@given(MARKUP)
@example("`")
@example("``a` ```")
@example(" `a` ")
@example("a\n\n# b")
@example("")
def test_a_code_span_holds_any_text_as_one_token(text: str) -> None:
    before, span, after = inline(f"x {code(text)} y")
    assert (before.content, after.content) == ("x ", " y")
    assert span.type == "code_inline"
    if text.strip(" "):
        assert span.content == plain(text)
    else:
        assert not span.content.strip(" ")


@given(st.lists(MARKUP, max_size=4))
@example(["```", "~~~", "````"])
@example(["    ```", "</code></pre>", "> ```"])
def test_a_fence_holds_any_lines_as_one_token(lines: list[str]) -> None:
    block, after = parse("\n".join([*fenced(lines, language="diff"), "", "- after"]))[:2]
    assert (block.type, block.info) == ("fence", "diff")
    assert block.content == "".join(f"{plain(line)}\n" for line in lines)
    assert after.type == "bullet_list_open"


FORBIDDEN = {"html_inline", "html_block", "link_open", "image", "softbreak", "hardbreak"}


@given(MARKUP)
@example(HOSTILE)
def test_a_report_about_hostile_names_has_neither_html_nor_links(name: str) -> None:
    made = plan(
        [slot("slot_a", patterns=(name, "always this"), type="list", name=name)],
        [live("slot_a"), live(f"x{name}", name=name)],
        prune=True,
        owns=("*",),
    ).model_copy(update={"warnings": (name,)})  # however many the name itself deserves
    plain_one = plan(
        [slot("slot_a", patterns=("c", "always this"), type="list", name="n")],
        [live("slot_a"), live("x", name="n")],
        prune=True,
        owns=("*",),
    ).model_copy(update={"warnings": ("m",)})
    shape = [token.type for token in parse(plan_markdown(made))]
    assert shape == [token.type for token in parse(plan_markdown(plain_one))]
    assert not FORBIDDEN & {token.type for token in inline(plan_markdown(made))}


def test_a_plan_as_markdown() -> None:
    golden.check("plan.md", plan_markdown(PLAN))


def test_a_plan_with_rejected_changes_as_markdown() -> None:
    golden.check("plan_rejected.md", plan_markdown(REJECTED))


def test_a_plan_with_changes_that_wait_as_markdown() -> None:
    golden.check("plan_waiting.md", plan_markdown(WAITING))
    assert "0 to delete, 2 waiting for staging" in plan_markdown(WAITING)
    assert "no slot changes, 2 waiting for staging" in plan_markdown(ALL_WAITING)
    assert "- `slot_quiet` waits `until 2026" in drift_markdown(DriftReport.of(ALL_WAITING))


def test_the_id_that_the_tenant_has_for_a_slot_is_shown_beside_its_own() -> None:
    changes = [each.model_copy(update={"tenant_id": "slot_77"}) for each in PLAN.changes]
    made = PLAN.model_copy(update={"changes": tuple(changes)})
    assert "**update** `slot_city` (`name of slot_city`), id `slot_77`" in plan_markdown(made)


def test_a_plan_without_changes_reports_in_markdown_slots_that_are_live_although_rejected() -> None:
    shown = plan_markdown(NOTHING.rejecting([LIVE_REJECTION]))
    assert "`slot_same` is live although rejected: run ``evil" in shown


def test_a_drift_without_any_measurement_says_so() -> None:
    blind = {"slot_quiet": unmeasured(METRICS["slot_quiet"])}
    shown = drift_markdown(DriftReport.of(NOTHING, metrics=blind))
    assert f"**{nothing_measured('bot')}**" in shown


def test_a_plan_without_changes_as_markdown() -> None:
    assert plan_markdown(NOTHING) == "**No changes.** 1 slot as desired, 1 unmanaged."


def test_drift_as_markdown() -> None:
    report = drift_markdown(DRIFT)
    golden.check("drift.md", report)


def test_drift_as_markdown_names_who_changed_a_slot_last() -> None:
    made = plan([slot("a")], [live("a", name="x")])
    at = datetime(2026, 3, 1, tzinfo=timezone.utc)
    for name, shown in (("Casey `*", "``Casey `*``"), (None, "`user_1`")):
        last = LastChange(user_id="user_1", name=name, at=at)
        report = drift_markdown(DriftReport.of(made, last_changes={"a": last}))
        assert f"\nLast changed by {shown} at 2026-03-01 00:00 UTC.\n" in report


def test_no_drift_as_markdown() -> None:
    report = drift_markdown(DriftReport.of(NOTHING))
    golden.check("drift_in_sync.md", report)
