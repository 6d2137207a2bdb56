"""What earlier runs left open, or live although rejected, as it is shown before it is recovered."""

from __future__ import annotations

from collections.abc import Iterable

import click

from reconciler.model.change import Action
from reconciler.model.ledger import OpenChange, Stage
from reconciler.model.settings import Rollout
from reconciler.reports.escaping import plain


def left_open_text(changes: Iterable[OpenChange], *, rollout: Rollout, judged: bool) -> str:
    """Each change with its run, and what will probably be done about it."""
    lines = [click.style("From earlier runs, and recovered before anything else:", bold=True)]
    for each in changes:
        title = click.style(f"{each.action.value} {plain(each.slot_id)}", fg="yellow", bold=True)
        prospect = _prospect(each, rollout=rollout, judged=judged)
        lines.append(f"    {title}  of run {plain(each.run_id)}: {plain(prospect)}")
    return "\n".join(lines)


def _prospect(change: OpenChange, *, rollout: Rollout, judged: bool) -> str:
    halts = rollout.on_failure == "halt"
    if change.again:
        end = "left in place (on_failure: halt)" if halts else "rolled back"
        return f"rejected ({change.reason}) but live: it is judged again, and {end} if it fails"
    if change.stage is Stage.REJECTED:
        end = "is left in place (on_failure: halt)" if halts else "is rolled back"
        return f"rejected ({change.reason}): it {end}"
    if change.action is Action.DELETE:
        return "if the slot is gone, the deletion is confirmed"
    if not judged or not change.trigger_retrain:
        return "if it is live, it stays without being judged"
    return "if it is live, it is judged" + ("" if halts else ", and rolled back if its gate fails")
