"""The schema of fleet.yaml accepts what the reader accepts, as far as a schema can tell."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.manifests.fleet import read_fleet_manifests
from reconciler.adapters.manifests.fleet.schema import fleet_schema
from tests.adapters.test_schema import Validator, copied, paths

FULL: dict[str, Any] = {
    "version": 1,
    "include": ["customers/*.yaml"],
    "defaults": {
        "slots": "slots/",
        "pool": "default",
        "credentials": "{tenant}-{environment}",
        "labels": {"tier": "gold"},
    },
    "targets": [
        {
            "tenant": "acme",
            "labels": {"region": "eu", "example.com/ring": "canary", "empty": ""},
            "slots": "slots",
            "pool": "p",
            "credentials": "c",
            "environments": {
                "staging": None,
                "production": {
                    "expect": {"origin": "https://acme.cognigy.com", "bot_id": "bot_9"},
                    "labels": {"ring": "last"},
                    "slots": "bots/acme",
                    "pool": "eu-onprem",
                    "credentials": "acme-live",
                    "ids": {"slot_a": "slot_77aa01"},
                    "promote_from": "staging",
                    "soak_hours": 24,
                },
            },
        }
    ],
    "rollout": {
        "steps": [
            {
                "select": "ring=canary,tier!=test",
                "bake_hours": 24,
                "max_failures": "10%",
                "max_parallel": 2,
            },
            {"targets": "1.5 %"},
            {"targets": 100},
        ],
        "max_parallel": 200,
        "max_parallel_per": {"label": "region", "limit": 50},
        "max_failures": 0,
    },
    "limits": {"max_targets": 500},
    "drift": {"every_minutes": 60, "metrics": True},
}
SCHEMA = Validator(fleet_schema())
values: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, -1, 0, 1, 2, 0.5, 8760, 8761, 100_001, "", "a", "A", "a-b", "1", "1%", "101%",
        "x y", "../a", "/a", "a" * 64, [], ["a"], [None], [{}], {}, {"a": "b"}, {"a": None},
        {"a": 1}, {"production": {}}, {"label": "a", "limit": 1}, {"targets": "1%"},
    ]
)  # fmt: skip


@st.composite
def altered(draw: st.DrawFn) -> Any:
    """The whole document with a few values replaced, removed or added."""
    changed = copied(FULL)
    for _ in range(draw(st.integers(0, 3))):
        *outer, last = draw(st.sampled_from([*paths(changed), ("unknown",)]))
        place = changed
        for step in outer:
            place = place[step]
        if draw(st.booleans()) or (isinstance(place, dict) and last not in place):
            place[last] = copied(draw(values))
        else:
            del place[last]
    return changed


def is_accepted(document: Any) -> bool:
    """Whether the reader finds no problem with the document itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fleet.yaml")
        path.write_text(json.dumps(document), encoding="utf-8")
        return not [each for each in read_fleet_manifests(path).problems if each.is_error]


def test_a_document_with_every_key_is_accepted_by_both() -> None:
    assert is_accepted(FULL)
    SCHEMA.validate(FULL)


@given(altered())
@settings(max_examples=300, deadline=None)
def test_the_schema_accepts_whatever_the_reader_accepts(document: Any) -> None:
    if is_accepted(document):
        SCHEMA.validate(document)


def with_value(value: Any, *path: Any) -> Any:
    changed = copied(FULL)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


TENANT = ("targets", 0)
PRODUCTION = (*TENANT, "environments", "production")


@pytest.mark.parametrize(
    "document",
    [
        with_value(2, "version"),
        with_value("1", "version"),
        {key: value for key, value in FULL.items() if key != "version"},
        with_value(1, "rolout"),
        with_value("Acme", *TENANT, "tenant"),
        with_value({}, *TENANT, "environments"),
        with_value({"Production": {}}, *TENANT, "environments"),
        with_value({"-": "x"}, *TENANT, "labels"),
        with_value({"tier": 1}, *TENANT, "labels"),
        with_value("a/b", *PRODUCTION, "pool"),
        with_value("ftp://acme", *PRODUCTION, "expect", "origin"),
        with_value(-1, *PRODUCTION, "soak_hours"),
        with_value([], "rollout", "steps"),
        with_value("10", "rollout", "max_failures"),
        with_value(0.1, "rollout", "max_failures"),
        with_value(0, "rollout", "max_parallel_per", "limit"),
        with_value(0, "drift", "every_minutes"),
    ],
)
def test_both_refuse_what_a_schema_can_tell(document: Any) -> None:
    assert not is_accepted(document)
    assert not SCHEMA.is_valid(document)


def test_a_file_that_is_included_has_targets_alone() -> None:
    assert SCHEMA.is_valid({"targets": FULL["targets"]})
    assert not SCHEMA.is_valid({"targets": FULL["targets"], "limits": {}})


def test_every_key_has_a_description() -> None:
    schema = fleet_schema()
    for name, each in {**schema["$defs"], "": schema}.items():
        for key, value in each.get("properties", {}).items():
            assert "description" in value, (name, key)
