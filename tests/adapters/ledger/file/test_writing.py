"""The ledger file: a chain of lines, a single writer, and recovery from a crash."""

from __future__ import annotations

import errno
import hashlib
import importlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.ledger.file import open_ledger, read_lines, require_usable, restore
from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.ledger import Entry, line_hash
from tests.support.clock import VirtualClock

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files and limits")
NOT_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def read_entries(path: Path) -> list[Entry]:
    """The valid lines."""
    return [line for line in read_lines(path) if line is not None]


def record(path: Path, *events: str, run_id: str = "run_1", **data: Any) -> None:
    with open_ledger(path, run_id=run_id, clock=VirtualClock()) as ledger:
        for event in events:
            ledger.append(event, **data)


def lines(path: Path) -> list[dict[str, Any]]:
    content = path.read_bytes()
    assert content.endswith(b"\n")
    return [json.loads(line) for line in content.splitlines()]


def independent_hash(line: dict[str, Any]) -> str:
    """The hash as documented: sorted keys, no spaces, UTF-8, without `hash`."""
    bare = {key: value for key, value in line.items() if key != "hash"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def test_every_line_has_the_common_keys_and_its_data(path: Path) -> None:
    record(path, "change_applied", slot_id="a", success=True, latency_ms=1.5)
    (line,) = lines(path)
    assert line == {
        "timestamp": "2026-03-02T09:00:00.000Z",
        "run_id": "run_1",
        "seq": 1,
        "event": "change_applied",
        "prev_hash": "",
        "hash": line["hash"],
        "slot_id": "a",
        "success": True,
        "latency_ms": 1.5,
    }


def test_the_hashes_chain_the_lines_of_several_runs(path: Path) -> None:
    record(path, "run_started", "run_finished", name="Straße")
    record(path, "run_started", "run_finished", run_id="run_2")
    written = lines(path)
    assert [line["seq"] for line in written] == [1, 2, 3, 4]
    assert [line["run_id"] for line in written] == ["run_1", "run_1", "run_2", "run_2"]
    assert [line["hash"] for line in written] == [independent_hash(line) for line in written]
    assert [line["prev_hash"] for line in written] == [
        "",
        *(line["hash"] for line in written[:-1]),
    ]


def test_a_line_is_canonical_json(path: Path) -> None:
    record(path, "run_started", b=1, a={"d": "ä", "c": None})
    raw = path.read_bytes()
    assert raw.startswith('{"a":{"c":null,"d":"ä"},"b":1,"event":'.encode())


def test_data_cannot_override_the_common_keys(path: Path) -> None:
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        ledger.append("run_started", seq=99, prev_hash="x", run_id="other", hash="y")
    (line,) = lines(path)
    assert (line["seq"], line["prev_hash"], line["run_id"]) == (1, "", "run_1")
    assert line["hash"] == independent_hash(line)


def test_a_line_is_on_disk_when_append_returns_and_its_hash_is_the_last_hash(path: Path) -> None:
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        assert ledger.last_hash == ""
        ledger.append("run_started")
        (line,) = lines(path)
        assert ledger.last_hash == line["hash"]


def test_a_run_sees_the_lines_of_earlier_runs(path: Path) -> None:
    record(path, "run_started", "run_finished")
    with open_ledger(path, run_id="run_2", clock=VirtualClock()) as ledger:
        assert ledger.lines == tuple(read_entries(path))
        ledger.append("run_started")
        assert ledger.lines == tuple(read_entries(path))
        assert len(ledger.lines) == 3


@given(st.text(st.characters()))
def test_the_hash_of_any_text_survives_json(text: str) -> None:
    line = {"text": text, "hash": "x"}
    assert line_hash(line) == line_hash(json.loads(json.dumps(line)))


def test_lone_surrogates_and_any_script_are_read_back_unchanged(path: Path) -> None:
    texts = ["ä", "漢字", "🎉", "\ud800", "\x00\x1b", "\u2028", "a\nb"]
    record(path, "run_started", texts=texts)
    (entry,) = read_entries(path)
    assert entry.data["texts"] == texts
    (line,) = lines(path)
    assert line_hash(line) == line["hash"] == entry.hash


# After a crash


def test_a_torn_tail_is_moved_only_when_the_first_line_is_appended(path: Path) -> None:
    record(path, "run_started")
    with path.open("ab") as file:
        file.write(b'{"half')
    before = path.read_bytes()
    torn = path.with_name("audit.jsonl.torn")
    with open_ledger(path, run_id="run_2", clock=VirtualClock()) as ledger:
        assert path.read_bytes() == before
        assert not torn.exists()
        ledger.append("run_started")
        assert torn.read_bytes() == b'{"half\n'
        assert [line["run_id"] for line in lines(path)] == ["run_1", "run_2"]


def test_a_torn_first_line_is_moved_away(path: Path) -> None:
    record(path, "run_started", actor="Äda")
    whole = path.read_bytes()
    for length in range(1, len(whole)):
        path.write_bytes(whole[:length])
        record(path, "run_started", run_id="run_2")
        assert [line["run_id"] for line in lines(path)] == ["run_2"]


# Interference during an apply


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "was removed or replaced"),
        (lambda path: path.rename(path.with_name("kept.jsonl")), "was removed or replaced"),
        (lambda path: path.with_name("new").replace(path), "was removed or replaced"),
        (lambda path: path.write_bytes(b""), "was truncated or written by someone else"),
        (lambda path: os.truncate(path, 10), "was truncated or written by someone else"),
        (
            lambda path: path.write_bytes(path.read_bytes() + b"x"),
            "was truncated or written by someone else",
        ),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="Windows does not allow removing an open file")
