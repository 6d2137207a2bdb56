"""Desired and live state → a Plan, or every reason why there is none.

    difference  what is to be created, updated, deleted
    scope       --target narrows it, with what it depends on; --prune widens it to what we own
    checks      nothing may come to depend on a missing slot, and nothing protected goes
    order       creations and updates by wave, then deletions, dependents first

At every step of that order no live slot names a missing one, and there is no cycle: an update is
made when all that it will depend on is already as desired, and a slot is deleted when everything
that used it has let go of it.
"""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from reconciler.errors import PlanningError, PruneRefusedError
from reconciler.model.change import Action, Change
from reconciler.model.plan import Plan, Scope, Summary, Target
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning import graph
from reconciler.planning.diff import changed_fields
from reconciler.planning.validate import validate

PARTIAL_PLAN = "This plan is PARTIAL (--target): other differences are left as they are."


def make_plan(
    desired: DesiredState,
    live: LiveState,
    *,
    settings: Settings,
    target: Target,
    tool_version: str,
    scope: Scope,
    protected: Collection[str] = (),
) -> Plan:
    """Plan the way from `live` to `desired`.

    `protected` are slot ids that must not be deleted, beside those of the settings and files.
    Raises PlanningError with every problem found, and PruneRefusedError.
    """
    planning = _Planning(
        desired, live, settings=settings, scope=scope, protected=frozenset(protected)
    )
    planning.check()
    changes = (*planning.creations_and_updates(), *planning.deletions())
    counts = {action.value: 0 for action in Action}
    for change in changes:
        counts[change.action.value] += 1
    return Plan(
        target=target,
        scope=scope,
        tool_version=tool_version,
        desired_digest=desired.digest,
        summary=Summary(
            **counts,
            unchanged=len(planning.unchanged),
            unmanaged=len(planning.unmanaged),
            claimed=planning.claimed,
        ),
        changes=changes,
        unmanaged=tuple(sorted(planning.unmanaged)),
        warnings=planning.warnings(),
    )


