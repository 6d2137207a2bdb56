"""The graph as text: dependencies, the changes of a plan, and no name that breaks out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState
from reconciler.reports.graph import dot_graph, mermaid_graph
from tests.support.build import absent, live, plan, slot

DESIRED = DesiredState(
    [
        slot("slot_c", "slot_a", "slot_b", name="c"),
        slot("slot_a", name="a"),
        slot("slot_b", "slot_outside", name="slot_b"),
        absent("slot_d"),
    ]
)
PLAN = plan(
    DESIRED,
    [
        live("slot_b", "slot_outside", name="former"),
        live("slot_a", name="a"),
        live("slot_d", "slot_a", name="d"),
        live("slot_outside"),
    ],
)

Render = Callable[[DesiredState, "Plan | None"], str]


def test_mermaid_shows_what_depends_on_what() -> None:
    assert mermaid_graph(DESIRED) == (
        "flowchart LR\n"
        "    %% outside: grey and dashed, not in any file\n"
        '    n0["a<br/>slot_a"]\n'
        '    n1["slot_b"]\n'
        '    n2["c<br/>slot_c"]\n'
        '    n3["slot_outside"]:::outside\n'
        "    n1 --> n3\n"
        "    n2 --> n0\n"
        "    n2 --> n1\n"
        "    classDef outside fill:#f6f8fa,stroke:#8c959f,color:#1f2328,stroke-dasharray:4 3"
    )


def test_mermaid_marks_what_a_plan_changes() -> None:
    lines = mermaid_graph(DESIRED, PLAN).splitlines()
    assert '    n0["a<br/>slot_a"]' in lines
    assert '    n1["slot_b"]:::update' in lines
    assert '    n2["c<br/>slot_c"]:::create' in lines
    assert '    n3["d<br/>slot_d"]:::delete' in lines
    assert '    n4["slot_outside"]:::outside' in lines
    assert "    n3 -.-> n0" in lines
    for word in ("create", "update", "delete", "outside"):
        assert sum(line.startswith(f"    %% {word}: ") for line in lines) == 1
        assert sum(line.startswith(f"    classDef {word} ") for line in lines) == 1


def test_dot_shows_the_same() -> None:
    lines = dot_graph(DESIRED, PLAN).splitlines()
    assert lines[0] == "digraph slots {"
    assert lines[-1] == "}"
    assert '    n0 [label="a\\nslot_a"];' in lines
    marks = re.findall(r'(n\d) \[label="[^"]*", class="(\w+)"', "\n".join(lines))
    assert marks == [("n1", "update"), ("n2", "create"), ("n3", "delete"), ("n4", "outside")]
    assert "    n2 -> n1;" in lines
    assert "    n3 -> n0 [style=dashed];" in lines
    for word in ("create", "update", "delete", "outside"):
        assert sum(line.startswith(f"    // {word}: ") for line in lines) == 1


@pytest.mark.parametrize("render", [mermaid_graph, dot_graph])
def test_the_order_of_the_files_makes_no_difference(render: Render) -> None:
    assert render(DesiredState(list(DESIRED.values())[::-1]), PLAN) == render(DESIRED, PLAN)


@pytest.mark.parametrize("render", [mermaid_graph, dot_graph])
def test_a_cycle_and_a_slot_without_a_name_can_be_drawn(render: Render) -> None:
    text = render(DesiredState([slot("a", "b", "b", name="x" * 99), slot("b", "a", "b")]), None)
    assert text.count(">") - text.count("br/>") == 3
    assert "x" * 59 + "#8230;" in text.replace("&#", "#")


texts = st.text(max_size=20) | st.text('"<>&#;\\[](){}|`:/.\n\u202e ﬂß°¶nN', max_size=20)
NODE: dict[Render, re.Pattern[str]] = {
    mermaid_graph: re.compile(r'    n\d+\["((?:\w| |#\d+;|<br/>)+)"\](:::\w+)?'),
    dot_graph: re.compile(r'    n\d+ \[label="((?:\w| |&#\d+;|\\n)+)"(, [a-z]+="[a-z,#\d]+")*\];'),
}


@pytest.mark.parametrize("render", [mermaid_graph, dot_graph])
@given(names=st.lists(texts, min_size=2, max_size=2), used=texts)
@example(names=['"];x<b>', "end\n  click n0 href"], used="&quot;#quot;")
def test_a_label_has_only_letters_and_entities(render: Render, names: list[str], used: str) -> None:
    first, second, used = f"1 {names[0]}", f"2 {names[1]}", f"3 {used}"
    slots = [slot(first, used, name=names[0] or "-"), slot(second, name=names[1] or "-")]
    text = render(DesiredState(slots), None)
    # Not splitlines: only a line feed ends a line of Mermaid or DOT.
    nodes = [line for line in text.split("\n") if "[" in line and "node [" not in line]
    assert len(nodes) == 3
    assert all(NODE[render].fullmatch(line) for line in nodes), nodes
    edges = [line for line in text.split("\n") if re.fullmatch(r"    n\d+ -+> n\d+;?", line)]
    assert len(edges) == 1


def test_a_backslash_is_doubled_in_dot_because_graphviz_resolves_it_after_entities() -> None:
    assert 'label="a&#92;&#92;nb\\nx"' in dot_graph(DesiredState([slot("x", name="a\\nb")]))


def test_an_invisible_character_is_shown_as_an_escape() -> None:
    assert "a#92;u202eb" in mermaid_graph(DesiredState([slot("x", name="a\u202eb")]))
