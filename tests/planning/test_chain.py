"""Any changed, reordered or inserted line is found, and any removed from the middle."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.base import canonical_json
from reconciler.model.ledger import line_hash
from reconciler.planning.chain import check_chain


def chain(*seqs: int, run: str = "run") -> list[bytes]:
    """Lines with these numbers, each of which names the hash of the one before."""
    lines: list[bytes] = []
    previous = ""
    for seq in seqs:
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


WHOLE = chain(*range(1, 7))


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


@pytest.mark.parametrize(
    ("seqs", "number", "message"),
    [
        ((1, 2, 2, 3), 3, "has seq 2 instead of 3"),
        ((1, 2, 1, 2), 3, "has seq 1 instead of 3"),
        ((1, 3, 4), 2, "has seq 3 instead of 2"),
        ((2, 3), 1, "has seq 2 instead of 1"),
    ],
)
def test_a_number_that_does_not_follow_is_reported_once(
    seqs: tuple[int, ...], number: int, message: str
) -> None:
    faults = [(fault.line, fault.message) for fault in check_chain(chain(*seqs))]
    assert faults == [(number, message)]


def test_a_line_after_an_unreadable_one_is_not_compared_with_it() -> None:
    assert found([WHOLE[0], b"damaged", *WHOLE[2:]]) == [2]
    assert found([WHOLE[0], b"damaged", *WHOLE[1:]]) == [2]


def test_a_gap_in_the_chain_is_reported_with_both_numbers() -> None:
    (fault,) = check_chain([*WHOLE[:2], *WHOLE[3:]])
    assert fault.line == 3
    assert "(seq 4 after 2)" in fault.message
