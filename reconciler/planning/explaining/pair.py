"""What two slots both take, and what only one of them does."""

from __future__ import annotations

from reconciler.model.api import Api
from reconciler.model.effect import Effect, Verdict
from reconciler.model.explanation import Shared, SlotComparison
from reconciler.model.state import DesiredState
from reconciler.patterns.modelled import NotModelledError
from reconciler.planning.explaining.slot import shared_text
from reconciler.planning.explaining.subject import Subject
from reconciler.planning.meaning import effect_of
from reconciler.planning.trial import NotTriedError, Trial


def compare_slots(
    first: Subject, second: Subject, *, desired: DesiredState, api: Api
) -> SlotComparison:
    """What the two take, each given alone."""
    for each in (first, second):
        reason = each.obstacle(api) or _not_modelled(each, api)
        if reason is not None:
            reason = f"{each.content.name or each.slot.slot_id}: {reason}"
            effect = Effect(verdict=Verdict.UNDETERMINED, undetermined=reason)
            return SlotComparison(
                first=first.named, second=second.named, effect=effect, undetermined=reason
            )
    trial = Trial(api)
    examples = [*first.examples, *second.examples]
    effect = effect_of(first.content, second.content, examples=examples, api=api, trial=trial)
    both: Shared | None = None
    undetermined: str | None = None
    try:
        both = shared_text(first, second, desired=desired, api=api, trial=trial)
    except (NotModelledError, NotTriedError) as error:
        undetermined = str(error)
    return SlotComparison(
        first=first.named,
        second=second.named,
        effect=effect,
        both=both,
        undetermined=undetermined,
    )


def _not_modelled(subject: Subject, api: Api) -> str | None:
    try:
        subject.modelled(api)
    except NotModelledError as error:
        return str(error)
    return None
