"""YAML text → documents: depth checks before composing, positions on demand."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.adapters.manifests import yaml_source
from reconciler.adapters.manifests.places import Nodes, Places
from reconciler.adapters.manifests.text import FileText
from reconciler.adapters.manifests.yaml_source import parse
from reconciler.adapters.manifests.yaml_values import MAX_PROBLEMS

SAFE = 2 * (100 + 65)
"""Levels of 100 brackets in 65 columns, which fit on any stack."""

PIECES = st.sampled_from(
    ["[", "{", "]", "}", "- ", "? ", ": ", "a: ", "[a: ", "{? ", "\n", "\n ", "\n---\n", "\n--- ",
     "\n...\n", '"]"', "'---'", "|\n ---\n", "# [\n", "&a ", "!t ", ", ", "\t",
     "\r", "\x85", "\u2028", "\ufeff"]
)  # fmt: skip


def depth_of(text: str) -> int:
    """The largest number of open collections, counted from events, up to the first error."""
    depth = most = 0
    with contextlib.suppress(yaml.YAMLError):
        for event in yaml.parse(text, yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            most = max(most, depth)
    return most


@given(st.lists(st.tuples(PIECES, st.integers(1, 120)), max_size=6))
@example([("[a: ", 100)])
@example([("- ", 32), ("[a: ", 99)])
@example([("[a: ", 80), ("\n--- ", 1), ("[a: ", 80)])
def test_text_that_is_composed_without_a_check_is_never_deep(pieces: list[tuple[str, int]]) -> None:
    text = "".join(piece * times for piece, times in pieces)
    assert yaml_source._may_nest_deep(text) or depth_of(text) <= SAFE


@pytest.mark.parametrize(
    "text",
    ["[" * 101, "{a: " * 101, "[a: " * 60 + "\n--- " + "[a: " * 60, "- " * 40, " " * 64 + "a"],
    ids=["lists", "maps", "marker with text", "blocks", "indent"],
)
def test_text_that_may_be_deep_is_checked_first(text: str) -> None:
    assert yaml_source._may_nest_deep(text)


def test_any_number_of_ordinary_slots_is_parsed_only_once() -> None:
    slot = "slot_id: a\npatterns:\n  - ^[A-Z]{2}-\\d{4,6}$\ngate: {max_drop: 0.1}\n"
    assert not yaml_source._may_nest_deep("---\n".join([slot] * 1_000))


def test_positions_are_computed_once_and_on_demand() -> None:
    composed: list[str] = []

    def compose(text: str) -> Iterator[yaml.Node]:
        composed.append(text)
        return iter(list(yaml.compose_all(text, yaml.SafeLoader)))

    places = Places(Nodes(FileText("name: a\n", file="a.yaml"), compose=compose), 0)
    assert composed == []
    assert str(places.where(("name",))) == "a.yaml:1:7"
    assert str(places.where_key(("name",))) == "a.yaml:1:1"
    assert len(composed) == 1


def test_documents_before_an_invalid_one_keep_their_positions() -> None:
    (document,), (problem,) = parse("a: 1\n---\nb: [\n", file="a.yaml")
    assert problem.rule == "yaml-syntax"
    assert str(document.places.where(("a",))) == "a.yaml:1:4"


def test_without_libyaml_the_same_texts_are_read_and_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As if PyYAML had been built without libyaml, which is checked at import.
    monkeypatch.setattr(yaml_source, "_Loader", yaml.SafeLoader)
    documents, problems = parse("a: 1\n---\nb: 2\n", file="a.yaml")
    assert [each.value for each in documents] == [{"a": 1}, {"b": 2}]
    assert problems == []
    for text in ("[" * 50_000, "- " * 30 + "[" * 90 + "]" * 90, "a: &a [*a]"):
        _, (problem,) = parse(text, file="a.yaml")
        assert problem.rule == "yaml-too-large"


def test_a_row_of_equals_signs_and_an_indented_marker_are_text() -> None:
    text = "description: |\n  Title\n  =======\n  <<<<<<< HEAD\nx: [a,\n=======\n]\n"
    documents, problems = parse(text, file="a.yaml")
    assert problems == []
    assert documents[0].value == {
        "description": "Title\n=======\n<<<<<<< HEAD\n",
        "x": ("a", "======="),
    }


def test_the_limit_on_problems_applies_to_merge_conflicts_too() -> None:
    conflict = "<<<<<<< a\n>>>>>>> b\n"
    _, problems = parse(conflict * (MAX_PROBLEMS + 1), file="a.yaml")
    assert len(problems) == MAX_PROBLEMS
