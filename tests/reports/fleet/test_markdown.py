"""The plan of a fleet for a pull request: it fits into a comment whatever the size of the fleet."""

from __future__ import annotations

from hypothesis import given, settings
from markdown_it import MarkdownIt

from reconciler.model.fleet_run import FleetReport, TargetStatus
from reconciler.reports.fleet.markdown import fleet_plan_markdown
from reconciler.reports.markers import LIMIT
from tests.reports import golden
from tests.reports.examples import HOSTILE, PLAN
from tests.reports.fleet_examples import IN_SYNC, PLANNED, SMALL_PLAN, plan_of
from tests.support.build import live, plan, slot
from tests.support.fleet_chain import result
from tests.support.fleet_values import FLEET_REPORTS

LARGE = plan(
    [slot(f"slot_{n:03}", patterns=tuple(f"^{n}{m}$" for m in range(10))) for n in range(12)],
    [live(f"slot_{n:03}") for n in range(12)],
)


def test_a_plan_as_markdown() -> None:
    golden.check("fleet_plan.md", fleet_plan_markdown(PLANNED))


def test_a_plan_without_changes_is_a_line() -> None:
    assert fleet_plan_markdown(IN_SYNC) == "### ✅ No changes: 1 in sync\n\nCommit 0123abc."


def test_5000_targets_with_the_same_changes_show_them_once() -> None:
    names = [f"tenant-{number}/production" for number in range(5000)]
    text = fleet_plan_markdown(plan_of({"one": (SMALL_PLAN, names)}))
    assert "5000 targets differ, by the same plan" in text
    assert "and 4988 more" in text
    assert text.count("`name of slot_city`") == 1
    assert len(text) < 2_000


def test_5000_targets_that_all_differ_fit_into_a_comment() -> None:
    groups = {f"{n}": (LARGE, [f"tenant-{n}/production"]) for n in range(5000)}
    failed = tuple(result(f"f-{n}/live", TargetStatus.FAILED, error="x" * 900) for n in range(5000))
    text = fleet_plan_markdown(plan_of(groups, others=failed))
    assert len(text) <= LIMIT
    assert "more plans for" in text
    assert "5000 targets differ, by 5000 different plans" in text


def test_long_warnings_of_many_plans_fit_into_a_comment_too() -> None:
    warned = SMALL_PLAN.model_copy(update={"warnings": ("careful " * 90,) * 50})
    text = fleet_plan_markdown(plan_of({f"{n}": (warned, [f"t-{n}/live"]) for n in range(20)}))
    assert len(text) <= LIMIT
    assert "more plans for" in text


def test_targets_that_could_not_be_planned_alike_are_said_together() -> None:
    failed = tuple(result(f"f-{n}/live", TargetStatus.FAILED, error="no net") for n in range(7))
    text = fleet_plan_markdown(plan_of({}, others=failed))
    assert "- `f-0/live` and 6 others alike failed: `no net`" in text
    assert text.startswith("### 🛑 ")


def test_a_deletion_or_a_warning_asks_for_a_second_look() -> None:
    assert fleet_plan_markdown(plan_of({"a": (SMALL_PLAN, ["a/b"])})).startswith("### ✅")
    assert fleet_plan_markdown(plan_of({"a": (PLAN, ["a/b"])})).startswith("### 🛑")
    warned = SMALL_PLAN.model_copy(update={"warnings": ("mind",)})
    assert fleet_plan_markdown(plan_of({"a": (warned, ["a/b"])})).startswith("### ⚠️")


@given(FLEET_REPORTS)
@settings(max_examples=30)
def test_nothing_foreign_becomes_markup(report: FleetReport) -> None:
    report = report.model_copy(update={"commit": HOSTILE, "error": HOSTILE})
    tokens = MarkdownIt("commonmark").parse(fleet_plan_markdown(report))
    inline = [child for token in tokens for child in token.children or []]
    assert {token.type for token in inline} <= {
        *("text", "code_inline", "softbreak", "strong_open", "strong_close"),
    }
    html = {token.content.strip() for token in tokens if token.type == "html_block"}
    assert all(each.startswith(("<details>", "</details>")) for each in html)
