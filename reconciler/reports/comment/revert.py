"""The pull request that undoes a run: its commit, its title and its body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reconciler.model.base import sha256_of
from reconciler.model.endpoint import Endpoint
from reconciler.model.reversal import Rejected, RevertReport
from reconciler.reports.markdown_text import MAX_NAME, code, codes, foot, within
from reconciler.reports.markers import hidden, marker
from reconciler.reports.numbers import counted

_TRAILER = "Reconciler-Revert: "
_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
_MAX_REASON = 300
_ROOM = 20_000


def revert_branch(run_id: str) -> str:
    """The branch of the pull request that undoes this run."""
    return f"reconciler/revert-{_UNSAFE.sub('-', run_id)[:100]}"


def revert_title(run_id: str) -> str:
    """A title is not Markdown: what could have a meaning there is replaced."""
    return f"Revert run {_UNSAFE.sub('-', run_id)[:100]}"


def revert_digest(files: Mapping[str, str]) -> str:
    """Hex SHA-256 over the files that a revert writes."""
    return sha256_of(dict(files))


def revert_message(run_id: str, *, digest: str) -> str:
    """The message of the commit, with a trailer by which it is recognised."""
    return (
        f"{revert_title(run_id)}\n\nThe slot files say again what was there before it.\n\n"
        f"{_TRAILER}{digest}\n"
    )


def is_revert_message(message: str) -> bool:
    """Whether it is the message of such a commit."""
    return message.rstrip().rsplit("\n", 1)[-1].startswith(_TRAILER)


def revert_body(
    report: RevertReport,
    rejected: Sequence[Rejected],
    *,
    endpoint: Endpoint,
    digest: str,
    link: str | None,
) -> str:
    """Why the run is undone, and what to know before it is merged."""
    reasons = [
        f"- {code(each.slot_id, most=MAX_NAME)}: {code(each.reason, most=_MAX_REASON)}"
        for each in rejected
    ]
    notes = [
        f"- {code(each.path or '', most=MAX_NAME)} is {code(each.reason, most=_MAX_REASON)}"
        for each in report.written
        if each.reason
    ]
    if report.also:
        notes.append(f"- The same values hold in {codes(report.also)}.")
    lines = [
        marker("revert", endpoint),
        hidden("revert", {"digest": digest}),
        f"The files say again what {counted(len(rejected), 'slot')} had before run "
        f"{code(report.run_id, most=MAX_NAME)}, because it must not stay live:",
        "",
        *within(reasons, count=len(reasons), room=_ROOM, noun="slot"),
        "",
        *within(notes, count=len(notes), room=_ROOM, noun="note"),
        *([""] if notes else []),
        "Nothing is live before this is merged and applied, and no workflow merges it. GitHub "
        "starts no checks for a pull request that a workflow opens: close and reopen it to see its "
        "plan.",
        "",
        foot((), commit=None, link=link, full="The drift report"),
    ]
    return "\n".join(lines)
