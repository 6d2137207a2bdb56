"""YAML nodes → values: numbers that are read differently elsewhere are problems."""

from __future__ import annotations

import pytest
import yaml

from reconciler.adapters.manifests.yaml_source import parse


@pytest.mark.parametrize(
    ("written", "meant"),
    [("010", "8"), ("-012", "-10"), ("1:30", "90"), ("1_000", "1000"), ("0b11", "3"),
     ("1:30.5", "90.5"), ("!!int '010'", "8")],
)  # fmt: skip
def test_an_ambiguous_number_is_an_error_whose_hint_shows_both_ways_to_write_it(
    written: str, meant: str
) -> None:
    documents, (problem,) = parse(f"a: {written}", file="a.yaml")
    assert documents == []
    assert problem.rule == "yaml-number"
    assert f'quote it: "{written.removeprefix("!!int ").strip(chr(39))}"' in problem.hint
    assert f"in decimal: {meant}." in problem.hint


@pytest.mark.parametrize("written", ["0", "-10", "0x1F", "0.50", "-0.5", "1.5e+3", "'010'", ".inf"])
def test_an_unambiguous_number_is_read(written: str) -> None:
    (document,), problems = parse(f"a: {written}", file="a.yaml")
    assert problems == []
    assert document.value["a"] == yaml.safe_load(written)
