"""Progress where nothing can be replaced."""

from __future__ import annotations

import pytest

from reconciler.cli import output
from reconciler.cli.progress import Progress
from reconciler.cli.progress.lines import Lines
from reconciler.model.change import Action, Change
from reconciler.model.event import BaselineRead, ChangeBegun, PlanBegun, Warned
from tests.support.clock import VirtualClock

FRUIT = Change(slot_id="slot_fruit", name="fruit", action=Action.UPDATE, wave=0)


class Scene:
    """Progress under a clock that the test moves, written to a file."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self._written = ""
        self.clock = VirtualClock()
        self.progress = Progress(self.clock, Lines(self.clock, heartbeat_seconds=15.0))

    def wait(self, seconds: float) -> None:
        """Let time pass, in which the other thread looks twice a second."""
        for _ in range(int(seconds * 2)):
            self.clock.advance(0.5)
            self.progress.tick()

    @property
    def lines(self) -> list[str]:
        self._written += self._capture.readouterr().err
        return self._written.splitlines()


@pytest.fixture
def scene(capsys: pytest.CaptureFixture[str]) -> Scene:
    return Scene(capsys)


def test_a_step_is_a_line_with_its_time(scene: Scene) -> None:
    scene.progress.notice(PlanBegun(changes=(FRUIT,)))
    scene.clock.advance(65)
    scene.progress.notice(ChangeBegun(change=FRUIT))
    assert scene.lines == ["09:01:05Z [1/1] update slot_fruit (fruit)"]


def test_there_is_at_most_one_line_a_second_and_nothing_is_lost(scene: Scene) -> None:
    scene.progress.notice(PlanBegun(changes=(FRUIT,)))
    for _ in range(40):
        scene.progress.notice(ChangeBegun(change=FRUIT))
        scene.clock.advance(0.1)
        scene.progress.tick()
    scene.progress.close()
    assert "; ".join(scene.lines).count("update slot_fruit") == 40
    assert len(scene.lines) <= 5


def test_lines_that_wait_come_before_a_result(scene: Scene) -> None:
    scene.progress.start()
    scene.progress.notice(PlanBegun(changes=(FRUIT,)))
    scene.progress.notice(ChangeBegun(change=FRUIT))
    scene.progress.notice(BaselineRead(slot_id="slot_fruit", baseline=0.5))
    assert len(scene.lines) == 1
    output.show("Applied.")
    assert scene.lines[1:] == ["09:00:00Z baseline 0.500"]
    scene.progress.close()
    assert len(scene.lines) == 2


def test_a_heartbeat_comes_every_15_seconds_while_nothing_happens(scene: Scene) -> None:
    scene.wait(14.5)
    assert scene.lines == []
    scene.wait(31)
    assert scene.lines == [
        "09:00:15Z working, 15 s",
        "09:00:30Z working, 30 s",
        "09:00:45Z working, 45 s",
    ]


def test_a_line_puts_the_heartbeat_off(scene: Scene) -> None:
    scene.wait(14)
    scene.progress.notice(BaselineRead(slot_id="slot_fruit", baseline=0.5))
    scene.wait(14)
    assert scene.lines == ["09:00:14Z baseline 0.500"]


def test_a_warning_stands_by_itself(scene: Scene) -> None:
    scene.progress.notice(BaselineRead(slot_id="slot_fruit", baseline=0.5))
    scene.progress.notice(Warned(message="Look here."))
    assert scene.lines[-1] == "Warning: Look here."


def test_after_the_end_nothing_is_written(scene: Scene) -> None:
    scene.progress.close()
    scene.wait(60)
    assert scene.lines == []
