"""Ledger lines that reconciler never wrote: they are damage or harmless, and never a crash."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.errors import LedgerError
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry, line_hash, parse_line
from reconciler.planning.chain import check_chain
from reconciler.planning.damage import damage_in_unfinished_runs
from reconciler.planning.history import open_elsewhere, replay_all
from reconciler.reports.audit import history_text
from tests.support.events import EVENTS

UNSAFE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
ENDPOINT = Endpoint(origin="https://acme.cognigy.com", bot_id="bot_1")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "slot_id",
    "target",
    "action",
    "before",
    "after",
    "baselines",
    "baseline",
    "success_rate",
    "reason",
    "note",
    "outcome",
    "stands",
    "summary",
    "latency_ms",
    "success",
    "retrain_triggered",
    "protected",
    "unprotected",
    "gate",
    "actor",
    "commit",
    "identity",
    "trigger_retrain",
]
LINES = st.fixed_dictionaries(
    {
        "timestamp": st.just("2026-03-02T09:00:00.000Z") | JSON,
        "run_id": st.sampled_from(["a", "b"]) | JSON,
        "seq": st.integers(1, 5) | JSON,
        "event": st.sampled_from(EVENTS) | JSON,
        "prev_hash": st.just("") | JSON,
    },
    optional={
        **dict.fromkeys(KEYS, JSON),
        "slot_id": st.just("slot"),
        "target": st.just(ENDPOINT.model_dump()) | JSON,
    },
)


def written(line: Mapping[str, Any]) -> bytes:
    """The line with its correct hash, if it has one: damage must not depend on a wrong hash."""
    try:
        hashed = {**line, "hash": line_hash(line)}
    except ValueError:  # not a number in JSON
        hashed = {**line, "hash": ""}
    return json.dumps(hashed).encode()


def read_all(raw: list[bytes]) -> list[Entry | None]:
    """Run everything that ever reads the lines."""
    assert all(fault.message for fault in check_chain(raw))
    lines = [parse_line(each) for each in raw]
    damage_in_unfinished_runs(lines)
    with suppress(LedgerError):
        open_elsewhere(replay_all(lines), endpoint=ENDPOINT)
    text = history_text([line for line in lines if line is not None], at_work=None)
    assert not any(
        unicodedata.category(each) in UNSAFE for each in click.unstyle(text) if each != "\n"
    )
    return lines


@settings(deadline=None)
@given(st.lists(LINES, max_size=5))
@example([{"run_id": "a", "seq": 1, "event": "x", "prev_hash": "", "timestamp": "2026-03-02T"}])
def test_no_line_causes_a_crash(lines: list[dict[str, Any]]) -> None:
    read_all([written(line) for line in lines])


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40).filter(lambda raw: b"\n" not in raw), max_size=4))
@example([b"[" * 100_000])
@example([b"9" * 10_000])
@example([b'{"a":1e999}'])
@example([b"\xff\xfe{\x00}\x00"])
def test_no_bytes_cause_a_crash(raw: list[bytes]) -> None:
    assert all(line is None for line in read_all(raw))


def test_deeply_nested_json_is_damage() -> None:
    for depth in (200, 300, 900, 5000):
        line = (
            b'{"event":"run_started","hash":"","nested":%s,"prev_hash":"","run_id":"a","seq":1,'
            b'"timestamp":"2026-03-02T09:00:00.000Z"}' % (b"[" * depth + b"]" * depth)
        )
        (read,) = read_all([line])
        assert (read is None) == (depth > 255)
