"""What comparing patterns decides, and costs: `python -m tests.benchmarks.effects`.

The corpus is of edits as people make them. The cost is that of a plan in which fifty slots change,
in seconds of CPU on one core, beside that of validating the same slots.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.effect import Effect
from reconciler.model.slot import DesiredSlot, Examples, LiveSlot, MatchExample
from reconciler.model.state import DesiredState
from reconciler.planning.effects import MAX_SLOTS, effects_of
from reconciler.planning.meaning import effect_of
from reconciler.planning.trial import Trial
from reconciler.planning.validate import validate
from tests.support.build import content, live, plan, slot
from tests.support.edits import EDITS, Edit


def effect(edit: Edit) -> Effect:
    """What the edit means to a slot of version 1."""
    before, after = (
        content(patterns=patterns, fill_strategy=edit.strategy)
        for patterns in (edit.before, edit.after)
    )
    trial = Trial(COGNIGY_V1)
    return effect_of(before, after, examples=edit.examples, api=COGNIGY_V1, trial=trial)


def kind(found: Effect) -> str:
    """The verdict, and whether something in it is not determined."""
    return found.verdict.value + (" (in part)" if found.undetermined else "")


def bot() -> tuple[list[DesiredSlot], list[LiveSlot]]:
    """Fifty slots of the corpus, all of which change."""
    numbered = list(enumerate(EDITS[:MAX_SLOTS]))
    desired = [
        replace(
            slot(f"s{number}", patterns=edit.after, fill_strategy=edit.strategy),
            examples=Examples(match=tuple(MatchExample(text=each) for each in edit.examples)),
        )
        for number, edit in numbered
    ]
    held = [
        live(f"s{number}", patterns=edit.before, fill_strategy=edit.strategy)
        for number, edit in numbered
    ]
    return desired, held


def cost(run: Callable[[], object]) -> float:
    """Seconds of CPU."""
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    """Print the distribution of verdicts, and the costs."""
    desired, held = bot()
    state = DesiredState([replace(each, examples=Examples()) for each in desired])
    changes = plan(state, held)
    state = DesiredState(desired)
    first = cost(lambda: effects_of(changes, desired=state, api=COGNIGY_V1))
    validation = cost(lambda: validate(state, api=COGNIGY_V1))
    effects = [effect(edit) for edit in EDITS]
    costs = [cost(partial(effect, edit)) for edit in EDITS]
    print(f"{len(EDITS)} edits:")
    for verdict, count in Counter(map(kind, effects)).most_common():
        print(f"  {verdict:24} {count:3}  {count / len(EDITS):4.0%}")
    witnesses = [each for found in effects for each in (*found.newly_takes, *found.no_longer_takes)]
    described = sum(each.all_of is not None for each in witnesses)
    print(f"  {len(witnesses)} texts, {described} of them with a description")
    print(f"CPU an edit: median {median(costs):.4f} s, most {max(costs):.4f} s")
    print(f"{MAX_SLOTS} changed slots: {first:.2f} s CPU; their validation: {validation:.2f} s")


if __name__ == "__main__":
    main()
