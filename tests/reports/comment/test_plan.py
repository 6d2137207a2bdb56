"""The comment about a plan, as a reviewer reads it."""

from __future__ import annotations

import re

import pytest

from reconciler.model.plan import Plan
from reconciler.model.review import ExampleChange, Review, SafetyChange, SafetyEffect
from reconciler.model.state import DesiredState
from reconciler.reports.comment import plan_comment, readable_graph
from reconciler.reports.comment.changes import OPEN_LINES, OPEN_TOTAL
from reconciler.reports.comment.table import MAX_ROWS, Places, nowhere
from reconciler.reports.graph import MAX_READABLE
from reconciler.reports.markers import LIMIT, is_marked, marker, read_hidden
from tests.reports import golden
from tests.reports.comment.examples import (
    COMMIT,
    COMPARED,
    DESIRED,
    LINK,
    PLACE,
    REAL_GRAPH,
    REAL_PLAN,
    REAL_REVIEW,
    at,
    many,
)
from tests.reports.comment.parsing import headings, require_harmless
from tests.reports.examples import LIVE_REJECTION, NOTHING, REJECTED, waiting_plan
from tests.support.build import ENDPOINT, absent, live, plan, slot

WEAKENING = SafetyChange(
    slot_id=None, field="gate.max_drop", before=0.05, after=1.0, effect=SafetyEffect.WEAKENS
)


def comment(
    made: Plan = REAL_PLAN,
    review: Review = COMPARED,
    *,
    link: str | None = LINK,
    places: Places = nowhere,
    graph: str | None = None,
) -> str:
    return plan_comment(made, review, commit=COMMIT, link=link, places=places, graph=graph)


def rows(body: str) -> list[str]:
    """The rows of the tables."""
    return [line for line in body.split("\n") if re.match(r"\| \d", line)]


def test_a_plan_with_everything() -> None:
    body = comment(review=REAL_REVIEW, places=at({"slot_order": PLACE}), graph=REAL_GRAPH)
    require_harmless(body)
    golden.check("comment_plan.md", body)


def test_each_row_says_what_changes_in_a_few_words() -> None:
    assert rows(comment(review=REAL_REVIEW, places=at({"slot_order": PLACE}))) == [
        f"| 1 | update | [`order`]({PLACE}) `slot_order` | 1 example matches now; "
        "1 example no longer matches; widens and narrows; `patterns` +2 -2 |",
        "| 2 | update | `refund` `slot_refund` | `name` `Refund` → `refund`; "
        "neither retrained nor gated |",
        "| 3 | **delete** | `fax` `slot_fax` | `regex`; 1 pattern |",
    ]


def test_merging_names_the_environment_if_there_is_one() -> None:
    made = many(1).model_copy(update={"environment": "staging"})
    assert "makes this change live in `staging`, on `https://acme" in comment(made)


def test_merging_says_how_long_the_apply_takes_if_that_is_known() -> None:
    made = many(1).model_copy(update={"estimated_seconds": 300.0})
    assert "bot `bot_1`, in about 5 min if all goes well." in comment(made)
    assert "all goes well" not in comment(many(1))


def test_a_bar_does_not_end_the_cell_of_a_table() -> None:
    body = comment(plan([slot("a", name="b|c")], [live("a", name="x")]))
    assert rows(body) == [r"| 1 | update | `b\|c` `a` | `name` `x` → `b\|c` |"]


def test_of_a_long_table_the_rest_is_folded_but_rows_with_changed_examples_are_open() -> None:
    taken = ExampleChange(text="a", expected="match", before=None, after="a")
    last = f"slot_{MAX_ROWS + 4:05}"
    body = comment(many(MAX_ROWS + 5), Review(compared=True, examples={last: (taken,)}))
    first, _, rest = body.partition("<summary>5 more slots</summary>")
    assert len(rows(first)) == MAX_ROWS
    assert f"`{last}` | 1 example matches now" in rows(first)[-1]
    assert len(rows(rest.partition("</details>")[0])) == 5


def test_a_plan_with_rejected_changes() -> None:
    body = comment(REJECTED)
    require_harmless(body)
    golden.check("comment_rejected.md", body)


def test_a_plan_without_changes_reports_slots_that_are_live_although_rejected() -> None:
    body = comment(NOTHING.rejecting([LIVE_REJECTION]))
    assert headings(body)[0] == "⚠️ Plan: no slot changes, 1 live although rejected"
    assert "`slot_same` is live although rejected" in body