def test_a_ledger_that_is_damaged_during_an_apply_is_reported_and_no_more_is_written(
    path: Path, damage: Callable[[Path], object], message: str
) -> None:
    path.with_name("new").write_bytes(b"")
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        ledger.append("run_started")
        last = ledger.last_hash
        damage(path)
        for _ in range(2):
            with pytest.raises(LedgerError, match=message):
                ledger.append("run_finished")
        assert ledger.last_hash == last


def test_data_that_the_ledger_cannot_record_is_reported_and_not_written(path: Path) -> None:
    deep: Any = None
    for _ in range(400):
        deep = [deep]
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        ledger.append("run_started")
        with pytest.raises(LedgerError, match="cannot record"):
            ledger.append("change_started", before={"deep": deep})
        ledger.append("run_finished")
    assert [line["event"] for line in lines(path)] == ["run_started", "run_finished"]


def test_a_torn_tail_is_moved_away_and_the_chain_continues(path: Path) -> None:
    record(path, "run_started")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"event":"change_st')
    record(path, "run_started", run_id="run_2")
    first, second = lines(path)
    assert second["prev_hash"] == first["hash"]
    assert path.read_bytes().startswith(whole)
    torn = path.with_name("audit.jsonl.torn")
    assert torn.read_bytes() == b'{"event":"change_st\n'
    with path.open("ab") as file:
        file.write(b"again")
    record(path, "run_started", run_id="run_3")
    assert torn.read_bytes() == b'{"event":"change_st\nagain\n'
    assert len(lines(path)) == 3


def test_reading_does_not_move_a_torn_tail(path: Path) -> None:
    record(path, "run_started")
    with path.open("ab") as file:
        file.write(b"torn")
    assert [entry.event for entry in read_entries(path)] == ["run_started"]
    assert path.read_bytes().endswith(b"torn")


def test_a_missing_ledger_has_no_lines_and_reading_does_not_create_it(path: Path) -> None:
    assert read_lines(path) == ()
    assert not path.exists()


@pytest.mark.parametrize("line", [b"", b"not json", b"[]", b"1", b"{}", b"\xff", b"[" * 100_000])
def test_a_damaged_line_keeps_its_place_and_the_chain_continues(path: Path, line: bytes) -> None:
    record(path, "run_started")
    first = read_entries(path)[0]
    with path.open("ab") as file:
        file.write(line + b"\n")
    assert read_lines(path) == (first, None)
    record(path, "run_finished")
    last = read_entries(path)[-1]
    assert (last.seq, last.prev_hash) == (3, first.hash)


# A single writer


