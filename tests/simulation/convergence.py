"""Invariant 7: once the faults are over, apply again and again ends in "no changes", and in the
state that an undisturbed run reaches.

A change that the gate rejected is skipped, and remains a difference until its content changes.
So at the end a run finds nothing to do except changes that it must skip. A good change that was
rejected because of a fault, not of its content, is tried again with --retry-failed; so is one that
`on_failure: halt` has left in place.
"""

from __future__ import annotations

from pathlib import Path

from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Selection
from reconciler.model.rules.plans import PROTECTED
from tests.simulation.tenant import IN_USE, OURS
from tests.simulation.trace import Violation
from tests.simulation.world import World

UNLIKE_AN_UNDISTURBED_RUN = (
    "fault: metrics",
    "fault: 500, stored",
    "runPlaybook: flaky",
    "outcome: inconclusive",
    "event: gate_inconclusive",
    "baseline given up",
    "run, not judged",
    "files: one has vanished",
    "others",
    "mistaken for a foreign edit",
)
"""After these, a gate may rightly have judged by other numbers than an undisturbed one."""
UNTRAINED = ("outcome: rollback_failed", "deleted, but not trained", "others")
"""After these, the ledger says that what is trained may not be what is live."""
UNTRAINED_HALTED = (*UNTRAINED, "trainIntents")
"""What `on_failure: halt` leaves in place may be what could not be trained."""


def converge(world: World) -> None:
    """End the faults, and check that applying converges. Raises Violation."""
    world.faults.end()
    world.others.odds = 0.0
    world.network.slow_odds = 0.0
    world.clock.advance(20_000.0)  # what is under way ends
    world.tenant.calm_down()
    world.files.write_as_stored()
    world.trace.say("world", "the faults are over")
    last = _settle(world)
    if _try_again(world, last):
        last = _settle(world)
    _require_nothing_to_do(world, last)
    _require_the_state_asked_for(world, last)


def _try_again(world: World, settled: RunReport) -> bool:
    """Apply each good slot that is not as desired, or was rejected and is live; whether there was
    one."""
    rejected = {each.slot_id for each in settled.rejected if each.live}
    is_tried = False
    for slot_id in _good(world):
        if slot_id not in rejected and _is_as_desired(world, slot_id):
            continue
        is_tried = True
        world.trace.count("tried again with --retry-failed")
        world.clock.advance(600.0)
        world.apply(selection=Selection(targets=(slot_id,)), retry_failed=True)
    return is_tried


def _settle(world: World) -> RunReport:
    """Apply until a run changes nothing."""
    most = 6 + 3 * len(world.scenario.desired)
    for _ in range(most):
        world.clock.advance(600.0)
        report = world.apply()
        if report is not None and "lists none of the slots that the files describe" in (
            report.error or ""
        ):
            world.trace.count("created by name")
            named = report.hint.rsplit(" ", 1)[1]
            report = world.apply(selection=Selection(targets=(named,)), retry_failed=True)
        if report is None:
            raise Violation(7, "a run crashed without a fault")
        if world.tenant.doubled() or "No plan can be made" in (report.error or ""):
            _allow_a_plan(world)
        elif used := [each.slot_id for each in report.outcomes if IN_USE in each.message]:
            # This may pass, so the ledger keeps it open, until someone removes the references.
            world.trace.count("way cleared")
            for slot_id in used:
                world.others.let_go_of(slot_id)
        elif report.error is None and _is_idle(report):
            return report
    raise Violation(7, f"{most} applies without a fault do not converge")


def _allow_a_plan(world: World) -> None:
    """Remove what prevents a plan: lift the protection of slots to delete; anything else is undone
    by the other people who caused it."""
    if world.problems != {PROTECTED.id}:
        world.trace.count("way cleared")
        world.others.clear_the_way()
        return
    for slot_id in sorted(world.invariants.protection.slots & world.tenant.slots.keys()):
        if world.scenario.desired[slot_id].is_absent:
            world.trace.count("protection lifted")
            lifting = world.files.lifting(slot_id)
            world.apply(project=lifting, selection=Selection(targets=(slot_id,)))


