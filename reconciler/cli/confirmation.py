"""Shows the person at the terminal what an apply is about to do, and asks."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from reconciler.cli.output import columns, say, screen_taken
from reconciler.cli.pager import show_paged
from reconciler.errors import Interrupted, ReconcilerError
from reconciler.model.change import Action
from reconciler.model.effect import Effects
from reconciler.model.event import Warned
from reconciler.model.plan import Plan
from reconciler.model.proposal import PlanProposal, Proposal, RecoveryProposal
from reconciler.ports import Observer
from reconciler.reports.left_open import left_open_text
from reconciler.reports.numbers import counted
from reconciler.reports.text.plan import plan_text


class TerminalConfirmation:
    """`ports.Confirmation` on the standard streams.

    `agreed` is True if no question is needed. `quiet` reserves standard output for the report; if
    there is a question, the proposal is then shown on standard error. `meaning` returns what the
    changes of a plan mean.
    """

    def __init__(
        self,
        *,
        agreed: bool,
        quiet: bool,
        observer: Observer,
        meaning: Callable[[Plan], Effects],
    ) -> None:
        self._agreed = agreed
        self._quiet = quiet
        self._observer = observer
        self._meaning = meaning

    def confirm(self, proposal: Proposal) -> None:
        """Raises ReconcilerError if it is declined or nobody can be asked, and Interrupted."""
        if isinstance(proposal, RecoveryProposal):
            self._show(
                left_open_text(
                    proposal.open_changes, rollout=proposal.rollout, judged=proposal.judged
                )
            )
            if not self._agreed:
                ask("Recover this?", otherwise="nothing was changed")
            return
        self._show_plan(proposal)
        if proposal.plan.due and not self._agreed:
            unchanged = "nothing was changed"
            ask(
                "Make these changes?",
                otherwise=f"of the plan, {unchanged}" if proposal.has_begun else unchanged,
                deletions=proposal.plan.counted(Action.DELETE),
            )

    def _show_plan(self, proposal: PlanProposal) -> None:
        """Show the plan, unless the output is silent or the plan was shown before; always show its
        warnings."""
        plan: Plan = proposal.plan
        is_shown_already = proposal.is_saved and bool(plan.changes)
        if is_shown_already:
            self._show(f"Applying the saved plan {plan.digest}, which is still current.")
        else:
            self._show(plan_text(plan, effects=self._meaning(plan), width=columns()))
        if is_shown_already or self._is_silent:
            for warning in plan.warnings:
                self._observer.notice(Warned(message=warning))

    def _show(self, text: str) -> None:
        if not self._quiet:
            show_paged(text + "\n")
        elif not self._is_silent:
            say(text + "\n")

    @property
    def _is_silent(self) -> bool:
        """Whether only the report is shown. Anyone who is asked must see what they approve."""
        return self._quiet and self._agreed


def require_terminal(*, plan: str = "plan") -> None:
    """Raises ReconcilerError if nobody can be asked. `plan` is the command whose saved plan needs
    no question."""
    if not sys.stdin.isatty():
        raise ReconcilerError(
            "Cannot ask for confirmation: this is not a terminal.",
            hint=f"Apply a saved plan (reconciler {plan} --out FILE), or pass --yes.",
        )


def ask(question: str, *, otherwise: str, deletions: int = 0) -> None:
    """Raises ReconcilerError unless the answer is yes or, if slots are deleted, their number: a `y`
    is typed without reading. `otherwise` says what was done until then. Raises Interrupted."""
    require_terminal()
    with screen_taken():
        say(f"{question} {_prompt(deletions)}: ", end="")
        try:
            answer = sys.stdin.readline()
        except KeyboardInterrupt:
            say("")
            raise Interrupted(f"Interrupted; {otherwise}.") from None
    if not answer:  # Ctrl-D does not end the line either
        say("")
    agreed = {str(deletions)} if deletions else {"y", "yes"}
    if answer.strip().lower() not in agreed:
        raise ReconcilerError(f"Declined; {otherwise}.")


def _prompt(deletions: int) -> str:
    if not deletions:
        return "[y/N]"
    lost = click.style(f"deletes {counted(deletions, 'slot')}", fg="red", bold=True)
    return f"This {lost}; type {deletions} to agree"
