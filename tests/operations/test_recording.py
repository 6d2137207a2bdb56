"""A recording of a run's events."""

from __future__ import annotations

from datetime import timedelta

from reconciler.model.event import Warned
from reconciler.operations.recording import Recording
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder


def test_each_event_is_kept_with_its_time_and_passed_on() -> None:
    clock, listener = VirtualClock(), Recorder()
    recording = Recording(listener, clock=clock)
    begun = clock.now()
    recording.notice(Warned(message="one"))
    clock.sleep(3)
    recording.notice(Warned(message="two"))
    assert listener.warnings == ["one", "two"]
    assert [each.at - begun for each in recording.noticed] == [timedelta(0), timedelta(seconds=3)]
    assert [each.event for each in recording.noticed] == listener.heard
