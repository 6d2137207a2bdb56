"""Changes to the safety settings between two versions of the files, for a reviewer: whether each
weakens or strengthens safety. It decides nothing; `limits` and `obstacles` do.

    field                                     weakens                 strengthens
    owns                                      any new glob            only removed globs
    protect, gate.watch                       any removed entry       only new entries
    gate.enabled                              false                   true
    gate.min_success_rate                     lower                   higher
    gate.max_drop                             larger                  smaller
    gate.min_samples                          fewer                   (neither, see below)
    gate.settle_seconds, timeout_seconds      shorter                 longer
    gate.consecutive_passes                   fewer                   more
    gate.when_inconclusive                    pass                    fail
    gate.bake_hours                           fewer                   more
    gate.playbooks, gate.locales              any removed entry       only new entries
    gate.time_range, poll_interval_seconds    (neither)               (neither)
    rollout.batch                             wave                    change
    rollout.on_failure                        halt                    rollback
    snapshot.before_apply                     false                   true
    limits.*                                  larger, or unset        smaller
    watch.apply                               true                    false
    watch.drift_every_minutes                 more                    fewer
    watch.every_minutes                       (neither)               (neither)
    an environment's promote_from             removed                 new
    an environment's soak_hours               fewer                   more
    an environment's expect                   removed                 new
    a slot's protect                          false                   true
    a slot's trigger_retrain                  false: not judged       true

With more `min_samples`, judgements are sounder, but more of them are inconclusive, which may pass:
that counts as neither. `bake_hours` may follow from `time_range`, and is compared as it is in
force. A slot's own gate is compared by the policy in force, which includes the project's gate: a
file that sets a value that is already in force changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from reconciler.model.environment import Environment
from reconciler.model.gate import GatePolicy
from reconciler.model.review import SafetyChange, SafetyEffect
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState

Judge = Callable[[Any, Any], SafetyEffect]


def _lower_weakens(before: float, after: float) -> SafetyEffect:
    return SafetyEffect.WEAKENS if after < before else SafetyEffect.STRENGTHENS


def _higher_weakens(before: float | None, after: float | None) -> SafetyEffect:
    if before is None or (after is not None and after < before):
        return SafetyEffect.STRENGTHENS
    return SafetyEffect.WEAKENS


def _lower_alone_weakens(before: float, after: float) -> SafetyEffect:
    return SafetyEffect.WEAKENS if after < before else SafetyEffect.NEITHER


def _loss_weakens(before: Collection[str], after: Collection[str]) -> SafetyEffect:
    return SafetyEffect.WEAKENS if set(before) - set(after) else SafetyEffect.STRENGTHENS


def _gain_weakens(before: Collection[str], after: Collection[str]) -> SafetyEffect:
    return _loss_weakens(after, before)


def _removal_weakens(before: str | None, after: str | None) -> SafetyEffect:
    if after is None:
        return SafetyEffect.WEAKENS
    return SafetyEffect.STRENGTHENS if before is None else SafetyEffect.NEITHER


def _neither(before: Any, after: Any) -> SafetyEffect:  # noqa: ARG001  # every judge sees both sides
    return SafetyEffect.NEITHER


def _weakest(value: Any) -> Judge:
    return lambda _before, after: (
        SafetyEffect.WEAKENS if after == value else SafetyEffect.STRENGTHENS
    )


GATE: Mapping[str, Judge] = {
    "enabled": _weakest(value=False),
    "min_success_rate": _lower_weakens,
    "max_drop": _higher_weakens,
    "time_range": _neither,
    "min_samples": _lower_alone_weakens,
    "settle_seconds": _lower_weakens,
    "poll_interval_seconds": _neither,
    "timeout_seconds": _lower_weakens,
    "consecutive_passes": _lower_weakens,
    "when_inconclusive": _weakest("pass"),
    "bake_hours": _lower_weakens,
}
PLAYBOOK_GATE: Mapping[str, Judge] = {
    **GATE,
    "flow": _neither,
    "playbooks": _loss_weakens,
    "locales": _loss_weakens,
}
ROLLOUT: Mapping[str, Judge] = {"batch": _weakest("wave"), "on_failure": _weakest("halt")}
SNAPSHOT: Mapping[str, Judge] = {
    "before_apply": _weakest(value=False),
    "timeout_seconds": _neither,
    "max_snapshots": _neither,
}
LIMITS: Mapping[str, Judge] = {
    "requests_per_minute": _higher_weakens,
    "max_attempts": _higher_weakens,
    "max_changes": _higher_weakens,
    "max_delete_fraction": _higher_weakens,
}
WATCH: Mapping[str, Judge] = {
    "apply": _weakest(value=True),
    "every_minutes": _neither,
    "drift_every_minutes": _higher_weakens,
}


@dataclass(frozen=True)
class _Sides:
    """Compares the two versions of a setting in reconciler.yaml, or in a slot's file."""

    slot_id: str | None = None

    def compared(self, field: str, before: Any, after: Any, judge: Judge) -> Iterator[SafetyChange]:
        if before != after:
            yield SafetyChange(
                slot_id=self.slot_id,
                field=field,
                before=_json(before),
                after=_json(after),
                effect=judge(before, after),
            )


