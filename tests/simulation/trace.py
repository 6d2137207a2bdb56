"""What happened in one seed, for a reader, and how often each kind of thing happened."""

from __future__ import annotations

from collections import Counter

from reconciler.model.outcome import RunReport
from tests.support.clock import VirtualClock


class Violation(BaseException):
    """An invariant is broken. `number` is its number in `invariants`; 0 is a bug in reconciler.

    Not an Exception, because the code under test must not catch it.
    """

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"invariant {number}: {message}")
        self.number = number
        self._message = message

    def __reduce__(self) -> tuple[type[Violation], tuple[int, str]]:
        return type(self), (self.number, self._message)


class Trace:
    """The lines of one seed, each with its virtual time, and its counts by kind."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._lines: list[tuple[float, str, str]] = []
        self.counts: Counter[str] = Counter()

    def say(self, who: str, what: str) -> None:
        """Add a line."""
        self._lines.append((self._clock.monotonic(), who, what))

    def count(self, kind: str) -> None:
        """Count one of a kind."""
        self.counts[kind] += 1

    def report(self, report: RunReport) -> None:
        """Add the outcomes of a run, and how it ended. Raises Violation for a bug."""
        for outcome in report.outcomes:
            self.say("outcome", f"{outcome.slot_id} {outcome.status.value}: {outcome.message}")
            self.count(f"outcome: {outcome.status.value}")
        if report.error is not None:
            self.say("error", report.error)
        self.say("run", f"ended with exit code {report.exit_code}")
        self.count(f"exit code: {report.exit_code}")
        if report.error is not None and "bug in reconciler" in report.error:
            raise Violation(0, report.error)

    def __str__(self) -> str:
        return "\n".join(f"{at:10.3f}  {who:<8}  {what}" for at, who, what in self._lines)