def test_what_waits_is_listed_and_its_diffs_are_folded() -> None:
    body = comment(waiting_plan(REAL_PLAN, "slot_order", "slot_refund"))
    require_harmless(body)
    golden.check("comment_waiting.md", body)


def test_a_plan_in_which_everything_waits_shows_what_waits_and_what_for() -> None:
    body = comment(waiting_plan(many(2)))
    assert headings(body)[0] == "✅ Plan: no slot changes, 2 waiting for staging"
    assert "Merging changes no slot yet in `production`" in body
    assert "2 changes wait for staging." in body
    assert "- `slot_00000` waits `it has not passed`" in body
    assert "+   ^x0$" in body.partition("<summary>2 changes</summary>")[2]


def test_a_deletion_that_waits_needs_a_second_look_too() -> None:
    made = waiting_plan(plan([absent("a")], [live("a")]))
    assert headings(comment(made))[0].startswith("🛑")


def test_a_plan_with_everything_and_too_much_of_it_fits() -> None:
    text = "Ж" * 800
    patterns = tuple(f"{text}{n}" for n in range(3))
    made = plan(
        [slot(f"slot_{n}", patterns=patterns, type="list") for n in range(60)]
        + [absent(f"gone_{n}") for n in range(60)],
        [live(f"slot_{n}", type="list") for n in range(60)]
        + [live(f"gone_{n}", patterns=patterns, type="list") for n in range(60)],
    )
    waits = [each.slot_id for each in made.changes if each.slot_id.endswith(("1", "2"))]
    made = waiting_plan(made, *waits, reason=text)
    made = made.rejecting(
        REJECTED.rejected[0].model_copy(update={"slot_id": f"slot_{n}", "reason": text})
        for n in range(20, 40)
    ).model_copy(update={"warnings": (text,) * 60})
    safety = tuple(WEAKENING.model_copy(update={"slot_id": text, "field": text}) for _ in range(60))
    body = comment(made, Review(compared=True, safety=safety), graph=text * 6)
    assert len(body) <= LIMIT
    for part in ("DELETED", "Safety itself", "Rejected", "Waiting for", "#### Warnings"):
        assert part in body


def test_beyond_the_first_lines_diffs_are_in_one_fold() -> None:
    three_lines = OPEN_TOTAL // 3
    body = comment(many(three_lines + 2))
    require_harmless(body)
    golden.check("comment_folded.md", body)
    assert "<summary>2 more changes</summary>" in body
    assert "more change" not in comment(many(three_lines))


def test_a_long_diff_is_folded_where_it_is() -> None:
    small = comment(many(1, patterns=OPEN_LINES - 2))
    assert "<details>" not in small
    assert f"<summary>1 field, +{OPEN_LINES - 1} -1</summary>" in comment(
        many(1, patterns=OPEN_LINES - 1)
    )


def test_a_folded_diff_takes_less_of_the_first_lines_than_an_open_one() -> None:
    body = comment(many(OPEN_TOTAL // 2 + 1, patterns=OPEN_LINES))
    assert body.count(f"<summary>1 field, +{OPEN_LINES} -1</summary>") == OPEN_TOTAL // 2
    assert "<summary>1 more change</summary>" in body


def test_what_a_deletion_loses_is_in_the_box_and_nowhere_else() -> None:
    gone = live("a", name="A", patterns=("^x$", "^y$"), fill_strategy=None)
    body = comment(plan([absent("a")], [gone]))
    assert "> - `A` (`a`): `type` `regex`; `patterns` `^x$`, `^y$`\n" in body
    assert body.count("^x$") == 1


def test_the_table_comes_first() -> None:
    body = comment(review=REAL_REVIEW, graph=REAL_GRAPH)
    order = ["### 🛑 Plan", "Merging", "| Action |", "DELETED", "Safety itself", "**1.**", "**2.**"]
    order += ["```mermaid", "#### Warnings", f"Commit {COMMIT}"]
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
                safety=(WEAKENING.model_copy(update={"effect": SafetyEffect.STRENGTHENS}),),
            ),
            "⚠️",
        ),
    ],
)
def test_the_verdict_is_one_sign(made: Plan, review: Review, sign: str) -> None:
    assert headings(comment(made, review))[0].startswith(f"{sign} Plan: ")


