"""Invariant 7: with the faults over, apply again and again ends in "no changes", and in the state
that an undisturbed run reaches.

What the gate rejected is quarantined, and stays a difference for as long as its content stays: so
the end is a run that finds nothing to do but what it must skip. Where a fault, and not its content,
had a good change rejected, somebody tries it again with --retry-failed.
"""

from __future__ import annotations

from pathlib import Path

from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Selection
from reconciler.model.rules.plans import PROTECTED
from tests.simulation.tenant import IN_USE, OTHERS, Content, content_of
from tests.simulation.trace import Violation
from tests.simulation.world import World

GOOD = frozenset({"good", "fair"})
UNLIKE_AN_UNDISTURBED_RUN = (
    "fault: metrics",
    "fault: 500, stored",
    "outcome: inconclusive",
    "event: gate_inconclusive",
    "baseline given up",
    "run, not judged",
    "files: one has vanished",
    "others",
    "taken for another's",
)
"""After these a gate may have judged, rightly, by other numbers than an undisturbed one would."""


def converge(world: World) -> None:
    """Let the faults be over, and see it end. Raises Violation."""
    world.faults.end()
    world.others.odds = 0.0
    world.network.slow_odds = 0.0
    world.tenant.training_seconds = 2.0
    world.tenant.finish_training()
    world.files.write_as_stored()
    world.trace.say("world", "the faults are over")
    _settle(world)
    for slot_id in _wrongly_rejected(world):
        world.trace.count("tried again with --retry-failed")
        world.clock.advance(600.0)
        world.apply(selection=Selection(targets=(slot_id,)), retry_failed=True)
    last = _settle(world)
    _require_nothing_to_do(world, last)
    _require_the_state_asked_for(world, last)


def _settle(world: World) -> RunReport:
    """Apply until a run begins nothing."""
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
            raise Violation(7, "a run crashed by itself")
        if report.error is not None and "No plan can be made" in report.error:
            _allow_a_plan(world)
        elif used := [each.slot_id for each in report.outcomes if IN_USE in each.message]:
            # It may pass, and so the ledger keeps it open: until somebody lets go of it.
            world.trace.count("way cleared")
            for slot_id in used:
                world.others.let_go_of(slot_id)
        elif report.error is None and _is_idle(report):
            return report
    raise Violation(7, f"{most} applies without a fault have not come to an end")


def _allow_a_plan(world: World) -> None:
    """Somebody sees to what keeps a plan from being made: the protection of slots that are to be
    deleted is lifted, and anything else is the work of others."""
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


def _wrongly_rejected(world: World) -> list[str]:
    """Good slots, all of whose dependencies are good, that are not as desired; in order."""
    return [each for each in _good(world) if _live(world, each) != _desired(world, each)]


def _good(world: World) -> list[str]:
    """Slots that no gate has a reason to reject, and that wait for none that it has: in order."""
    scenario = world.scenario
    found: list[str] = []
    for slot in scenario.desired.values():
        ungated = not slot.trigger_retrain or not scenario.settings.gate.enabled
        good = scenario.qualities.get(slot.slot_id) in GOOD and not world.tenant.is_robbed(
            slot.slot_id
        )
        if (good or ungated) and _used(world, slot.slot_id) <= set(found):
            found.append(slot.slot_id)
    return found


def _used(world: World, slot_id: str) -> set[str]:
    """The slots of the files that this one waits for, directly or through slots in no file."""
    found: set[str] = set()
    seen: set[str] = set()
    content = world.scenario.desired[slot_id].content
    waiting = list(content.dependencies if content else ())
    while waiting:
        used = waiting.pop()
        if used in seen:
            continue
        seen.add(used)
        version = world.tenant.slots.get(used)
        if used in world.scenario.desired:
            found.add(used)
        elif version is not None:
            waiting.extend(version.document["dependencies"])
    return found


def _require_nothing_to_do(world: World, last: RunReport) -> None:
    before = world.tenant.moment
    lines = world.ledger.read_bytes() if world.ledger.exists() else b""
    again = world.apply()
    if again is None or world.tenant.moment != before:
        raise Violation(7, "an apply after the last one has written something")
    if [each.slot_id for each in again.outcomes] != [each.slot_id for each in last.outcomes]:
        raise Violation(7, "an apply after the last one has found something else to do")
    if not again.outcomes and world.ledger.exists() and world.ledger.read_bytes() != lines:
        raise Violation(7, "an apply that finds nothing to do has left a trace in the ledger")
    if world.invariants.view.open:
        raise Violation(7, f"still open at the end: {sorted(world.invariants.view.open)}")


def _require_the_state_asked_for(world: World, last: RunReport) -> None:
    scenario = world.scenario
    skipped = {each.slot_id for each in last.outcomes}
    for slot_id in scenario.desired.keys() - skipped:
        if _live(world, slot_id) != _desired(world, slot_id):
            raise Violation(7, f"{slot_id} is not as desired at the end, and nobody says so")
    for slot_id in _good(world):
        if _live(world, slot_id) != _desired(world, slot_id):
            raise Violation(7, f"{slot_id} is not as desired at the end, and nothing is against it")
    for slot_id, document in scenario.live.items():
        version = world.tenant.version(slot_id)
        if slot_id in scenario.desired or version is None or version.author == OTHERS:
            continue
        if version.document != document:
            raise Violation(7, f"{slot_id} is in no file, and is not as it was")


def require_as_undisturbed(world: World, folder: Path) -> None:
    """Compare with a run that nothing befell, where the gate had the same numbers to judge by.

    Raises Violation.
    """
    if any(kind.startswith(UNLIKE_AN_UNDISTURBED_RUN) for kind in world.trace.counts):
        return
    is_wave = world.scenario.settings.rollout.batch == "wave"
    if is_wave and world.trace.counts["outcome: rollback_failed"]:
        return  # what stays live is blamed on whichever watches its victim in the same wave
    twin = World(world.scenario, folder)
    converge(twin)
    world.trace.count("compared with an undisturbed run")
    for slot_id in sorted(world.scenario.live.keys() | world.scenario.desired.keys()):
        if world.scenario.qualities.get(slot_id) == "thief":
            continue  # which passes while its victim has no baseline
        ours, theirs = _live(world, slot_id), _live(twin, slot_id)
        if ours != theirs:
            raise Violation(7, f"{slot_id} is {ours}, and after an undisturbed run {theirs}")


def _live(world: World, slot_id: str) -> Content:
    version = world.tenant.slots.get(slot_id)
    return version.content if version else None


def _desired(world: World, slot_id: str) -> Content:
    return world.tenant.stored(content_of(world.scenario.desired[slot_id].canonical))
