"""The comment about a plan, as a reviewer reads it."""

from __future__ import annotations

import re

import pytest

from reconciler.model.plan import Plan
from reconciler.model.review import Effect, ExampleChange, Review, SafetyChange
from reconciler.model.state import DesiredState
from reconciler.reports.comment import plan_comment, readable_graph
from reconciler.reports.comment.sections import MANY
from reconciler.reports.graph import MAX_READABLE
from reconciler.reports.markers import LIMIT, is_marked, marker, read_hidden
from tests.reports import golden
from tests.reports.comment.examples import (
    COMMIT,
    COMPARED,
    DESIRED,
    LINK,
    REAL_GRAPH,
    REAL_PLAN,
    REAL_REVIEW,
    many,
)
from tests.reports.comment.parsing import headings, require_harmless
from tests.reports.examples import LIVE_REJECTION, NOTHING, REJECTED
from tests.support.build import ENDPOINT, live, plan, slot

WEAKENING = SafetyChange(
    slot_id=None, field="gate.max_drop", before=0.05, after=1.0, effect=Effect.WEAKENS
)


def comment(
    made: Plan = REAL_PLAN,
    review: Review = COMPARED,
    *,
    link: str | None = LINK,
    graph: str | None = None,
) -> str:
    return plan_comment(made, review, commit=COMMIT, link=link, graph=graph)


def test_a_plan_with_everything() -> None:
    body = comment(review=REAL_REVIEW, graph=REAL_GRAPH)
    require_harmless(body)
    golden.check("comment_plan.md", body)


def test_a_plan_with_rejected_changes() -> None:
    body = comment(REJECTED)
    require_harmless(body)
    golden.check("comment_rejected.md", body)


def test_a_plan_without_changes_reports_slots_that_are_live_although_rejected() -> None:
    body = comment(NOTHING.rejecting([LIVE_REJECTION]))
    assert headings(body)[0] == "⚠️ Plan: no slot changes, 1 live although rejected"
    assert "`slot_same` is live although rejected" in body


def test_many_changes_are_folded() -> None:
    body = comment(many(MANY + 1))
    require_harmless(body)
    golden.check("comment_folded.md", body)
    assert "<details>" not in comment(many(MANY))


def test_the_most_serious_comes_first() -> None:
    body = comment(review=REAL_REVIEW, graph=REAL_GRAPH)
    order = ["### 🛑 Plan", "Look twice", "Safety itself", "DELETED", "1\\.", "2\\.", "3\\."]
    order += ["```mermaid", "#### Warnings", "Digest"]
    places = [body.index(each) for each in order]
    assert places == sorted(places)


def test_a_body_begins_with_the_marker_of_its_endpoint_and_keeps_its_plan() -> None:
    for body in (comment(), comment(plan([slot("a")], [live("a")]))):
        assert is_marked(body, marker("plan", ENDPOINT))
    kept = read_hidden(comment(), "changes")
    assert kept["digest"] == REAL_PLAN.digest
    assert kept.keys() - {"digest", "count", "commit"} == {
        "slot:slot_order",
        "slot:slot_refund",
        "slot:slot_fax",
    }


def said(body: str) -> str:
    """The body without its hidden data."""
    return "\n".join(line for line in body.split("\n") if not line.startswith("<!--")).strip()


def test_an_empty_plan_is_one_line() -> None:
    empty = plan([slot("a")], [live("a"), live("b")])
    assert said(comment(empty)) == f"**No changes.** 1 slot as desired, 1 unmanaged, at {COMMIT}."
    assert said(plan_comment(empty, COMPARED, commit=None, link=None)).endswith("1 unmanaged.")


def test_an_empty_plan_that_was_not_compared_says_so_in_the_same_line() -> None:
    (line,) = said(comment(plan(), Review(compared=False))).split("\n")
    assert line.startswith("**No changes.**")
    assert "not compared with the base branch" in line


def test_an_empty_plan_that_weakens_safety_says_so_first() -> None:
    body = comment(plan(), Review(compared=True, safety=(WEAKENING,)))
    assert headings(body) == ["🛑 Plan: no slot changes"]
    assert "Look twice: it weakens safety settings." in body
    assert "> - **weakens** `reconciler.yaml` `gate.max_drop`: `0.05` → `1.0`" in body


