"""What a person can do about drift, as commands to copy."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from reconciler.model.change import Action, Cause, Change
from reconciler.model.drift import DriftReport
from reconciler.reports.markdown_text import MAX_NAME, codes, fenced
from reconciler.reports.words import is_gone

_MOST = 10
"""The slots that a command names."""


def ways_out(report: DriftReport) -> Iterator[str]:
    """How to adopt what is live, and how to undo it; for drift that is only not applied yet, how
    to apply it."""
    pending = [
        change
        for change in report.changes
        if report.causes.get(change.slot_id) is Cause.NOT_APPLIED
    ]
    kind = report.endpoint.kind
    theirs = [change for change in report.changes if change not in pending]
    if theirs:
        yield from ("#### What to do", "")
        yield from _adopt(theirs, report)
        yield from (
            f"**To undo it**, run the workflow `apply` by hand, which makes the {kind} what the "
            "files say. No pull request has shown this change, so it takes the input `unshown`:",
            "",
            *fenced([f"{_run_apply(report)} --field unshown=true"], language="sh"),
            "",
        )
    elif pending:
        yield from (
            "**To apply** what is not applied yet, run the workflow `apply` again:",
            "",
            *fenced([_run_apply(report)], language="sh"),
            "",
        )


def _adopt(changes: Sequence[Change], report: DriftReport) -> Iterator[str]:
    gone = [each.slot_id for each in changes if is_gone(each, report.causes.get(each.slot_id))]
    live = [each.slot_id for each in changes if each.slot_id not in gone]
    unwanted = [each.slot_id for each in changes if each.action is Action.DELETE]
    if live:
        yield from (
            "**To adopt** what is live, take it into the files, and merge them by pull request:",
            "",
            *_pull(live, environment=report.environment),
            "",
        )
    if unwanted:
        yield from (f"First remove `state: absent` from the files of {codes(unwanted)}.", "")
    if gone:
        yield from (f"**To adopt** a deletion, delete the slot's file: {codes(gone)}.", "")


def _run_apply(report: DriftReport) -> str:
    only = f" --field environment={report.environment}" if report.environment else ""
    return f"gh workflow run apply.yml{only}"


def _pull(slot_ids: Sequence[str], *, environment: str | None) -> list[str]:
    within = f"--env {environment} " if environment else ""
    named = " ".join(f"--slot {shlex.quote(each)}" for each in slot_ids[:_MOST])
    rest = len(slot_ids) - _MOST
    more = [f"# … and {rest} more"] if rest > 0 else []
    command = f"reconciler pull {within}{named} --force"
    return fenced([command, *more], language="sh", most=_MOST * (MAX_NAME + 10))