class _Planning:
    """One planning: the sets that its steps share."""

    def __init__(
        self,
        desired: DesiredState,
        live: LiveState,
        *,
        settings: Settings,
        scope: Scope,
        protected: frozenset[str],
    ) -> None:
        self._desired = desired
        self._live = live
        self._scope = scope
        self._protected = protected | set(settings.protect)
        present = {slot.slot_id for slot in desired.values() if not slot.is_absent}
        self.unchanged = {
            slot_id
            for slot_id in present & live.keys()
            if desired[slot_id].canonical == live[slot_id].canonical
        }
        unmanaged = live.keys() - desired.keys()
        owned = {
            slot_id
            for slot_id in unmanaged
            if any(fnmatchcase(slot_id, glob) for glob in settings.owns)
        }
        self.claimed = len(live.keys() & desired.keys()) + len(owned)
        pruned = self._prune(owned, settings=settings)
        self._problems: list[Problem] = []
        self._present = present
        self._to_delete = ((desired.keys() - present) & live.keys()) | pruned
        if scope.targets:
            self._narrow_deletions()
        self.unmanaged = unmanaged - self._to_delete
        self._present_graph = self._graph_afterwards()
        self._to_write = present - self.unchanged
        if scope.targets:
            self._to_write &= graph.reachable(self._present_graph, scope.targets)

    def _graph_afterwards(self) -> dict[str, Collection[str]]:
        """What depends on what once this plan is carried out, as far as it concerns the files.

        Slots that stay as they are, whether unmanaged or outside the targets, keep their edges;
        those that no file leads to are left out: another team's cycle is none of our business.
        """
        kept = self._live.keys() - self._present - self._to_delete
        edges = {
            **{slot_id: self._wanted(slot_id) for slot_id in self._present},
            **{slot_id: self._used_live(slot_id) for slot_id in kept},
        }
        concerned = graph.reachable(edges, self._present)
        return {slot_id: used for slot_id, used in edges.items() if slot_id in concerned}

    def _prune(self, owned: set[str], *, settings: Settings) -> set[str]:
        if not self._scope.prune:
            return set()
        if not settings.owns:
            raise PruneRefusedError(
                "--prune is refused: reconciler.yaml does not say what this project owns.",
                hint="The tenant's listing holds other teams' slots too. Name yours in `owns`, "
                'as globs over slot_id; ["*"] claims the whole tenant.',
            )
        if not self._desired:
            raise PruneRefusedError(
                "--prune is refused: the files describe no slot at all, so it would delete "
                f"every slot that `owns` claims ({len(owned)}).",
                hint="Check --slots; to delete slots on purpose, use `state: absent`.",
            )
        return owned

    def _narrow_deletions(self) -> None:
        """Keep the targets' deletions, and those of what depends on them."""
        targets = set(self._scope.targets)
        for slot_id in sorted(targets - self._desired.keys() - self._to_delete):
            what = "in no file" if slot_id in self._live else "neither in a file nor live"
            self._report(slot_id, "unknown-target", f"--target {slot_id}: the slot is {what}")
        dependents = graph.reversed_graph(
            {slot_id: self._used_live(slot_id) for slot_id in self._to_delete}
        )
        self._to_delete &= graph.reachable(dependents, targets)

    def check(self) -> None:
        """Raises PlanningError with everything that stands in the way of this plan."""
        problems = [
            problem
            for problem in validate(self._desired)
            if problem.is_error and not self._stood_before(problem)
        ]
        reported = {(problem.rule, problem.slot_id) for problem in problems}
        self._check_dependencies()
        self._check_deletions()
        if not any(rule in ("dependency-cycle", "self-dependency") for rule, _ in reported):
            self._check_cycles()
        problems.extend(p for p in self._problems if (p.rule, p.slot_id) not in reported)
        if problems:
            count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
            raise PlanningError(
                f"There is no plan from live to desired: {count}.", problems=problems
            )

    def _stood_before(self, problem: Problem) -> bool:
        """Whether the rule is broken already, by slots that this plan leaves as they are."""
        if problem.slot_id is None or problem.slot_id not in self.unchanged:
            return False
        if problem.rule != "duplicate-name":
            return True
        name = self._name(problem.slot_id)
        return all(self._name(each) != name for each in self._present - self.unchanged)

    def _check_dependencies(self) -> None:
        for slot_id in sorted(self._present):
            for dependency in sorted(self._present_graph[slot_id]):
                if dependency not in self._present_graph and dependency not in self._live:
                    self._report(
                        slot_id,
                        "unknown-dependency",
                        f"{slot_id} depends on {dependency}, which is neither in a file nor live",
                        hint="Correct the id, or describe the slot.",
                        at=dependency,
                    )

    def _check_deletions(self) -> None:
        for slot_id in sorted(self._to_delete):
            if slot_id in self._protected or (
                slot_id in self._desired and self._desired[slot_id].protect
            ):
                self._report(
                    slot_id,
                    "protected",
                    f"{slot_id} is protected, and this plan would delete it",
                    hint="Restore its file, or lift its protection first.",
                )
            users = [
                user
                for user in sorted(self._live.keys() | self._present)
                if user not in self._to_delete and slot_id in self._used_afterwards(user)
            ]
            if users:
                self._report(
                    slot_id,
                    "deletion-in-use",
                    f"{slot_id} cannot be deleted: {', '.join(users)} still "
                    f"depend{'s' if len(users) == 1 else ''} on it",
                    hint="Release it first, or delete what depends on it too"
                    + (" (with --target, name them as well)." if self._scope.targets else "."),
                )

    def _check_cycles(self) -> None:
        deleted = {slot_id: self._used_live(slot_id) for slot_id in self._to_delete}
        for edges in (self._present_graph, deleted):
            cycle = graph.find_cycle(edges)
            if cycle is not None:
                cycle = self._from_a_file(cycle)
                self._report(
                    cycle[0],
                    "dependency-cycle",
                    f"dependencies form a cycle: {' → '.join(cycle)}",
                    hint="Remove one dependency of it; those of unmanaged slots are live.",
                    at=cycle[1],
                )

    def _from_a_file(self, cycle: list[str]) -> list[str]:
        """The same cycle, beginning with a slot that a file describes, if it has one."""
        start = next((i for i, slot_id in enumerate(cycle) if slot_id in self._present), 0)
        ring = [*cycle[start:-1], *cycle[:start]]
        return [*ring, ring[0]]

    def creations_and_updates(self) -> tuple[Change, ...]:
        """By wave, and by slot id within a wave."""
        return tuple(
            self._write(slot_id, wave=wave)
            for slot_id, wave in graph.waves(self._present_graph).items()
            if slot_id in self._to_write
        )

    def _write(self, slot_id: str, *, wave: int) -> Change:
        slot = self._desired[slot_id]
        before = self._live[slot_id].canonical if slot_id in self._live else None
        return Change(
            slot_id=slot_id,
            name=(slot.content.name if slot.content else None) or slot_id,
            action=Action.UPDATE if before else Action.CREATE,
            wave=wave,
            depends_on=tuple(
                sorted(graph.nearest(self._present_graph, slot_id, among=self._to_write))
            ),
            fields=changed_fields(before, slot.canonical),
            before=before,
            after=slot.content,
            trigger_retrain=slot.trigger_retrain,
        )

    def deletions(self) -> tuple[Change, ...]:
        """After everything else: dependents before what they depend on."""
        first_wave = max(graph.waves(self._present_graph).values(), default=-1) + 1
        dependents = graph.reversed_graph(
            {slot_id: self._used_live(slot_id) for slot_id in self._to_delete}
        )
        return tuple(
            self._deletion(slot_id, wave=first_wave + wave, dependents=dependents[slot_id])
            for slot_id, wave in graph.waves(dependents).items()
        )

    def _deletion(self, slot_id: str, *, wave: int, dependents: set[str]) -> Change:
        before = self._live[slot_id].canonical
        releasing = {
            user for user in self._to_write & self._live.keys() if slot_id in self._used_live(user)
        }
        return Change(
            slot_id=slot_id,
            name=before.name or slot_id,
            action=Action.DELETE,
            wave=wave,
            depends_on=tuple(sorted(dependents | releasing)),
            fields=changed_fields(before, None),
            before=before,
        )

    def warnings(self) -> tuple[str, ...]:
        """What a reader should know before saying yes."""
        found = [PARTIAL_PLAN] if self._scope.targets else []
        for slot_id in sorted(self._to_write & self._live.keys()):
            lost = self._live[slot_id].unmodelled
            if lost:
                found.append(
                    f"{slot_id}: the tenant holds {', '.join(lost)}, which this tool does not "
                    "know; the PUT replaces the whole slot and may lose it."
                )
        found.extend(
            f"{problem.source}: {problem.message} [{problem.rule}]"
            for problem in validate(self._desired)
            if problem.rule != "unknown-dependency"
            and (not problem.is_error or self._stood_before(problem))
        )
        return tuple(found)

    def _used_afterwards(self, slot_id: str) -> Collection[str]:
        """What the slot depends on once this plan is carried out, or once its file is."""
        wanted = self._wanted(slot_id) if slot_id in self._present else ()
        if slot_id in self._to_write or slot_id not in self._live:
            return wanted
        return {*wanted, *self._used_live(slot_id)}

    def _wanted(self, slot_id: str) -> tuple[str, ...]:
        canonical = self._desired[slot_id].canonical
        return canonical.dependencies if canonical else ()

    def _name(self, slot_id: str) -> str | None:
        canonical = self._desired[slot_id].canonical
        return canonical.name if canonical else None

    def _used_live(self, slot_id: str) -> tuple[str, ...]:
        return self._live[slot_id].canonical.dependencies

    def _report(
        self, slot_id: str, rule: str, message: str, *, hint: str = "", at: str | None = None
    ) -> None:
        """Note a problem; `at` is the dependency that it stands at."""
        slot = self._desired.get(slot_id)
        path: tuple[str | int, ...] = ()
        if slot is not None and slot.content is not None and at in slot.content.dependencies:
            path = ("dependencies", slot.content.dependencies.index(at))
        self._problems.append(
            Problem(
                source=self._desired.where(slot_id, *path),
                rule=rule,
                message=message,
                slot_id=slot_id,
                hint=hint,
            )
        )
