"""A view as text: the lines of the live block, the heartbeat, and the answer to a Ctrl-C.

Plain ASCII apart from the tenant's own words, so that any locale can show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from reconciler.cli.progress.view import Timed, View, Work
from reconciler.model.change import Action
from reconciler.model.duration import duration
from reconciler.model.outcome import STANDING, Status
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted

_LONG_ANSWER_SECONDS = 2.0
"""An answer that takes longer is worth a line."""


def block_lines(view: View, *, now: float, at: datetime) -> tuple[str, ...]:
    """What is going on at `now`, a time of Clock.monotonic, which is `at` on the wall."""
    doing = _change_line(view, now=now) or _snapshot_line(view, now=now) or _measuring_line(view)
    waits = _wait_line(view, now=now, at=at)
    lines = [line for line in (doing, _rates_line(view), waits) if line]
    if view.total:
        lines.append(_count_line(view, now=now))
    elif not lines:
        lines.append(f"working, {duration(now - view.started)}")
    return tuple(lines)


def heartbeat(view: View, *, now: float, at: datetime) -> str:
    """The same on one line."""
    return "; ".join(line.strip() for line in block_lines(view, now=now, at=at))


def stop_lines(view: View, *, now: float) -> tuple[str, ...]:
    """The answer to the first Ctrl-C: how long the changes in progress still take, and what a
    second one would leave behind."""
    if not view.work:
        return ("Stopping. Press again to stop immediately.",)
    hand = [*view.work.values()]
    names = plain(hand[0].slot_id) if len(hand) == 1 else counted(len(hand), "change")
    stored = [each for each in hand if each.is_stored]
    if not stored:
        behind = "Nothing of it is stored yet."
    elif len(stored) == 1:
        behind = (
            f"That would leave {plain(stored[0].slot_id)} {_left(stored[0])} and not judged; the "
            "next apply would finish it."
        )
    else:
        behind = (
            f"That would leave {counted(len(stored), 'slot')} stored and not judged; the next "
            "apply would finish them."
        )
    return (
        f"Stopping after {names}{_still(hand, now=now)}.",
        f"Press again to stop immediately. {behind}",
    )


def _left(work: Work) -> str:
    return "deleted" if work.action is Action.DELETE else "stored"


def _still(hand: list[Work], *, now: float) -> str:
    """How long that takes, as far as it is known."""
    next_steps = [each.doing.until - now for each in hand if each.doing.until is not None]
    deadlines = [each.deadline - now for each in hand if each.deadline is not None]
    soonest = f", at least {duration(max(next_steps))}" if next_steps else ""
    if next_steps and max(next_steps) <= 0:
        soonest = ""
    latest = f", at most {duration(max(deadlines))}" if deadlines and max(deadlines) > 0 else ""
    return f"{soonest}{latest}"


def _change_line(view: View, *, now: float) -> str:
    work = view.current
    if work is None:
        return ""
    others = len(view.work) - 1
    also = f" (and {counted(others, 'other')} in progress)" if others else ""
    step = f"[{_position(view)}/{view.total}] " if view.total else ""
    return f"{step}{work.action.value} {plain(work.slot_id)}: {_timed(work.doing, now=now)}{also}"


def _snapshot_line(view: View, *, now: float) -> str:
    return _timed(view.snapshot, now=now) if view.snapshot else ""


def _measuring_line(view: View) -> str:
    """The slot that is measured without a plan, as `drift --metrics` does."""
    if not view.unmeasured:
        return ""
    whole = view.measured + len(view.unmeasured)
    return f"measuring {plain(view.unmeasured[0])} ({view.measured + 1} of {whole})"


def _position(view: View) -> int:
    """Counts the change whose baseline is read, which has not begun yet."""
    ended = sum(view.ended.values())
    return min(max(view.begun, ended + 1), view.total)


def _timed(doing: Timed, *, now: float) -> str:
    """`settling 9/15 s`; where the end is unknown, `training, 9 s`."""
    spent = max(now - doing.since, 0.0)
    if doing.until is None:
        return f"{plain(doing.text)}, {duration(spent)}" if spent >= 1 else plain(doing.text)
    whole = doing.until - doing.since
    return f"{plain(doing.text)} {min(spent, whole):.0f}/{whole:.0f} s"


def _rates_line(view: View) -> str:
    return f"    {view.current.rates}" if view.current and view.current.rates else ""


def _wait_line(view: View, *, now: float, at: datetime) -> str:
    """The wait for the rate, a pause or a retry, or for an answer that takes its time."""
    wait, indent = view.wait, "    " if view.work else ""
    if wait is not None and wait.until is not None and wait.until > now:
        left = wait.until - now
        until = at + timedelta(seconds=left)
        # The time comes first, because a narrow terminal cuts the end of the line.
        return f"{indent}waiting {left:.0f} s, until {until:%H:%M:%S}Z, for {plain(wait.text)}"
    request = view.request
    if request is not None and now - request.since >= _LONG_ANSWER_SECONDS:
        spent = duration(now - request.since)
        return f"{indent}waiting for the answer to {plain(request.text)}: {spent}"
    return ""


def _count_line(view: View, *, now: float) -> str:
    done = sum(number for status, number in view.ended.items() if status in STANDING)
    counts = [f"{done} done", *_mishaps(view), f"{view.left} left"]
    times = [f"{duration(now - view.started)} so far"]
    remaining = view.remaining(now)
    if remaining is not None and view.left:
        times.append(f"about {duration(remaining)} to go")
    return f"    {', '.join(counts)}; {', '.join(times)}"


def _mishaps(view: View) -> Iterator[str]:
    for status, words in (
        (Status.ROLLED_BACK, "rolled back"),
        (Status.ROLLBACK_FAILED, "not rolled back"),
        (Status.FAILED, "failed"),
        (Status.SKIPPED, "skipped"),
    ):
        number = view.ended.get(status, 0)
        if number:
            yield f"{number} {words}"