def test_a_plan_with_only_a_warning_is_not_empty() -> None:
    body = comment(plan().model_copy(update={"warnings": ("mind this",)}))
    assert headings(body)[0] == "⚠️ Plan: no slot changes"
    assert "- ⚠️ `mind this`" in body


@pytest.mark.parametrize(
    ("made", "review", "sign"),
    [
        (many(1), COMPARED, "✅"),
        (many(1), Review(compared=False), "⚠️"),
        (many(1), Review(compared=True, safety=(WEAKENING,)), "🛑"),
        (REAL_PLAN, COMPARED, "🛑"),
        (plan([slot("a", trigger_retrain=False)]), COMPARED, "⚠️"),
        (many(1), Review(compared=True, dependents={"slot_00000": ("b",)}), "⚠️"),
        (many(2), Review(compared=True, dependents={"slot_00000": ("slot_00001",)}), "✅"),
        (
            many(1),
            Review(
                compared=True,
                examples={
                    "slot_00000": (
                        ExampleChange(text="a", expected="match", before=None, after="a"),
                    )
                },
            ),
            "⚠️",
        ),
        (
            many(1),
            Review(
                compared=True,
                safety=(WEAKENING.model_copy(update={"effect": Effect.STRENGTHENS}),),
            ),
            "⚠️",
        ),
    ],
)
def test_the_verdict_is_one_sign(made: Plan, review: Review, sign: str) -> None:
    assert headings(comment(made, review))[0].startswith(f"{sign} Plan: ")


def test_a_plan_that_was_not_compared_is_not_called_safe() -> None:
    body = comment(many(1), Review(compared=False))
    assert "safety settings stay as they are" not in body
    assert "not compared with the base branch" in body


def test_counts_and_deletions_come_from_the_changes_and_not_from_the_summary() -> None:
    lying = REAL_PLAN.model_copy(
        update={"summary": REAL_PLAN.summary.model_copy(update={"delete": 0, "update": 9})}
    )
    assert comment(lying) == comment(REAL_PLAN)


def test_settings_that_weaken_safety_come_first() -> None:
    strengthening, neither = (
        WEAKENING.model_copy(update={"effect": effect, "field": effect.value})
        for effect in (Effect.STRENGTHENS, Effect.NEITHER)
    )
    body = comment(plan(), Review(compared=True, safety=(strengthening, neither, WEAKENING)))
    rows = [line for line in body.split("\n") if line.startswith("> - ")]
    assert [row.split("`")[0] for row in rows] == ["> - **weakens** ", "> - ", "> - strengthens "]
    assert "> [!WARNING]" in body
    mild = comment(plan(), Review(compared=True, safety=(strengthening,)))
    assert "> [!WARNING]" not in mild


def test_slots_whose_examples_could_not_be_tried_are_reported() -> None:
    body = comment(many(2), Review(compared=True, untried=("slot_00001",)))
    assert body.count("were not tried") == 1
    assert body.index("2\\. ") < body.index("were not tried")


def test_values_that_look_alike_in_a_comment_are_shown_with_escapes() -> None:
    taken = ExampleChange(text="a", expected="match", before="a b", after="a\u00a0b")
    globs = SafetyChange(
        slot_id=None, field="owns", before=["Cafe\u0301*"], after=["Caf\u00e9*"],
        effect=Effect.NEITHER,
    )  # fmt: skip
    review = Review(compared=True, safety=(globs,), examples={"slot_00001": (taken,)})
    body = comment(many(2), review)
    assert r"match `a`: `a b` → `a\u00a0b`" in body
    assert r"adds `Caf\u00e9*`; removes `Cafe\u0301*`" in body


def test_a_comment_without_commit_and_link_has_none() -> None:
    body = plan_comment(REAL_PLAN, COMPARED, commit=None, link=None)
    assert body.endswith(f"Digest `{REAL_PLAN.digest}`, reconciler `1.2.3`.")