def _is_idle(report: RunReport) -> bool:
    return all(each.status is Status.SKIPPED and not each.recovered for each in report.outcomes)


def _good(world: World) -> list[str]:
    """Slots that no gate has a reason to reject, nor any of their dependencies; in order."""
    scenario = world.scenario
    good_ones: list[str] = []
    for slot in scenario.desired.values():
        ungated = not slot.trigger_retrain or not scenario.settings.gate.enabled
        good = ungated or world.tenant.is_good(slot.slot_id)
        if good and _used(world, slot.slot_id) <= set(good_ones):
            good_ones.append(slot.slot_id)
    return good_ones


def _used(world: World, slot_id: str) -> set[str]:
    """The slots of the files that this one depends on, directly or through unmanaged slots."""
    found: set[str] = set()
    seen: set[str] = set()
    content = world.scenario.desired[slot_id].content
    waiting = list(content.dependencies if content else ())
    while waiting:
        used = waiting.pop()
        if used in seen:
            continue
        seen.add(used)
        version = world.tenant.versions.get(used)
        if used in world.scenario.desired:
            found.add(used)
        elif version is not None:
            waiting.extend(version.document.get("dependencies", ()))
    return found


def _require_nothing_to_do(world: World, last: RunReport) -> None:
    before = world.tenant.moment
    lines = world.ledger.read_bytes() if world.ledger.exists() else b""
    again = world.apply()
    if again is None or world.tenant.moment != before:
        raise Violation(7, "an apply after the last one wrote to the tenant")
    if [each.slot_id for each in again.outcomes] != [each.slot_id for each in last.outcomes]:
        raise Violation(7, "an apply after the last one found something else to do")
    if not again.outcomes and world.ledger.exists() and world.ledger.read_bytes() != lines:
        raise Violation(7, "an apply that found nothing to do left a trace in the ledger")
    if world.invariants.view.open:
        raise Violation(7, f"still open at the end: {sorted(world.invariants.view.open)}")


def _require_the_state_asked_for(world: World, last: RunReport) -> None:
    scenario = world.scenario
    skipped = {each.slot_id for each in last.outcomes}
    for slot_id in scenario.desired.keys() - skipped:
        if not _is_as_desired(world, slot_id):
            raise Violation(
                7, f"{slot_id} is not as desired at the end, and the report does not say so"
            )
    for slot_id in _good(world):
        if not _is_as_desired(world, slot_id):
            raise Violation(7, f"{slot_id} is not as desired at the end, for no reason")
    for slot_id, version in world.tenant.versions.items():
        if slot_id not in scenario.desired and version.author == OURS:
            raise Violation(7, f"{slot_id} is unmanaged, and was changed")
    untrained = world.tenant.untrained()
    untrainable = UNTRAINED_HALTED if scenario.settings.rollout.on_failure == "halt" else UNTRAINED
    if untrained and not any(kind.startswith(untrainable) for kind in world.trace.counts):
        raise Violation(7, untrained)


def require_as_undisturbed(world: World, folder: Path) -> None:
    """Compare with an undisturbed run, if its gates judged by the same numbers.

    Raises Violation.
    """
    if any(kind.startswith(UNLIKE_AN_UNDISTURBED_RUN) for kind in world.trace.counts):
        return
    is_wave = world.scenario.settings.rollout.batch == "wave"
    if is_wave and world.trace.counts["outcome: rollback_failed"]:
        return  # what stays live is blamed on any slot that watches its victim in the same wave
    twin = World(world.subject, world.scenario, folder)
    converge(twin)
    world.trace.count("compared with an undisturbed run")
    for slot_id in sorted(world.scenario.live.keys() | world.scenario.desired.keys()):
        if not world.tenant.is_judged_alone(slot_id):
            continue
        live, undisturbed = world.tenant.live(slot_id), twin.tenant.live(slot_id)
        if live != undisturbed:
            raise Violation(7, f"{slot_id} is {live}, and after an undisturbed run {undisturbed}")


def _is_as_desired(world: World, slot_id: str) -> bool:
    return world.tenant.is_as_desired(world.scenario.desired[slot_id])
