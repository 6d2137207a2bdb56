"""Ids are added to reconciler.yaml in place, and everything else stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.tenant_ids import write_ids
from reconciler.model.written import WriteResult

IDS = {"slot_a": "x-1", "slot_b": "0012"}


def written(folder: Path, text: str) -> tuple[WriteResult, str]:
    path = folder / "reconciler.yaml"
    path.write_bytes(text.encode())
    result = write_ids(path, environment="production", ids=IDS)
    return result.result, path.read_bytes().decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "environments:\n  production:\n    ids:\n      slot_c: x  # c\n    owns: []\n",
            "environments:\n  production:\n    ids:\n      slot_c: x  # c\n      slot_a: x-1\n"
            "      slot_b: '0012'\n    owns: []\n",
        ),
        (
            "environments:\n  production: {ids: {slot_c: x}, owns: []}  # live\n",
            "environments:\n  production: {ids: {slot_c: x, slot_a: x-1, slot_b: '0012'}, "
            "owns: []}  # live\n",
        ),
        (
            "environments:\n  production:\n  # none yet\n  staging:\n",
            "environments:\n  production: {ids: {slot_a: x-1, slot_b: '0012'}}\n"
            "  # none yet\n  staging:\n",
        ),
        (
            "environments: {production: {}, staging: {}}",
            "environments: {production: {ids: {slot_a: x-1, slot_b: '0012'}}, staging: {}}",
        ),
        (
            "environments:\r\n  production:\r\n    owns: [a]\r\n",
            "environments:\r\n  production:\r\n    owns: [a]\r\n"
            "    ids: {slot_a: x-1, slot_b: '0012'}\r\n",
        ),
        (
            "environments:\n  production:\n    ids:\n    owns: [a]",
            "environments:\n  production:\n    ids: {slot_a: x-1, slot_b: '0012'}\n    owns: [a]",
        ),
        (
            '{"environments": {"production": {}}}',
            '{"environments": {"production": {"ids": {"slot_a": "x-1", "slot_b": "0012"}}}}',
        ),
        (
            '{"environments": {"production": {"owns": []}}}',
            '{"environments": {"production": {"owns": [], "ids": '
            '{"slot_a": "x-1", "slot_b": "0012"}}}}',
        ),
    ],
)
def test_ids_are_added_where_they_belong(tmp_path: Path, before: str, after: str) -> None:
    assert written(tmp_path, before) == (WriteResult.REFRESHED, after)


@pytest.mark.parametrize(
    "text",
    [
        "environments: &all\n  staging: &one {owns: []}\n  production: *one\n",
        "environments:\n  staging: {}\n",
        "owns: []\n",
    ],
)
def test_a_file_that_cannot_be_edited_in_place_is_kept(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, text) == (WriteResult.KEPT, text)


def test_the_result_says_what_to_add_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.yaml"
    path.write_text("owns: []\n")
    kept = write_ids(path, environment="production", ids=IDS)
    assert kept.reason.endswith("add to `ids` of production: {slot_a: x-1, slot_b: '0012'}")


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
MAPPINGS = st.dictionaries(NAMES, NAMES, max_size=3)


@given(
    MAPPINGS, st.dictionaries(NAMES.map("new_".__add__), NAMES, min_size=1, max_size=3), st.data()
)
def test_the_file_then_says_exactly_that_and_keeps_its_comments(
    tmp_path_factory: pytest.TempPathFactory,
    there: dict[str, str],
    ids: dict[str, str],
    data: st.DataObject,
) -> None:
    declared = {"environments": {"production": {"owns": ["a"], "ids": there}, "staging": None}}
    flow = data.draw(st.sampled_from([True, False, None]))
    text = f"# first\n{yaml.safe_dump(declared, default_flow_style=flow, width=1000)}# last\n"
    path = tmp_path_factory.mktemp("slots") / "reconciler.yaml"
    path.write_text(text)
    assert write_ids(path, environment="production", ids=ids).result is WriteResult.REFRESHED
    declared["environments"]["production"] = {"owns": ["a"], "ids": {**there, **ids}}
    after = path.read_text()
    assert yaml.safe_load(after) == declared
    assert (after.startswith("# first\n"), after.endswith("# last\n")) == (True, True)