def safety_changes(
    desired: DesiredState, settings: Settings, *, base: tuple[DesiredState, Settings]
) -> tuple[SafetyChange, ...]:
    """Each safety setting that differs from `base`: those of reconciler.yaml, then the slots'.

    A slot that is now `state: absent` is a deletion: only its protection counts.
    """
    base_desired, base_settings = base
    found = [*_of_settings(base_settings, settings)]
    for slot_id in sorted(base_desired.keys() | desired.keys()):
        found.extend(
            _of_slot(
                slot_id,
                before=base_desired.get(slot_id),
                after=desired.get(slot_id),
                policies=(base_settings.gate, settings.gate),
            )
        )
    return tuple(found)


def environment_changes(
    before: Environment | None, after: Environment | None
) -> Iterator[SafetyChange]:
    """Each safety setting of the environment itself that differs from what the base says for it;
    None for an environment that is not declared."""
    if before is None or after is None:
        return
    sides, place = _Sides(), f"environments.{after.name}"
    for field, old, new, judge in (
        ("promote_from", before.promote_from, after.promote_from, _removal_weakens),
        ("soak_hours", before.soak_hours, after.soak_hours, _lower_weakens),
        ("expect.origin", before.expect.origin, after.expect.origin, _removal_weakens),
        ("expect.bot_id", before.expect.bot_id, after.expect.bot_id, _removal_weakens),
    ):
        yield from sides.compared(f"{place}.{field}", old, new, judge)


def _of_settings(before: Settings, after: Settings) -> Iterator[SafetyChange]:
    sides = _Sides()
    # Sorted, because their order has no meaning.
    yield from sides.compared("owns", _sorted(before.owns), _sorted(after.owns), _gain_weakens)
    yield from sides.compared(
        "protect", _sorted(before.protect), _sorted(after.protect), _loss_weakens
    )
    yield from _of_gates(sides, before.gate, after.gate, fields=PLAYBOOK_GATE)
    groups = (("rollout", ROLLOUT), ("snapshot", SNAPSHOT), ("limits", LIMITS), ("watch", WATCH))
    for group, judges in groups:
        old, new = getattr(before, group), getattr(after, group)
        for field, judge in judges.items():
            yield from sides.compared(
                f"{group}.{field}", getattr(old, field), getattr(new, field), judge
            )


def _of_gates(
    sides: _Sides, old: GatePolicy, new: GatePolicy, *, fields: Mapping[str, Judge]
) -> Iterator[SafetyChange]:
    """Of these fields, those that either policy has: the policies may be of two APIs."""
    for field, judge in fields.items():
        before, after = _in_force(old, field), _in_force(new, field)
        shown = new.minimum_name if field == "min_success_rate" else field
        yield from sides.compared(f"gate.{shown}", before, after, judge)


def _in_force(policy: GatePolicy, field: str) -> Any:
    return policy.hours_on_probation if field == "bake_hours" else getattr(policy, field, ())


def _of_slot(
    slot_id: str,
    *,
    before: DesiredSlot | None,
    after: DesiredSlot | None,
    policies: tuple[GatePolicy, GatePolicy],
) -> Iterator[SafetyChange]:
    nothing = DesiredSlot(slot_id=slot_id, content=None)
    sides = _Sides(slot_id)
    found = [
        *sides.compared(
            "protect",
            (before or nothing).protect,
            (after or nothing).protect,
            _weakest(value=False),
        )
    ]
    if after is None or not after.is_absent:
        was_there = before is not None and not before.is_absent
        old = before if before is not None and was_there else nothing
        found.extend(_of_directives(sides, old, after or nothing, policies=policies))
    for change in found:
        if after is not None:
            yield change
        elif change.effect is SafetyEffect.STRENGTHENS:
            # The settings of a file that is gone have no effect.
            yield change.model_copy(update={"effect": SafetyEffect.NEITHER, "after": None})
        else:
            yield change.model_copy(update={"after": None})


def _of_directives(
    sides: _Sides,
    before: DesiredSlot,
    after: DesiredSlot,
    *,
    policies: tuple[GatePolicy, GatePolicy],
) -> Iterator[SafetyChange]:
    yield from sides.compared(
        "trigger_retrain", before.trigger_retrain, after.trigger_retrain, _weakest(value=False)
    )
    if before.gate == after.gate:
        return
    old, new = policies[0].overridden_by(before.gate), policies[1].overridden_by(after.gate)
    own = {
        field: judge
        for field, judge in PLAYBOOK_GATE.items()
        if _overridden(before, field) != _overridden(after, field)
    }
    yield from _of_gates(sides, old, new, fields=own)
    yield from sides.compared(
        "gate.watch", _sorted(before.gate.watch), _sorted(after.gate.watch), _loss_weakens
    )


def _overridden(slot: DesiredSlot, field: str) -> Any:
    """What the slot's own gate says about this field; about the bake, it also says how long the
    time range is."""
    said = getattr(slot.gate, field, None)
    return (said, slot.gate.time_range) if field == "bake_hours" else said


def _sorted(entries: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(entries)))


def _json(value: Any) -> JsonValue:
    return list(value) if isinstance(value, tuple) else value