def test_a_plan_that_was_not_compared_is_not_called_safe() -> None:
    body = comment(many(1), Review(compared=False))
    assert "not compared with the base branch" in body


def test_counts_and_deletions_come_from_the_changes_and_not_from_the_summary() -> None:
    lying = REAL_PLAN.model_copy(
        update={"summary": REAL_PLAN.summary.model_copy(update={"delete": 0, "update": 9})}
    )
    assert comment(lying) == comment(REAL_PLAN)


def test_settings_that_weaken_safety_come_first() -> None:
    strengthening, neither = (
        WEAKENING.model_copy(update={"effect": effect, "field": effect.value})
        for effect in (SafetyEffect.STRENGTHENS, SafetyEffect.NEITHER)
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
    assert body.index("**2.** ") < body.index("were not tried")


def test_values_that_look_alike_in_a_comment_are_shown_with_escapes() -> None:
    taken = ExampleChange(text="a", expected="match", before="a b", after="a\u00a0b")
    globs = SafetyChange(
        slot_id=None, field="owns", before=["Cafe\u0301*"], after=["Caf\u00e9*"],
        effect=SafetyEffect.NEITHER,
    )  # fmt: skip
    review = Review(compared=True, safety=(globs,), examples={"slot_00001": (taken,)})
    body = comment(many(2), review)
    assert r"- `a` yields another value now: `a\u00a0b` (before: `a b`)" in body
    assert r"adds `Caf\u00e9*`; removes `Cafe\u0301*`" in body


def test_a_comment_without_commit_and_link_has_none() -> None:
    body = plan_comment(REAL_PLAN, COMPARED, commit=None, link=None)
    assert COMMIT not in body
    assert "](" not in body


NUMBER = re.compile(r"^\*\*(\d+)\.\*\* ", re.MULTILINE)


@pytest.mark.parametrize("count", [300, 1_500])
def test_changes_that_do_not_fit_are_left_out_of_the_middle_and_counted(count: int) -> None:
    body = comment(many(count, patterns=20))
    require_harmless(body)
    assert LIMIT - 3_000 < len(body) <= LIMIT
    shown = [int(each) for each in NUMBER.findall(body)]
    left = count - len(shown)
    assert f"**… {left} changes are left out here**" in body
    assert f"see [the full plan]({LINK})" in body
    first = next(number for number in range(1, count) if number not in shown) - 1
    assert shown == [*range(1, first + 1), *range(count - len(shown) + first + 1, count + 1)]
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


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (None, "#481920", "`#481920` matches now (did not before)"),
        (None, "481920", "`#481920` matches now, as `481920` (did not before)"),
        ("#481920", None, "`#481920` no longer matches (did before)"),
        ("481920", None, "`#481920` no longer matches (was `481920` before)"),
        ("48", "481920", "`#481920` yields another value now: `481920` (before: `48`)"),
    ],
)
def test_the_line_above_a_diff_says_what_becomes_of_an_example(
    before: str | None, after: str | None, line: str
) -> None:
    taken = ExampleChange(text="#481920", expected="match", before=before, after=after)
    body = comment(many(1), Review(compared=True, examples={"slot_00000": (taken,)}))
    assert f"- {line}\n\n```diff" in body


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("rollback", "What its gate rejects is rolled back"),
        ("halt", "What its gate rejects **stays live**"),
        ("off", "**No gate judges it.**"),
    ],
)
def test_it_says_what_merging_does_and_what_the_gate_does_then(gate: str, said: str) -> None:
    review = COMPARED.model_copy(update={"gate": gate})
    merging = "Merging makes this change live on `https://acme.cognigy.com`, bot `bot_1`."
    assert f"{merging} {said}" in comment(many(1), review)


@pytest.mark.parametrize("text", ["x" * 900, "`" * 900, "\U000e0001" * 900, "a`b" * 300])
def test_the_worst_of_everything_keeps_the_limit_and_shows_a_change_and_the_foot(text: str) -> None:
    made, review = worst(text)
    graph = "flowchart LR\n" + text
    body = plan_comment(made, review, commit=text, link=LINK, graph=graph)
    require_harmless(body)
    assert len(body) <= LIMIT
    assert NUMBER.findall(body)
    for shown in ("more settings", "more slots", "more warnings", "left out here"):
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