NUMBER = re.compile(r"^(\d+)\\\. ", re.MULTILINE)


@pytest.mark.parametrize("count", [200, 1_500])
def test_changes_that_do_not_fit_are_left_out_of_the_middle_and_counted(count: int) -> None:
    body = comment(many(count, patterns=20))
    require_harmless(body)
    assert LIMIT - 2_000 < len(body) <= LIMIT
    shown = [int(each) for each in NUMBER.findall(body)]
    left = count - len(shown)
    assert f"**… {left} changes are left out here**" in body
    assert f"see [the full plan]({LINK})" in body
    half = (len(shown) + 1) // 2
    assert shown == [*range(1, half + 1), *range(count - len(shown) + half + 1, count + 1)]
    assert headings(body)[0] == f"✅ Plan: 0 to create, {count} to update, 0 to delete"


def test_changes_that_fit_are_shown_whole() -> None:
    body = comment(many(100, patterns=10))
    assert len(NUMBER.findall(body)) == 100
    assert "left out" not in body


def test_one_huge_change_is_cut_and_shown() -> None:
    body = comment(many(1, patterns=500, text="pattern {} " + "x" * 300))
    assert NUMBER.findall(body) == ["1"]
    assert re.search(r"… \d+ more lines, \+\d+ -0", body)
    assert len(body) < 5_000


def worst(text: str) -> tuple[Plan, Review]:
    """The most of everything, each as long as possible."""
    ids = [f"{number}{text}" for number in range(150)]
    made = plan(
        [slot(each, patterns=(text,) * 50, type="list", name=f"{text}{each}") for each in ids],
        [
            *(live(each, patterns=("x",) * 50, name=text) for each in ids),
            *(live(f"gone {each}", name=text) for each in ids),
        ],
        prune=True,
        owns=("*",),
    ).model_copy(update={"warnings": (text,) * 200})
    example_change = ExampleChange(text=text, expected="match", before=text, after=f"{text}x")
    review = Review(
        compared=True,
        safety=(
            WEAKENING.model_copy(
                update={"slot_id": text, "before": [text] * 99, "after": [f"{text}y"] * 99}
            ),
        )
        * 200,
        examples=dict.fromkeys(ids, (example_change,) * 50),
        dependents={each: tuple(ids[:200]) for each in ids[:50]},
        untried=tuple(ids[:50]),
    )
    return made, review


@pytest.mark.parametrize("text", ["x" * 900, "`" * 900, "\U000e0001" * 900, "a`b" * 300])
def test_the_worst_of_everything_keeps_the_limit_and_shows_a_change_and_the_foot(text: str) -> None:
    made, review = worst(text)
    graph = "flowchart LR\n" + text
    body = plan_comment(made, review, commit=text, link=LINK, graph=graph)
    require_harmless(body)
    assert len(body) <= LIMIT
    assert NUMBER.findall(body)
    for shown in ("more settings", "more slots", "more warnings", "left out here", made.digest):
        assert shown in body
    kept = read_hidden(body, "changes")
    assert kept.keys() == {"digest", "count", "commit"}


def test_a_graph_that_a_person_can_read_is_drawn() -> None:
    assert readable_graph(DESIRED, REAL_PLAN) == REAL_GRAPH
    assert REAL_GRAPH is not None
    assert f"```mermaid\n{REAL_GRAPH}\n```" in comment(graph=REAL_GRAPH)
    assert "mermaid" not in comment(graph=None)
    assert "mermaid" not in comment(graph="x" * 20_000)


@pytest.mark.parametrize(("extra", "readable"), [(0, True), (1, False)])
def test_a_graph_of_too_many_slots_is_not_drawn(extra: int, readable: bool) -> None:
    ids = [f"slot_{number}" for number in range(MAX_READABLE + extra)]
    made = plan([slot(each) for each in ids], [live(each) for each in ids[1:]])
    state = DesiredState([slot(each) for each in ids])
    assert (readable_graph(state, made) is not None) is readable
    unchanged = plan(state, [live(each) for each in ids])
    assert readable_graph(state, unchanged) is None