def test_a_second_apply_is_refused_with_a_message_that_names_the_lock_holder(path: Path) -> None:
    with (
        open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger,
        pytest.raises(LockHeldError) as caught,
        open_ledger(path, run_id="run_2", clock=VirtualClock()),
    ):
        raise AssertionError(ledger)
    assert f"pid {os.getpid()}, run run_1" in caught.value.message
    assert caught.value.exit_code == 4
    record(path, "run_started", run_id="run_3")


HOLDER = """
import sys
from collections.abc import Callable
from pathlib import Path
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.file import open_ledger
with open_ledger(Path(sys.argv[1]), run_id="run_1", clock=SystemClock()) as ledger:
    ledger.append("run_started")
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_of_another_process_is_respected_and_released_when_it_dies(path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - this interpreter, with our own code
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockHeldError, match=f"pid {holder.pid}, run run_1"):
            record(path, "run_started")
        holder.kill()
        holder.wait()
    record(path, "run_started", run_id="run_2")
    assert [line["run_id"] for line in lines(path)] == ["run_1", "run_2"]


def test_a_garbled_lock_file_is_not_quoted(path: Path) -> None:
    lock_path = path.with_name("audit.jsonl.lock")
    with filelock.FileLock(lock_path):
        lock_path.write_bytes(b"\x1b[2J\xff")
        with pytest.raises(LockHeldError) as caught:
            record(path, "run_started")
    assert caught.value.message.isprintable()


def test_reading_needs_no_lock(path: Path) -> None:
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        ledger.append("run_started")
        assert len(read_lines(path)) == 1


# Paths that cannot be a ledger


@pytest.mark.parametrize("use", [require_usable, read_lines, record])
def test_a_folder_is_not_a_ledger(tmp_path: Path, use: Any) -> None:
    with pytest.raises(LedgerError, match="not a regular file"):
        use(tmp_path)


@POSIX
def test_a_device_or_pipe_is_not_a_ledger(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (Path("/dev/null"), pipe):
        with pytest.raises(LedgerError, match="not a regular file"):
            record(path, "run_started")


def test_a_ledger_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="does not exist"):
        record(tmp_path / "nowhere" / "audit.jsonl", "run_started")


def test_an_impossible_file_name_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        require_usable(tmp_path / ("x" * 300))


@NOT_ROOT
def test_a_read_only_ledger_is_reported(path: Path) -> None:
    record(path, "run_started")
    path.chmod(0o400)
    with pytest.raises(LedgerError, match="cannot be opened"):
        record(path, "run_started")


@NOT_ROOT
def test_a_read_only_folder_is_reported(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(LedgerError):
            record(path, "run_started")
    finally:
        path.parent.chmod(0o700)


FULL_DISK = """
import resource, sys
from pathlib import Path
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.file import open_ledger
from reconciler.errors import LedgerError
path = Path(sys.argv[1])
with open_ledger(path, run_id="run_2", clock=SystemClock()) as ledger:
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 40, resource.RLIM_INFINITY))
    for _ in range(2):
        try:
            ledger.append("change_started", slot_id="a")
        except LedgerError as error:
            print(error.message)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
"""


@POSIX
def test_a_full_disk_stops_the_run_and_nothing_follows_the_torn_line(path: Path) -> None:
    record(path, "run_started")
    whole = path.read_bytes()
    ended = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    messages = ended.stdout.splitlines()
    assert len(messages) == 2
    assert all("cannot be written" in message for message in messages)
    assert len(path.read_bytes()) == len(whole) + 40
    record(path, "run_started", run_id="run_3")
    assert [line["run_id"] for line in lines(path)] == ["run_1", "run_3"]


def test_a_restored_ledger_equals_the_saved_one_and_continues(path: Path) -> None:
    record(path, "run_started", "run_finished")
    saved = path.read_bytes()
    path.unlink()
    restore(path, saved)
    assert path.read_bytes() == saved
    record(path, "run_started", run_id="run_2")
    assert [line["seq"] for line in lines(path)] == [1, 2, 3]


def test_an_existing_ledger_is_not_overwritten_by_a_restore(path: Path) -> None:
    record(path, "run_started")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="cannot be restored"):
        restore(path, b"another\n")
    assert path.read_bytes() == before


# On disk


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The file and its size in bytes, for each flush to disk."""
    fsync, found = os.fsync, []

    def note(descriptor: int) -> None:
        status = os.fstat(descriptor)
        is_folder = stat.S_ISDIR(status.st_mode)
        found.append((status.st_ino, 0 if is_folder else status.st_size))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    return found


