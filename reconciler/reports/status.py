"""How slots stand in the environments, in words: the parts of several reports."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.failure import Failure
from reconciler.model.listed import listed
from reconciler.model.status import ONLY, SlotStatus, StatusReport
from reconciler.reports.numbers import counted

SYMBOL = {
    SlotStatus.AS_DESIRED: "✓",
    SlotStatus.DIFFERS: "~",
    SlotStatus.MISSING: "+",
    SlotStatus.WAITING: "…",
    SlotStatus.REJECTED: "✗",
    SlotStatus.DRIFTED: "!",
    SlotStatus.BELOW_GATE: "↓",
}
NO_RUN = "none in the ledger"
NO_ACCESS = "no access"


def said(status: SlotStatus) -> str:
    """`below gate`."""
    return status.value.replace("_", " ")


def others_as_desired(report: StatusReport) -> str:
    """How many of the slots are as desired everywhere; "" if there is none, or nothing is known."""
    number = len(report.as_desired)
    if not report.known or not number:
        return ""
    names = [each.name for each in report.known]
    is_whole = len(names) == len(report.environments)
    where = "everywhere" if is_whole else f"in {listed(names)}"
    if len(report.environments) == 1:
        where = ""
    verb = "is" if number == 1 else "are"
    return f"{counted(number, 'slot')} {verb} as desired {where}".rstrip() + "."


def failure_lines(failure: Failure) -> Iterator[str]:
    """The lines of its message, its problems, each with its way out, and the one of them all."""
    yield from (line.strip() for line in failure.message.split("\n"))
    for each in failure.problems:
        yield f"{each.place}{each.message} [{each.rule}]"
        if each.hint:
            yield each.hint
    if failure.hint:
        yield failure.hint


def without_access(report: StatusReport) -> str:
    """Which environments there is no access to, and the way out; "" if there are none."""
    lacking = [each for each in report.environments if not each.has_access]
    if not lacking:
        return ""
    hint = lacking[0].failure.hint if lacking[0].failure else ""
    whose = "its" if len(lacking) == 1 else "their"
    names = listed(each.name for each in lacking)
    return f"No access to {names}: none of {whose} variables are set. {hint}".rstrip()


def next_step(report: StatusReport) -> str:
    """The command that shows more; "" if all is as desired."""
    if all(slot.slot_id in report.as_desired for slot in report.slots):
        return ""
    has_environments = any(each.name != ONLY for each in report.environments)
    return f"See what differs, and why: reconciler drift{' --env NAME' if has_environments else ''}"
