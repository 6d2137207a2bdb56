"""The mutants that no test can kill, because they behave like the code, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from tests.mutants.sampling import Mutant


@dataclass(frozen=True)
class Equivalent:
    """A mutant, identified by its lines before and after, because line numbers change often."""

    path: str
    before: str
    after: str
    reason: str


_GREEDY = (
    "A description is greedy and has no alternatives: its first match in one of its texts is all."
)
EQUIVALENT: tuple[Equivalent, ...] = (
    Equivalent(
        "reconciler/engine/cut_off.py",
        'if action is Action.DELETE and entry.event == "change_applied":',
        'if action is Action.DELETE and entry.event <= "change_applied":',
        "It sorts before the name of every other event.",
    ),
    Equivalent(
        "reconciler/engine/recovery.py",
        "lambda live: _diagnose(attempt, live, stage=open_change.stage) is Diagnosis.STORED,",
        "lambda live: _diagnose(attempt, live, stage=open_change.stage) >= Diagnosis.STORED,",
        "It sorts after every other diagnosis.",
    ),
    Equivalent(
        "reconciler/engine/run.py",
        "self._ports.clock.sleep(0)",
        "self._ports.clock.sleep( -1)",
        "It asks for an interrupt, and waits for nothing either way.",
    ),
    Equivalent(
        "reconciler/planning/analysis.py",
        "if TYPE_CHECKING:",
        "if not TYPE_CHECKING:",
        "It behaves alike; it only starts more slowly.",
    ),
    Equivalent(
        "reconciler/engine/training.py",
        "if live is not None and made.after is not None:",
        "if live is not None or made.after is not None:",
        "What is stored is live if it has a content, and is not if it is deleted.",
    ),
    Equivalent(
        "reconciler/planning/named.py",
        "if len(found) > 1:",
        "if len(found) > 0:",
        "Nobody asks for advice about a name that exactly one slot has.",
    ),
    Equivalent(
        "reconciler/planning/damage.py",
        "for number, (line, *neighbours) in enumerate(zip(lines, before, after, strict=True), 1)",
        "for number, (line, *neighbours) in enumerate(zip(lines, before, after, strict=False), 1)",
        "Each has as many items as there are lines.",
    ),
    Equivalent(
        "reconciler/planning/environments.py",
        "found={key: ids[0] for key, ids, alike in pairs if len(ids) == len(alike) == 1},",
        "found={key: ids[0] for key, ids, alike in pairs if len(ids) == len(alike) <= 1},",
        "Each missing slot is among those that are alike, so there is one at least.",
    ),
    Equivalent(
        "reconciler/planning/explaining/slot.py",
        "continue",
        "break",
        "There are two dialects at most, of which the first is left out.",
    ),
    Equivalent(
        "reconciler/planning/explaining/slot.py",
        "if None in found or any(each != found[0] for each in found):",
        "if None in found or any(each != found[ -1] for each in found):",
        "All are equal to the first if they are equal to the last.",
    ),
    Equivalent(
        "reconciler/planning/evidence.py",
        "is_rejected = self.trials[slot_id].result is TrialResult.REJECTED",
        "is_rejected = self.trials[slot_id].result >= TrialResult.REJECTED",
        "What is rolled back stays that, and what is left unjudged is not rolled back.",
    ),
    Equivalent(
        "reconciler/planning/held.py",
        'each.event == "run_finished" and Status.FAILED.value in counts_in(each.data, "summary")',
        'each.event >= "run_finished" and Status.FAILED.value in counts_in(each.data, "summary")',
        "No event that sorts after it has a summary.",
    ),
    Equivalent(
        "reconciler/planning/meaning.py",
        "is_everywhere = list(reasons.values()).count(reason) == len(self.readings)",
        "is_everywhere = list(reasons.values()).count(reason) >= len(self.readings)",
        "There is at most one reason for each reading.",
    ),
    Equivalent(
        "reconciler/planning/meaning.py",
        "return matched(kind.pattern, text, ignore_case=False, whole=True) == text",
        "return matched(kind.pattern, text, ignore_case=False, whole=False) == text",
        _GREEDY,
    ),
    Equivalent(
        "reconciler/planning/explaining/slot.py",
        "return matched(kind.pattern, text, ignore_case=False, whole=True) == text",
        "return matched(kind.pattern, text, ignore_case=False, whole=False) == text",
        _GREEDY,
    ),
    Equivalent(
        "reconciler/planning/pattern_faults.py",
        "found = _faults(pattern, limits=limits, ignore_case=False, effort=None)",
        "found = _faults(pattern, limits=limits, ignore_case=True, effort=None)",
        "Case matters only to an attack, which is not looked for without effort.",
    ),
    Equivalent(
        "reconciler/planning/planner.py",
        """f"The tenant lists {live.unnamed} slot{'s' if live.unnamed > 1 else ''} without a \"""",
        """f"The tenant lists {live.unnamed} slot{'s' if live.unnamed != 1 else ''} without a \"""",
        "It is not said of none.",
    ),
    Equivalent(
        "reconciler/planning/rollout/progress.py",
        "return len(self.ended) == len(self.stage.names)",
        "return len(self.ended) >= len(self.stage.names)",
        "Only its own targets end in it.",
    ),
    Equivalent(
        "reconciler/adapters/ledger/file/reading.py",
        "_require_file(each, is_ledger=each == path)",
        "_require_file(each, is_ledger=each <= path)",
        "The names of the other two files begin with the ledger's, and sort after it.",
    ),
    Equivalent(
        "reconciler/adapters/ledger/file/reading.py",
        "if status.st_nlink > 1:",
        "if status.st_nlink != 1:",
        "A file that was found by a name has one at least.",
    ),
    Equivalent(
        "reconciler/adapters/ledger/file/writing.py",
        "self._lines.seq = max(len(lines), readable[-1].seq if readable else 0)",
        "self._lines.seq = max(len(lines), readable[-1].seq if readable else -1)",
        "The number of lines is 0 at least.",
    ),
)


def reason(mutant: Mutant, *, listed: tuple[Equivalent, ...]) -> str | None:
    """Why the mutant behaves like the code; None if it is not listed."""
    before, after = mutant.change
    for each in listed:
        if (each.path, each.before, each.after) == (mutant.path, before, after):
            return each.reason
    return None