def at(path: Path) -> tuple[int, int]:
    """The file and its size in bytes now."""
    status = path.stat()
    return status.st_ino, 0 if path.is_dir() else status.st_size


@pytest.mark.skipif(os.name != "posix", reason="other systems cannot open a folder")
def test_the_folder_of_a_new_ledger_is_flushed_too(
    path: Path, flushed: list[tuple[int, int]]
) -> None:
    for _ in range(2):
        with open_ledger(path, run_id="run_1", clock=VirtualClock()):
            pass
    assert flushed == [at(path.parent)]


def test_each_line_is_flushed_before_the_next(path: Path, flushed: list[tuple[int, int]]) -> None:
    with open_ledger(path, run_id="run_1", clock=VirtualClock()) as ledger:
        flushed.clear()
        for _ in range(2):
            ledger.append("run_started")
            assert flushed.pop() == at(path)
            assert flushed == []


def test_a_torn_tail_is_flushed_to_its_own_file_before_it_is_removed_from_the_ledger(
    path: Path, flushed: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    record(path, "run_started")
    with path.open("ab") as file:
        file.write(b'{"half')
    truncate, torn = os.ftruncate, path.with_name("audit.jsonl.torn")
    flushed.clear()

    def checked(descriptor: int, size: int) -> None:
        assert flushed == [at(torn)]
        assert torn.read_bytes() == b'{"half\n'
        truncate(descriptor, size)

    monkeypatch.setattr(os, "ftruncate", checked)
    record(path, "run_started", run_id="run_2")
    assert [inode for inode, _ in flushed] == [at(torn)[0], at(path)[0]]


def test_a_restored_ledger_is_flushed_completely(
    path: Path, flushed: list[tuple[int, int]]
) -> None:
    restore(path, b"a line\n")
    assert flushed == [at(path)]
    assert at(path)[1] == len(b"a line\n")


def test_a_partly_restored_ledger_is_not_left_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(LedgerError, match="cannot be restored") as caught:
        restore(path, b"a line\n")
    assert "Free some disk space" in caught.value.hint
    assert not path.exists()
    monkeypatch.undo()
    restore(path, b"a line\n")


def test_no_file_is_left_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opening, opened = os.open, []

    def note(*arguments: Any, **named: Any) -> int:
        opened.append(opening(*arguments, **named))
        return opened[-1]

    monkeypatch.setattr(os, "open", note)
    record(path, "run_started")
    with pytest.raises(RuntimeError), open_ledger(path, run_id="r", clock=VirtualClock()):
        raise RuntimeError
    for descriptor in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


# Between the first look and the lock


def test_a_ledger_that_can_be_read_but_not_written_is_reported(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(path, "run_started")
    opening = os.open

    def read_only(file: Any, flags: int, *mode: int, **named: Any) -> int:
        if flags & os.O_APPEND:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opening(file, flags, *mode, **named)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(LedgerError, match="cannot be opened: Permission denied") as caught:
        record(path, "run_started")
    assert "permissions" in caught.value.hint


@POSIX
def test_a_file_that_is_written_while_waiting_for_the_lock_is_left_unchanged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = importlib.import_module("fcntl").flock

    def written_meanwhile(descriptor: int, operation: int) -> None:
        path.write_bytes(b"export PATH=/usr/bin\n")
        flock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", written_meanwhile)
    with pytest.raises(LedgerError, match="does not start like a ledger"):
        record(path, "run_started")
    assert path.read_bytes() == b"export PATH=/usr/bin\n"


def test_the_chain_continues_from_the_last_valid_line(path: Path) -> None:
    record(path, "run_started", "run_finished")
    _, last = read_entries(path)
    path.write_bytes(path.read_bytes().replace(b'"seq":2', b'"seq":7') + b"damaged\n")
    record(path, "run_started", run_id="run_2")
    added = read_entries(path)[-1]
    assert (added.seq, added.prev_hash) == (8, last.hash)
