"""Invariant 7 over version 2: once the faults are over, apply again and again ends in "no changes",
every good slot is as desired, and nothing bad is live."""

from __future__ import annotations

from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Selection
from tests.simulation.trace import Violation
from tests.simulation.v2.tenant import OTHERS, canonical, quiet
from tests.simulation.v2.world import World

BLURS = ("runPlaybook: flaky", "no worse than before")
"""After these, a gate may rightly have let pass what it should not."""
UNTRAINED = ("outcome: rollback_failed", "deleted, but not trained", "others")
"""After these, the ledger says that what is trained may not be what is live."""


def converge(world: World) -> None:
    """End the faults, and check that applying converges. Raises Violation."""
    world.network.odds = {}
    world.mishap_odds = 0.0
    world.others.odds = 0.0
    world.clock.advance(20_000.0)
    world.tenant.finish()
    world.tenant.features = quiet(world.tenant.features)
    world.others.clear_the_way()
    world.trace.say("world", "the faults are over")
    last = _settle(world)
    for slot_id in _good(world):
        if not world.invariants.is_as_desired(slot_id):
            world.trace.count("tried again with --retry-failed")
            world.clock.advance(600.0)
            world.apply(selection=Selection(targets=(slot_id,)), retry_failed=True)
            last = _settle(world)
    _require_the_end(world, last)


def _settle(world: World) -> RunReport:
    """Apply until a run changes nothing."""
    most = 4 + 3 * len(world.scenario.desired)
    report = None
    for _ in range(most):
        world.clock.advance(600.0)
        report = world.apply()
        if report is None:
            raise Violation(7, "a run crashed without a fault")
        if "lists none of the slots that the files describe" in (report.error or ""):
            world.trace.count("created by name")
            named = report.hint.rsplit(" ", 1)[1]
            world.apply(selection=Selection(targets=(named,)), retry_failed=True)
        elif report.error is None and all(
            each.status is Status.SKIPPED and not each.recovered for each in report.outcomes
        ):
            return report
    raise Violation(7, f"{most} applies without a fault do not converge: {report}")


def _good(world: World) -> list[str]:
    """Slots that no gate has a reason to reject, nor any of their dependencies; in order. In a
    wave, the asserts that fail because of one may accuse another, or nobody."""
    flows, qualities = world.invariants.flows, world.scenario.qualities
    blamed = {flows[each] for each, quality in qualities.items() if quality in ("rude", "thief")}
    is_wave = world.scenario.settings.rollout.batch == "wave"
    good: list[str] = []
    for slot in world.scenario.desired.values():
        is_judged_alone = slot.is_absent or not is_wave or flows[slot.slot_id] not in blamed
        used = slot.content.dependencies if slot.content else ()
        is_good = qualities.get(slot.slot_id, "good") == "good"
        if is_good and is_judged_alone and set(used) <= set(good):
            good.append(slot.slot_id)
    return good


def _require_the_end(world: World, last: RunReport) -> None:
    before = world.tenant.moment
    again = world.apply()
    if again is None or world.tenant.moment != before:
        raise Violation(7, "an apply after the last one wrote to the tenant")
    if [each.slot_id for each in again.outcomes] != [each.slot_id for each in last.outcomes]:
        raise Violation(7, "an apply after the last one found something else to do")
    if world.invariants.view.open:
        raise Violation(7, f"still open at the end: {sorted(world.invariants.view.open)}")
    _require_good_and_no_bad(world)
    _require_trained(world)
    _require_others_untouched(world)


def _require_good_and_no_bad(world: World) -> None:
    is_blurred = any(kind.startswith(BLURS) for kind in world.trace.counts)
    for slot_id in _good(world):
        if not world.invariants.is_as_desired(slot_id) and not is_blurred:
            raise Violation(7, f"{slot_id} is not as desired at the end, for no reason")
    for slot_id, quality in world.scenario.qualities.items():
        last_version = world.tenant.last(world.invariants.flows[slot_id], slot_id)
        is_theirs = last_version is not None and last_version.author == OTHERS
        is_bad = quality != "good" and not is_theirs and not is_blurred
        if is_bad and world.invariants.is_as_desired(slot_id):
            raise Violation(7, f"{slot_id} is {quality}, and is live at the end")


def _require_others_untouched(world: World) -> None:
    for name, (flow, fields) in world.scenario.live.items():
        last_version = world.tenant.last(flow, name)
        if name in world.scenario.desired or last_version is None:
            continue
        if last_version.author != OTHERS and canonical(last_version.fields) != canonical(fields):
            raise Violation(7, f"{name} is unmanaged, and was changed")


def _require_trained(world: World) -> None:
    if any(kind.startswith(UNTRAINED) for kind in world.trace.counts):
        return
    for (flow, locale), trained in world.tenant.trained.items():
        live = {each.name: canonical(each.now.fields) for each in world.tenant.of(flow)}
        if trained != live:
            raise Violation(7, f"{flow} is trained on {trained} in {locale}, and {live} is live")
