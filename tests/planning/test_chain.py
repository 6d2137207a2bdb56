"""Any changed, reordered or inserted line is found, and any removed from the middle."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.base import canonical_json
from reconciler.model.ledger import line_hash
from reconciler.planning.chain import check_chain


def chain(length: int, *, run: str = "run") -> list[bytes]:
    lines: list[bytes] = []
    previous = ""
    for seq in range(1, length + 1):
        line = {
            "timestamp": "2026-03-02T09:00:00.000Z",
            "run_id": run,
            "seq": seq,
            "event": "change_applied",
            "slot_id": f"slot_{seq}",
            "note": "ü",
            "prev_hash": previous,
        }
        previous = line["hash"] = line_hash(line)
        lines.append(canonical_json(line))
    return lines


WHOLE = chain(6)


def found(lines: list[bytes]) -> list[int]:
    return [fault.line for fault in check_chain(lines)]


def test_a_whole_ledger_has_no_fault() -> None:
    assert found([]) == []
    assert found(WHOLE) == []


@given(st.integers(0, 5), st.data())
def test_any_changed_byte_is_found_on_its_line(index: int, data: st.DataObject) -> None:
    line = WHOLE[index]
    position = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda each: each != line[position]))
    changed = line[:position] + bytes([byte]) + line[position + 1 :]
    assert index + 1 in found([*WHOLE[:index], changed, *WHOLE[index + 1 :]])


@given(st.integers(0, 4))
def test_a_removed_line_is_found_where_it_was(index: int) -> None:
    assert found([*WHOLE[:index], *WHOLE[index + 1 :]]) == [index + 1]


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_moved_line_is_found(start: int, end: int) -> None:
    lines = list(WHOLE)
    lines.insert(end, lines.pop(start))
    assert bool(found(lines)) is (start != end)


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_repeated_line_is_found(index: int, place: int) -> None:
    assert found([*WHOLE[:place], WHOLE[index], *WHOLE[place:]])


@given(st.integers(1, 5))
def test_a_line_that_was_written_by_someone_else_is_found(place: int) -> None:
    stranger = chain(1, run="another")[0]
    assert place + 1 in found([*WHOLE[:place], stranger, *WHOLE[place:]])


def test_one_change_is_reported_once() -> None:
    line = json.loads(WHOLE[2])
    line["slot_id"] = "slot_x"
    changed = canonical_json(line)
    faults = list(check_chain([*WHOLE[:2], changed, *WHOLE[3:]]))
    assert [(fault.line, fault.message) for fault in faults] == [
        (3, "was changed: its hash does not match its content")
    ]


def test_a_line_in_another_spelling_counts_as_changed() -> None:
    spaced = json.dumps(json.loads(WHOLE[0])).encode()
    assert found([spaced, *WHOLE[1:]]) == [1]


@given(st.lists(st.binary(max_size=30), max_size=4))
def test_no_bytes_make_it_raise(junk: list[bytes]) -> None:
    assert len(found(junk)) == len(junk)
