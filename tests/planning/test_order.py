"""The law of the planner: at every step of a plan no live slot names a missing one, there is no
cycle, and nothing is left to do at the end. A refusal must be justified."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import PlanningError, PruneRefusedError
from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.model.slot import DesiredSlot, LiveSlot
from tests.support.build import absent, live, plan, slot

IDS = ("s0", "s1", "s2", "s3", "s4", "s5")
HANDOVER = re.compile(r"(s\d) takes '(name of s\d)' from (s\d)")
Edges = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class World:
    """Files and a tenant, both without cycles, and a selection."""

    desired: tuple[DesiredSlot, ...]
    live: tuple[LiveSlot, ...]
    targets: tuple[str, ...]
    prune: bool
    owns: tuple[str, ...]

    def plan(self, live_now: Collection[LiveSlot] | None = None, **selection: Any) -> Plan:
        return plan(
            self.desired,
            self.live if live_now is None else live_now,
            **{"targets": self.targets, "prune": self.prune, "owns": self.owns, **selection},
        )

    @property
    def desired_edges(self) -> Edges:
        return {each.slot_id: each.content.dependencies for each in self.desired if each.content}

    @property
    def used(self) -> Edges:
        return {each.slot_id: each.content.dependencies for each in self.live}

    @property
    def absent(self) -> set[str]:
        return {each.slot_id for each in self.desired if each.is_absent}

    @property
    def deleted(self) -> set[str]:
        """What the selection deletes; with targets, also the live slots that depend on those."""
        owned = {
            slot_id
            for slot_id in self.used
            if self.prune
            and slot_id not in self.desired_edges
            and ("*" in self.owns or slot_id in self.owns)
        }
        asked = (self.absent & self.used.keys()) | owned
        if not self.targets:
            return asked
        chosen = asked & set(self.targets)
        while more := {i for i in asked - chosen if chosen & set(self.used[i])}:
            chosen |= more
        return chosen

    @property
    def afterwards(self) -> Edges:
        """The edges of the files, and of every live slot that stays and has no file."""
        kept = self.used.keys() - self.desired_edges.keys() - self.deleted
        return {**self.desired_edges, **{slot_id: self.used[slot_id] for slot_id in kept}}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    def edges(candidates: Collection[str]) -> dict[str, list[str]]:
        order = draw(st.permutations(IDS))
        return {
            after: [each for each in order[:place] if each in candidates and draw(st.booleans())]
            for place, after in enumerate(order)
        }

    roles = {
        slot_id: draw(st.sampled_from(["present", "present", "absent", "unmanaged", "nowhere"]))
        for slot_id in IDS
    }
    alive = [
        i for i in IDS if roles[i] == "unmanaged" or (roles[i] != "nowhere" and draw(st.booleans()))
    ]
    # Mostly slots that may be depended on; now and then any.
    sound = {i for i in IDS if roles[i] in ("present", "unmanaged")}
    desired_edges = edges(IDS if draw(st.integers(0, 9)) == 0 else sound)
    used = edges(alive)
    patterns = st.sampled_from([("^a$",), ("^b$",)])
    # The files give each name once; a live slot mostly has its own already, or any.
    names = [f"name of {i}" for i in IDS]
    desired_names = dict(zip(IDS, draw(st.permutations(names)), strict=True))
    live_names = {i: draw(st.sampled_from([*[desired_names[i]] * 6, *names])) for i in IDS}
    return World(
        desired=tuple(
            absent(i)
            if roles[i] == "absent"
            else slot(i, *desired_edges[i], patterns=draw(patterns), name=desired_names[i])
            for i in IDS
            if roles[i] in ("present", "absent")
        ),
        live=tuple(live(i, *used[i], patterns=draw(patterns), name=live_names[i]) for i in alive),
        targets=tuple(draw(st.lists(st.sampled_from(IDS), max_size=2, unique=True))),
        prune=draw(st.booleans()),
        owns=tuple(draw(st.sampled_from([["*"], ["s0", "s1", "s2"], []]))),
    )


def has_cycle(edges: Edges) -> bool:
    """Remove slots without dependencies until none can be removed: the rest has a cycle."""
    left = {slot_id: set(used) & edges.keys() for slot_id, used in edges.items()}
    while free := {slot_id for slot_id, used in left.items() if not used & left.keys()}:
        left = {slot_id: used for slot_id, used in left.items() if slot_id not in free}
    return bool(left)


def carry_out(made: Plan, tenant: dict[str, LiveSlot]) -> None:
    """Change the tenant step by step, and look at it after each."""
    done: set[str] = set()
    for change in made.changes:
        assert set(change.depends_on) <= done, f"{change.slot_id} comes before what it depends on"
        if change.action is Action.DELETE:
            del tenant[change.slot_id]
        else:
            assert (change.slot_id in tenant) == (change.action is Action.UPDATE)
            assert change.after is not None
            tenant[change.slot_id] = LiveSlot(slot_id=change.slot_id, content=change.after)
        done.add(change.slot_id)
        edges = {slot_id: each.content.dependencies for slot_id, each in tenant.items()}
        missing = {each for used in edges.values() for each in used} - edges.keys()
        assert not missing, f"after {change.slot_id} the tenant lacks {missing}"
        assert not has_cycle(edges), f"after {change.slot_id} there is a cycle"


@settings(max_examples=600, deadline=None)
@given(worlds())
def test_a_plan_is_safe_at_every_step_and_leaves_nothing_to_do(world: World) -> None:
    try:
        made = world.plan()
    except (PlanningError, PruneRefusedError) as refusal:
        assert_warranted(refusal, world)
        return
    tenant = {each.slot_id: each for each in world.live}
    carry_out(made, tenant)
    assert tenant.keys() == (world.used.keys() - world.deleted) | {
        change.slot_id for change in made.changes if change.action is not Action.DELETE
    }
    gone = world.deleted - world.absent
    targets = tuple(each for each in world.targets if each not in gone)
    if targets or not world.targets:
        again = world.plan(tuple(tenant.values()), targets=targets)
        assert again.changes == ()


def names_shared(made: Plan, world: World) -> set[tuple[str, str]]:
    """Who is given a name while which other slot still has it, if each wave is made at once."""
    names = {each.slot_id: each.content.name for each in world.live}
    shared: set[tuple[str, str]] = set()
    for _, members in groupby(made.changes, key=lambda change: change.wave):
        wave = list(members)
        for change in wave:
            if change.after is not None and change.after.name != names.get(change.slot_id):
                given = change.after.name
                shared |= {(change.slot_id, other) for other in names if names[other] == given}
        for change in wave:
            if change.after is None:
                del names[change.slot_id]
            else:
                names[change.slot_id] = change.after.name
    return shared


@settings(max_examples=600, deadline=None)
@given(worlds())
def test_no_two_live_slots_share_a_name_unless_the_plan_says_so(world: World) -> None:
    try:
        made = world.plan()
    except (PlanningError, PruneRefusedError):
        return
    reported = {
        (taker, holder)
        for warning in made.warnings
        for taker, _, holder in HANDOVER.findall(warning)
    }
    assert reported == names_shared(made, world)
    # A name that is reported cannot be freed in time: its holder keeps it, or waits for the taker.
    before = {change.slot_id: set(change.depends_on) for change in made.changes}
    for taker, holder in reported:
        needed = {holder}
        while more := {j for i in needed for j in before.get(i, ())} - needed:
            needed |= more
        keeps = holder not in before
        assert keeps or taker in needed or waits_through_others(world, holder, taker)


def waits_through_others(world: World, start: str, end: str) -> bool:
    """Whether `start` comes to depend on `end` by what the plan leaves as it is."""
    seen = {start}
    while more := {j for i in seen for j in world.afterwards.get(i, ())} - seen:
        seen |= more
    return end in seen


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_waves_rise_in_the_order_of_execution_and_along_every_dependency(world: World) -> None:
    try:
        made = world.plan()
    except (PlanningError, PruneRefusedError):
        return
    wave = {change.slot_id: change.wave for change in made.changes}
    assert all(before.wave <= after.wave for before, after in pairwise(made.changes))
    for change in made.changes:
        assert all(wave[each] < change.wave for each in change.depends_on)
        if change.action is not Action.DELETE:
            assert all(
                wave.get(each, -1) < change.wave for each in world.desired_edges[change.slot_id]
            )
    assert len(wave) == len(made.changes)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_slots_outside_the_selection_stay_as_they_are(world: World) -> None:
    try:
        made = world.plan()
    except (PlanningError, PruneRefusedError):
        return
    touched = {change.slot_id for change in made.changes}
    deletions = {change.slot_id for change in made.changes if change.action is Action.DELETE}
    assert deletions == world.deleted
    assert (
        set(made.unmanaged)
        == world.used.keys() - world.desired_edges.keys() - world.absent - deletions
    )
    assert touched <= world.desired_edges.keys() | deletions
    if world.targets:
        asked = set(world.targets)
        while more := {j for i in asked for j in world.afterwards.get(i, ())} - asked:
            asked |= more
        assert touched - deletions <= asked


def assert_warranted(refusal: PlanningError | PruneRefusedError, world: World) -> None:
    if isinstance(refusal, PruneRefusedError):
        assert world.prune
        assert not world.owns or not world.desired_edges
        return
    assert refusal.problems
    known = world.desired_edges.keys() | world.used.keys()
    for problem in refusal.problems:
        slot_id = problem.slot_id or ""
        if problem.rule == "unknown-target":
            assert slot_id in world.targets
            assert slot_id not in world.desired_edges.keys() | world.absent | world.deleted
        elif problem.rule == "unknown-dependency":
            assert set(world.desired_edges[slot_id]) - known
        elif problem.rule == "absent-dependency":
            assert set(world.desired_edges[slot_id]) & world.absent
        elif problem.rule == "deletion-in-use":
            assert slot_id in world.deleted
            assert any(
                slot_id in {*world.used.get(user, ()), *world.desired_edges.get(user, ())}
                for user in (world.used.keys() | world.desired_edges.keys()) - world.deleted
            )
        else:
            assert problem.rule == "dependency-cycle"
            assert slot_id in world.desired_edges
            path = problem.message.rsplit(": ", 1)[1].split(" → ")
            assert path[0] == path[-1] == slot_id
            assert all(after in world.afterwards[before] for before, after in pairwise(path))


def test_a_plan_that_only_deletes_begins_with_wave_0() -> None:
    made = plan([absent("a"), absent("b")], [live("a"), live("b", "a")])
    assert [(each.slot_id, each.wave) for each in made.changes] == [("b", 0), ("a", 1)]
