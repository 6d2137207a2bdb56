"""The events of a run in a file, while it goes on."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.errors import OutputFileError
from reconciler.model.event import Warned
from reconciler.operations.event_file import EventFile
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder


class Scene:
    """An event file between a run and a listener."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listener = Recorder()
        clock = VirtualClock()
        self.ledger = FileLedgerStore(folder / "ledger.jsonl", clock=clock)
        self.file = EventFile(self.listener, clock=clock)

    def open(self, path: Path) -> None:
        self.file.open(path, slots=self.folder / "slots", ledger=self.ledger)

    def warn(self, message: str) -> None:
        self.file.notice(Warned(message=message))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_each_event_is_there_as_soon_as_it_has_happened(scene: Scene) -> None:
    path = scene.folder / "events.jsonl"
    path.write_text("something older")
    scene.warn("before")
    with closing(scene.file):
        scene.open(path)
        for number in (1, 2):
            scene.warn(f"one {number}")
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            assert [each["message"] for each in lines] == ["one 1", "one 2"][:number]
    scene.warn("after")
    assert len(path.read_text().splitlines()) == 2
    assert scene.listener.warnings == ["before", "one 1", "one 2", "after"]


def test_only_its_owner_may_read_it(scene: Scene) -> None:
    path = scene.folder / "events.jsonl"
    with closing(scene.file):
        scene.open(path)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_file_that_can_no_longer_be_written_is_warned_of_once(scene: Scene) -> None:
    with closing(scene.file):
        scene.open(Path("/dev/full"))
        scene.warn("one")
        scene.warn("two")
    full = "/dev/full can no longer be written: No space left on device."
    assert scene.listener.warnings == ["one", full, "two"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ledger.jsonl", "belongs to the ledger"),
        ("slots/a.yaml", "would be read as a slot file"),
        ("missing/events.jsonl", "cannot be written"),
    ],
)
def test_a_path_that_an_output_may_not_take_is_refused(
    scene: Scene, name: str, reason: str
) -> None:
    with pytest.raises(OutputFileError, match=reason):
        scene.open(scene.folder / name)
