"""What an event says in words."""

from __future__ import annotations

from reconciler.model.event import RequestRepeated


def test_a_repeated_request_says_what_failed_and_when_it_is_sent_again() -> None:
    event = RequestRepeated(reason="It failed.", attempt=2, attempts=5, seconds=1.25, until=9.0)
    assert event.message == "It failed. Trying again in 1.2 s."
